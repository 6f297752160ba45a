const app = choose();
const known = read(proof) === '' ? {since: 0, pids: [], restarts: []} : JSON.parse(read(proof));
const fault = faultOf(app, known.since);
if (fault) fail(fault.text);
say(`status ${stateOf(app)}`);
const restarts = app.items.map(item => item.restarts);
if (
	known.pids.length > 0 &&
	(String(restarts) !== String(known.restarts) || String(app.items.map(item => item.pid)) !== String(known.pids))
)
	fail(
		`${app.name} was restarted since it was started: restarts ${known.restarts} before, ${
			restarts
		} now\nSee why on the host with: pm2 logs ${app.name} --nostream`,
	);
say(`restarts ${restarts}${known.pids.length > 0 ? ', none since the start' : ''}`);
say(`pm_cwd ${live} -> ${resolved()}`);
say(`port ${port}: ${holders()}`);
