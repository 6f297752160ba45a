const since = (statOf(process.pid) || {}).start;
// Every answer of PM2 takes a good part of a second, in which nobody is served.
const [name, verb] = read(memory).trim().split(' ');
if (!verb) fail('this run has not stopped the app');
// PM2 ends an old process 3 s after it started the new one, whether that listens by then or not, unless told to wait.
const answer =
	verb === 'reload' ? call('reload', name, '--force', '--listen-timeout', String(withinMs)) : call('start', name);
if (answer.status !== 0) {
	startAgain();
	fail(`pm2 ${verb} ${name} exited with ${answer.status}: ${wordsOf(answer)}`);
}
let app;
let fault;
let askedAt = 0;
const isSettled = () => {
	if (!app || clock() - askedAt > 1000 || app.items.some(item => !statOf(item.pid))) {
		app = choose();
		askedAt = clock();
	}
	fault = faultOf(app, since);
	return !fault || fault.isFinal;
};
until(withinMs, isSettled);
say(`PM2: ${stateOf(app)}`);
if (fault) fail(fault.text);
fs.writeFileSync(
	proof,
	JSON.stringify({since, pids: app.items.map(item => item.pid), restarts: app.items.map(item => item.restarts)}),
	{mode: 0o600},
);
say(`port ${port}: ${holders()}`);
