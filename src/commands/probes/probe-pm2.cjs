// Put behind `pm2.cjs`: the app's processes, and who listens on its port. Reads only.

const seen = {user, instances: [], owners: []};
try {
	const list = listAll();
	seen.instances = [].concat(...names.map(name => list.filter(item => item.name === name)));
} catch (error) {
	seen.problem = error.message;
}
seen.owners = listenersOf(port).map(pid =>
	Object.assign(describeProcess(pid) || {pid}, {of: ownedBy(seen.instances, pid)}),
);
console.log(JSON.stringify(seen));
