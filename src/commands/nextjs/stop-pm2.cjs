const app = choose();
const goesOn = app.mode === 'cluster' && app.isOnline;
fs.writeFileSync(memory, `${app.name + (goesOn ? ' reload' : ' start')}\n`, {mode: 0o600});
if (goesOn) {
	say(`${app.name} is in cluster mode: it goes on, and is reloaded behind the swap`);
	process.exit(0);
}
const tree = new Map();
for (const pid of allPids())
	if (app.items.some(item => item.pid > 0 && isBelow(pid, item.pid))) tree.set(pid, (statOf(pid) || {}).start);
const isThere = pid => (statOf(pid) || {}).start === tree.get(pid);
if (app.items.some(item => item.status !== 'stopped')) {
	const answer = call('stop', app.name);
	if (answer.status !== 0) {
		startAgain();
		fail(`pm2 stop ${app.name} exited with ${answer.status}: ${wordsOf(answer)}`);
	}
} else say(`${app.name} was stopped already`);
const left = () =>
	Array.from(
		new Set(
			Array.from(tree.keys())
				.filter(pid => tree.get(pid) !== undefined && isThere(pid))
				.concat(listenersOf(port)),
		),
	);
if (!until(patienceMs, () => left().length === 0)) {
	const pids = left();
	const text =
		listenersOf(port).length > 0
			? heldBy(listenersOf(port), `${patienceMs / 1000} s after the stop`)
			: `${pids.map(inWords).join(', ')} did not end within ${patienceMs / 1000} s`;
	startAgain();
	fail(text);
}
say(`${app.name} stopped, port ${port} is free`);
