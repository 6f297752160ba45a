// oxlint-disable eslint/no-unused-vars -- what is put behind it uses what stands here
// What PM2 says of the app. jlist holds the environment of every process, secrets included: it never leaves the host.
// A daemon that is not there is not started by asking. `choose` takes the name that is in use, and keeps it with the
// run: once the process is stopped, the list does not tell any more which of two was.

const {pm2, pm2User, names, port, live, memory, proof, patienceMs, withinMs, isStrict} = JSON.parse(process.argv[1]);
const {env} = process;
const clock = () => process.uptime() * 1000;
env.PATH = `${path.dirname(process.execPath)}:${env.PATH}`;
const me = os.userInfo();
const user = pm2User || me.username;
const homeOf = () =>
	user === me.username
		? os.homedir()
		: (spawnSync('getent', ['passwd', user], {encoding: 'utf8'}).stdout || '').split(':')[5] || `/home/${user}`;
const isOwnUser = user === me.username;
const call = (...args) => {
	const argv = isOwnUser
		? [pm2].concat(args)
		: ['sudo', '-n', '-H', '-u', user, '--', 'env', `PATH=${env.PATH}`, pm2].concat(args);
	return spawnSync(argv[0], argv.slice(1), {
		cwd: '/',
		encoding: 'utf8',
		maxBuffer: 1 << 28,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
};
const wordsOf = ({error, stdout, stderr}) =>
	(error
		? [String(error.message)]
		: `${stderr}\n${stdout}`
				.split('\n')
				.filter(line => /\[PM2\]\[(?:ERROR|WARN)\]|[Ee]rror|not found/.test(line))
				.slice(0, 3)
	)
		.join(' ')
		.trim();
const say = text => console.log(text);
const fail = text => {
	console.error(text);
	process.exit(isStrict === false ? 0 : 1);
};
const sleep = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const until = (ms, isDone) => {
	const end = clock() + ms;
	for (;;) {
		if (isDone()) return true;
		if (clock() >= end) return false;
		sleep(50);
	}
};
const hasDaemon = () => {
	const home = env.PM2_HOME || `${homeOf()}/.pm2`;
	const file = `${home}/pm2.pid`;
	const text = isOwnUser ? read(file) : asRoot('cat', '--', file);
	if (text !== '') return statOf(text.trim()) !== undefined;
	return !isOwnUser || fs.existsSync(home);
};
const listAll = () => {
	if (!hasDaemon()) return [];
	const answer = call('jlist');
	const line = (answer.stdout || '')
		.split('\n')
		.reverse()
		.find(text => /^\[(?:\{|\]\s*$)/.test(text));
	if (line === undefined)
		throw new Error(`pm2 jlist of ${user} failed: ${wordsOf(answer) || `exit ${answer.status}`}`);
	return JSON.parse(line).map(({name, pid, pm_id, pm2_env: it, monit}) => ({
		name,
		pid: Number(pid),
		id: pm_id,
		status: String(it.status),
		mode: it.exec_mode === 'cluster_mode' ? 'cluster' : 'fork',
		restarts: Number(it.restart_time),
		uptime: Number(it.pm_uptime),
		cwd: String(it.pm_cwd),
		script: String(it.pm_exec_path),
		args: []
			.concat(it.args || [])
			.join(' ')
			.slice(0, 120),
		node: String(it.node_version || ''),
		unstable: Number(it.unstable_restarts) || 0,
		memory: monit ? Number(monit.memory) : 0,
		output: String(it.pm_out_log_path || ''),
		errors: String(it.pm_err_log_path || ''),
	}));
};
/** Name of the one of these processes that a process belongs to. */
const ownedBy = (items, pid) =>
	(
		items.find(
			item => isBelow(pid, item.pid) || (item.mode === 'cluster' && (statOf(item.pid) || {}).parent === pid),
		) || {}
	).name;
const choose = () => {
	const [kept] = read(memory).trim().split(' ');
	let list;
	try {
		list = listAll();
	} catch (error) {
		fail(error.message);
	}
	const of = name => list.filter(item => item.name === name);
	const wanted = kept === '' ? names : [kept];
	const name =
		wanted.find(name => of(name).some(item => item.status === 'online')) ||
		wanted.find(name => of(name).length > 0);
	if (name === undefined) fail(`PM2 of ${user} has no process called ${wanted.join(' or ')}`);
	const items = of(name);
	return {name, items, mode: items[0].mode, isOnline: items.some(item => item.status === 'online')};
};
const stateOf = app =>
	`${app.name} ${app.items.map(item => item.status + (item.pid > 0 ? ` (${item.pid})` : '')).join(', ')}`;
const startAgain = () => {
	const app = choose();
	if (app.items.every(item => item.status === 'online')) return say(`PM2: ${stateOf(app)}`);
	const answer = call('start', app.name);
	if (answer.status !== 0) say(`pm2 start ${app.name} failed: ${wordsOf(answer)}`);
	const now = choose();
	say(`PM2, started again: ${stateOf(now)}`);
	return answer.status === 0 && now.isOnline;
};
const holders = () => listenersOf(port).map(inWords).join(', ');
const heldBy = (pids, when) =>
	`port ${port} is held ${when} by ${pids
		.map(inWords)
		.join(', ')}\nLook at it, then end it on the host with: kill ${pids.join(' ')}`;
const resolved = () => {
	try {
		return fs.realpathSync(live);
	} catch {
		return asRoot('readlink', '-f', '--', live).trim();
	}
};
const plain = directory => directory.replace(/\/+$/, '');
/** What is wrong with the app as it runs; processes begun before 'since' (ticks) are old ones. */
const faultOf = (app, since) => {
	const notOnline = app.items.filter(item => item.status !== 'online');
	if (notOnline.length > 0)
		return {text: `PM2: ${stateOf(app)}`, isFinal: notOnline.some(item => item.status === 'errored')};
	const misplaced = app.items.find(item => plain(item.cwd) !== plain(live));
	if (misplaced)
		return {
			text: `${app.name} has pm_cwd ${misplaced.cwd} instead of ${live}: it does not follow the link`,
			isFinal: true,
		};
	const old = app.items.find(item => !(statOf(item.pid) && statOf(item.pid).start >= since));
	if (old) return {text: `${app.name} is still ${inWords(old.pid)}, begun before the swap`, isFinal: false};
	const owners = listenersOf(port);
	if (owners.length === 0) return {text: `nothing listens on port ${port} yet`, isFinal: false};
	const ofApp = pid =>
		app.items.some(
			item => isBelow(pid, item.pid) || (app.mode === 'cluster' && (statOf(item.pid) || {}).parent === pid),
		);
	const strangers = owners.filter(pid => !ofApp(pid));
	if (strangers.length > 0)
		return {
			text: `${heldBy(strangers, 'after the start')}\nIt is not of ${app.name} and answers with an old build`,
			isFinal: strangers.some(pid => statOf(pid) && statOf(pid).start < since),
		};
	const release = resolved();
	for (const pid of app.mode === 'cluster' ? app.items.map(item => item.pid) : owners) {
		const cwd = linkOf(`/proc/${pid}/cwd`);
		if (cwd !== release)
			return {text: `${inWords(pid)} does not run in ${release}`, isFinal: app.mode !== 'cluster'};
	}
	return undefined;
};
