const about = JSON.parse(process.argv[1]);
const asOwner = (...argv) => spawnSync('sudo', ['-n', '-u', about.owner, '--'].concat(argv), {encoding: 'utf8'});
const contentOf = file => read(file) || asOwner('cat', '--', file).stdout || '';
const testOf = (what, file) => asOwner('test', what, file).status === 0;
const which = spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', pm2], {encoding: 'utf8'});
const answer = {
	hasPm2: which.status === 0,
	pm2: '',
	pm2User: user,
	instances: [],
	otherNames: [],
	daemons: [],
	node: process.version,
};
const homeOfPm2 = isOwnUser && env.PM2_HOME ? env.PM2_HOME : `${homeOf()}/.pm2`;
const god = /^PM2 v(\S+): God Daemon \(([^)]*)\)/;
const titles = new Map(
	allPids()
		.map(pid => [pid, god.exec(read(`/proc/${pid}/cmdline`))])
		.filter(([, match]) => match),
);
for (const [pid, match] of titles) {
	const {user: daemonUser = ''} = describeProcess(pid) || {};
	if (match[2] === homeOfPm2 && daemonUser === user) answer.pm2 = match[1];
	else
		answer.daemons.push({
			pid,
			user: daemonUser,
			home: match[2],
			processes: allPids().filter(child => (statOf(child) || {}).parent === pid).length,
		});
}
if (answer.hasPm2) {
	try {
		const list = listAll();
		answer.instances = [].concat(...names.map(name => list.filter(item => item.name === name)));
		answer.otherNames = Array.from(new Set(list.map(item => item.name))).filter(name => !names.includes(name));
		if (answer.pm2 === '' && hasDaemon()) answer.pm2 = (call('--version').stdout || '').trim().split('\n').pop();
	} catch (error) {
		answer.problem = error.message;
	}
}
answer.owners = listenersOf(port).map(pid =>
	Object.assign(describeProcess(pid) || {pid}, {of: ownedBy(answer.instances, pid)}),
);
const lock = contentOf(`${live}/package-lock.json`);
const modules = `${live}/node_modules`;
answer.live = {
	buildId: contentOf(`${live}/.next/BUILD_ID`).trim(),
	lockSha256:
		lock === ''
			? ''
			: require('crypto')
					.createHash('sha256')
					.update(Buffer.from(lock, fs.existsSync(`${live}/package-lock.json`) ? 'latin1' : 'utf8'))
					.digest('hex'),
	modules: testOf('-L', modules) ? 'link' : testOf('-d', modules) ? 'directory' : 'missing',
};
console.log(JSON.stringify(answer));
