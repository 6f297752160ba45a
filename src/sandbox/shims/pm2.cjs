// PM2 7 without a daemon: `run/pm2/processes.json` is its list, and what it starts are real processes that outlive the
// call. A process that ends by itself is `errored`: nobody starts it again. Another user has a list of their own.
// As in PM2, a process starts in `pm_cwd` as given, so a link is followed at each start. Whatever becomes of the
// sandbox, what was started here ends with it.

const fs = require('node:fs');
const path = require('node:path');
const {spawn} = require('node:child_process');
const {setTimeout: wait} = require('node:timers/promises');
const {pathToFileURL} = require('node:url');
const {parseArgs} = require('node:util');

const host = JSON.parse(process.argv[2]);
/** Milliseconds by the host's clock. */
const hostNow = () => Date.now() + host.clockOffset * 1000;
const {HOME} = process.env;
const state = path.join(host.root, 'run', HOME === host.home ? 'pm2' : `pm2-${path.basename(HOME)}`);
const logs = path.join(HOME, '.pm2/logs');
const listFile = path.join(state, 'processes.json');
const dumpFile = path.join(state, 'dump.json');

class Refusal extends Error {}
const refuse = text => {
	throw new Refusal(text);
};
const fault = text => refuse(`[PM2][ERROR] ${text}`);
let isSilent = false;
const out = text => isSilent || process.stdout.write(`${text}\n`);
const say = text => out(`[PM2] ${text}`);

const readJson = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const writeJson = (file, value) => {
	fs.mkdirSync(path.dirname(file), {recursive: true});
	fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(value));
	fs.renameSync(`${file}.${process.pid}`, file);
};

/** Start time of a process in ticks; undefined once it is gone. A zombie is gone: nobody here collects it. */
const startOf = pid => {
	try {
		const fields = fs
			.readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
	} catch {
		if (fs.existsSync('/proc/self/stat')) return undefined;
	}
	try {
		process.kill(pid, 0);
		return 'alive';
	} catch {
		return undefined;
	}
};
const isAlive = item => item.pid > 0 && item.ticks !== undefined && startOf(item.pid) === item.ticks;

/** The list; what ended without being told to is errored, after the restarts PM2 would have tried. */
const load = () => {
	const list = fs.existsSync(listFile) ? readJson(listFile) : [];
	for (const item of list) {
		if (item.status !== 'online' || isAlive(item)) continue;
		Object.assign(item, {status: 'errored', pid: 0, restart_time: item.restart_time + 15});
	}
	return list;
};
const store = list => writeJson(listFile, list);

const versionIn = directory => {
	try {
		return readJson(path.join(directory, 'package.json')).version ?? 'N/A';
	} catch {
		return 'N/A';
	}
};

const launch = async item => {
	fs.mkdirSync(logs, {recursive: true});
	const [output, errors] = [item.pm_out_log_path, item.pm_err_log_path].map(file => fs.openSync(file, 'a'));
	const logStart = fs.fstatSync(output).size;
	const isNode = item.exec_interpreter === 'node';
	const argv = [...(isNode ? [item.pm_exec_path] : []), ...item.args];
	const env = {
		...item.env,
		exec_mode: item.exec_mode,
		SANDBOX_TOKEN: process.env.SANDBOX_TOKEN ?? '',
		NODE_OPTIONS: `--import ${pathToFileURL(path.join(__dirname, 'leave-with-sandbox.mjs'))} ${
			item.env.NODE_OPTIONS ?? ''
		}`,
	};
	const child = spawn(isNode ? process.execPath : item.pm_exec_path, argv, {
		cwd: item.pm_cwd,
		env,
		detached: true,
		stdio: ['ignore', output, errors],
	});
	await new Promise(resolve =>
		child.once('spawn', resolve).once('error', error => {
			fs.writeSync(errors, `${error.message}\n`);
			resolve();
		}),
	);
	fs.closeSync(output);
	fs.closeSync(errors);
	const started = {
		...item,
		status: 'online',
		pid: child.pid ?? 0,
		pm_uptime: hostNow(),
		version: versionIn(item.pm_cwd),
	};
	started.ticks = child.pid === undefined ? undefined : startOf(child.pid);
	let isOver = child.pid === undefined;
	child.once('exit', () => (isOver = true));
	child.unref();
	return {item: started, logStart, isOver: () => isOver};
};

/** Until it says that it listens, ended, or had its time, as with PM2's listen_timeout. */
const listening = async ({item, logStart, isOver}) => {
	const deadline = Date.now() + (item.listen_timeout ?? 3000);
	while (!isOver() && Date.now() < deadline) {
		const text = fs.readFileSync(item.pm_out_log_path).subarray(logStart).toString();
		if (/\b(ready|listening)\b/i.test(text)) return;
		await wait(10);
	}
};
const signal = (pid, name) => {
	try {
		process.kill(-pid, name);
	} catch {
		// Ended meanwhile.
	}
};
const end = async item => {
	if (!isAlive(item)) return;
	const deadline = Date.now() + 1600;
	signal(item.pid, 'SIGINT');
	for (let isKilled = false; isAlive(item); await wait(5)) {
		if (isKilled || Date.now() < deadline) continue;
		signal(item.pid, 'SIGKILL');
		isKilled = true;
	}
};

const optionTypes = {
	silent: {type: 'boolean', short: 's'},
	'update-env': {type: 'boolean'},
	force: {type: 'boolean', short: 'f'},
	nostream: {type: 'boolean'},
	raw: {type: 'boolean'},
	name: {type: 'string', short: 'n'},
	cwd: {type: 'string'},
	instances: {type: 'string', short: 'i'},
	'listen-timeout': {type: 'string'},
};
const operations = ['update-env', 'force', 'listen-timeout'];
const parse = args => {
	const {values, tokens} = parseArgs({
		args,
		options: optionTypes,
		strict: false,
		allowPositionals: true,
		tokens: true,
	});
	const end = tokens.find(({kind}) => kind === 'option-terminator')?.index ?? args.length;
	const lacking = tokens.find(({name, value}) => optionTypes[name]?.type === 'string' && value === undefined);
	if (lacking) refuse(`\n  error: option '${lacking.rawName}' argument missing\n`);
	isSilent = values.silent === true;
	const words = tokens.filter(({kind, index}) => kind === 'positional' && index < end).map(({value}) => value);
	return {words, values, tokens, rest: args.slice(end + 1)};
};
const allow = ({values, tokens}, names) => {
	const unknown = tokens.find(({kind, name}) => kind === 'option' && ![...names, 'silent'].includes(name));
	if (unknown) refuse(`\n  error: unknown option \`${unknown.rawName}'\n`);
	return values;
};

const select = (list, target) => {
	if (target === undefined) refuse("\n  error: missing required argument `id|name|namespace'\n");
	const found = list.filter(item => target === 'all' || item.name === target || String(item.pm_id) === target);
	return found.length > 0 ? found : fault(`Process or Namespace ${target} not found`);
};
const nextId = list => list.reduce((largest, item) => Math.max(largest, item.pm_id + 1), 0);
const clientEnvironment = () => {
	const {SANDBOX_TOKEN: _token, SANDBOX_AS: _as, _, ...env} = process.env;
	return env;
};

/** Absolute path of a script, relative to the working directory or on PATH. */
const findScript = (script, cwd) => {
	const local = path.resolve(cwd, script);
	if (fs.existsSync(local) && fs.statSync(local).isFile()) return local;
	const onPath = script.includes('/')
		? undefined
		: process.env.PATH.split(':')
				.map(directory => path.join(directory, script))
				.find(file => fs.existsSync(file));
	return onPath ?? fault(`Script not found: ${local}`);
};
const add = async (list, app) => {
	const cwd = path.resolve(app.cwd ?? process.cwd());
	const script = findScript(app.script, cwd);
	const name = app.name ?? path.basename(script).replace(/\.\w+$/, '');
	const same = list.filter(item => item.name === name && item.pm_exec_path === script);
	if (same.some(item => item.status === 'online') && !app.force)
		fault('Script already launched, add -f option to force re-execution');
	if (same.length > 0 && !app.force) return restart(list, same, {});
	const isNode = /\.[cm]?js$/.test(script);
	const isCluster = app.instances !== undefined;
	if (isCluster && !isNode) fault(`Cluster mode is for Node scripts, not for ${script}`);
	const count = Number(app.instances ?? 1);
	if (!Number.isInteger(count) || count < 1) fault('instances must be a number above 0');
	say(`Starting ${script} in ${isCluster ? 'cluster' : 'fork'}_mode (${count} instance${count === 1 ? ')' : 's)'}`);
	const started = [];
	for (let index = 0; index < count; index += 1) {
		const id = nextId(list);
		const log = kind => path.join(logs, `${name}-${kind}${isCluster ? `-${id}` : ''}.log`);
		const launched = await launch({
			name,
			namespace: 'default',
			pm_id: id,
			status: 'launching',
			pid: 0,
			pm_cwd: cwd,
			pm_exec_path: script,
			exec_interpreter: isNode ? 'node' : 'none',
			exec_mode: isCluster ? 'cluster_mode' : 'fork_mode',
			instances: count,
			args: app.args ?? [],
			env: {...clientEnvironment(), ...app.env},
			username: process.env.USER,
			pm_out_log_path: log('out'),
			pm_err_log_path: log('error'),
			restart_time: 0,
			unstable_restarts: 0,
			listen_timeout: app.listenTimeout,
		});
		started.push(launched);
		list.push(launched.item);
		store(list);
	}
	// PM2 does not wait; of a cluster the first that answers would stand for those that do not yet.
	if (isCluster) await Promise.all(started.map(listening));
};
const renewed = (item, options) => ({
	...item,
	env: {...(options['update-env'] ? {...item.env, ...clientEnvironment()} : item.env), ...options.appEnv},
	unstable_restarts: 0,
});
const put = (list, items) => {
	for (const item of items) list[list.findIndex(other => other.pm_id === item.pm_id)] = item;
	store(list);
};
const itemsOf = launched => launched.map(({item}) => item);
const notice = (verb, target, items, options) => {
	if (verb !== 'stopProcessId' && verb !== 'deleteProcessId' && verb !== 'reloadProcessId' && !options['update-env'])
		out('Use --update-env to update environment variables');
	say(`Applying action ${verb} on app [${target}](ids: [ ${items.map(item => item.pm_id).join(', ')} ])`);
};
const ticked = items => items.forEach(item => say(`[${item.name}](${item.pm_id}) ✓`));

const restart = async (list, items, options) => {
	await Promise.all(items.map(end));
	const launched = await Promise.all(
		items.map(item =>
			launch({...renewed(item, options), restart_time: item.restart_time + (item.status === 'online' ? 1 : 0)}),
		),
	);
	put(list, itemsOf(launched));
	ticked(items);
};
/** In a cluster the new ones listen before the old ones end; in fork mode there is no such thing. */
const reload = async (list, items, options) => {
	const cluster = items.filter(item => item.exec_mode === 'cluster_mode' && item.status === 'online');
	const others = items.filter(item => !cluster.includes(item));
	if (others.length > 0) await restart(list, others, options);
	const launched = await Promise.all(
		cluster.map(item => launch({...renewed(item, options), restart_time: item.restart_time + 1})),
	);
	put(list, itemsOf(launched));
	await Promise.all(launched.map(listening));
	await Promise.all(cluster.map(end));
	ticked(cluster);
};
const stopAll = async (list, items) => {
	await Promise.all(items.map(end));
	const stopped = items.map(item => ({...item, status: 'stopped', pid: 0}));
	put(list, stopped);
	ticked(items);
};
const remove = async (list, items) => {
	await Promise.all(items.map(end));
	store(list.filter(item => !items.includes(item)));
	ticked(items);
};

const startApps = async (list, file, options, again) => {
	const full = path.resolve(file);
	if (!fs.existsSync(full)) fault(`File ${file} not found`);
	for (const {name, script, cwd = '.', args = '', instances, env} of require(full).apps) {
		const there = list.filter(item => item.name === name);
		if (there.length > 0) await again(list, there, {...options, appEnv: env});
		else {
			const words = Array.isArray(args) ? args : args.split(' ').filter(Boolean);
			await add(list, {name, script, cwd: path.resolve(path.dirname(full), cwd), args: words, instances, env});
		}
	}
};
const isEcosystem = file => /\.(json|config\.c?js)$/.test(file);

const megabytes = pid => {
	try {
		return Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
	} catch {
		return 0;
	}
};
const age = item => {
	if (item.status !== 'online') return '0';
	const seconds = (hostNow() - item.pm_uptime) / 1000;
	const [size, unit] = [
		[86400, 'D'],
		[3600, 'h'],
		[60, 'm'],
	].find(([least]) => seconds >= least) ?? [1, 's'];
	return Math.floor(seconds / size) + unit;
};
const table = () => {
	const head = 'id name namespace version mode pid uptime ↺ status cpu mem user watching'.split(' ');
	const rows = load().map(item =>
		[
			item.pm_id,
			item.name,
			item.namespace,
			item.version,
			item.exec_mode.replace('_mode', ''),
			item.pid,
			age(item),
			item.restart_time,
			item.status,
			'0%',
			`${(megabytes(item.pid) / 1048576).toFixed(1)}mb`,
			item.username,
			'disabled',
		].map(String),
	);
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column].length)));
	const rule = (left, middle, right) => left + widths.map(width => '─'.repeat(width + 2)).join(middle) + right;
	const line = row => `│ ${row.map((cell, column) => cell.padEnd(widths[column])).join(' │ ')} │`;
	out([rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...rows.map(line), rule('└', '┴', '┘')].join('\n'));
};
const monitored = ({pid, ticks: _ticks, ...item}) => ({
	pid,
	name: item.name,
	pm2_env: {...item.env, ...item, node_version: process.versions.node, cwd: item.pm_cwd},
	pm_id: item.pm_id,
	monit: {memory: item.status === 'online' ? megabytes(pid) : 0, cpu: 0},
});
const describe = item =>
	[
		` Describing process with id ${item.pm_id} - name ${item.name} `,
		...Object.entries({
			status: item.status,
			name: item.name,
			restarts: item.restart_time,
			uptime: age(item),
			'script path': item.pm_exec_path,
			'script args': item.args.join(' ') || 'N/A',
			'error log path': item.pm_err_log_path,
			'out log path': item.pm_out_log_path,
			'exec cwd': item.pm_cwd,
			'exec mode': item.exec_mode,
		}).map(([name, value]) => `│ ${name.padEnd(17)} │ ${value} │`),
	].join('\n');

const operate = (verb, act) => async parsed => {
	const options = allow(parsed, operations);
	const list = load();
	const items = select(list, parsed.words[0]);
	notice(verb, parsed.words[0], items, options);
	await act(list, items, options);
	if (verb !== 'reloadProcessId') table();
};
const show = parsed => {
	allow(parsed, []);
	const [target] = parsed.words;
	const found = load().filter(item => item.name === target || String(item.pm_id) === target);
	if (found.length === 0) refuse(`[PM2][WARN] ${target} doesn't exist`);
	found.forEach(item => out(describe(item)));
};
const listing = parsed => {
	allow(parsed, []);
	table();
};
const save = parsed => {
	const {force} = allow(parsed, ['force']);
	say('Saving current process list...');
	const list = load();
	if (list.length === 0 && !force)
		return out(
			'[PM2][WARN] PM2 is not managing any process, skipping save...\n[PM2][WARN] To force saving use: pm2 save --force',
		);
	writeJson(
		dumpFile,
		list.map(({pid: _pid, ticks: _ticks, ...item}) => item),
	);
	say(`Successfully saved in ${dumpFile}`);
};
const commands = {
	start: async parsed => {
		const options = allow(parsed, [...operations, 'name', 'cwd', 'instances']);
		const [target] = parsed.words;
		const list = load();
		if (target === undefined)
			refuse("\n  error: missing required argument `name|namespace|file|ecosystem|id...'\n");
		const known = list.filter(item => item.name === target || String(item.pm_id) === target);
		if (isEcosystem(target)) await startApps(list, target, options, restart);
		else if (known.length > 0) {
			notice('restartProcessId', target, known, options);
			await restart(list, known, options);
		} else {
			await add(list, {
				...options,
				script: target,
				args: parsed.rest,
				listenTimeout: Number(options['listen-timeout'] ?? 3000),
			});
			say('Done.');
		}
		table();
	},
	stop: operate('stopProcessId', stopAll),
	restart: operate('restartProcessId', restart),
	reload: operate('reloadProcessId', reload),
	delete: operate('deleteProcessId', remove),
	startOrReload: async parsed => {
		const options = allow(parsed, operations);
		if (!isEcosystem(parsed.words[0] ?? '')) fault('The sandbox takes an ecosystem file here');
		await startApps(load(), parsed.words[0], options, reload);
		table();
	},
	jlist: parsed => {
		allow(parsed, []);
		process.stdout.write(`${JSON.stringify(load().map(monitored))}\n`);
	},
	list: listing,
	ls: listing,
	describe: show,
	pid: parsed => select(load(), parsed.words[0] ?? 'all').forEach(item => process.stdout.write(`${item.pid}\n`)),
	logs: parsed => {
		const {nostream, raw} = allow(parsed, ['nostream', 'raw']);
		if (!nostream) refuse('pm2 logs: the sandbox knows it with --nostream');
		for (const item of select(load(), parsed.words[0] ?? 'all'))
			for (const file of [item.pm_out_log_path, item.pm_err_log_path])
				for (const line of fs.readFileSync(file, 'utf8').split('\n').slice(0, -1).slice(-15))
					out(raw ? line : `${item.pm_id}|${item.name}  | ${line}`);
	},
	save,
	resurrect: async parsed => {
		allow(parsed, []);
		say('Resurrecting');
		say(`Restoring processes located in ${dumpFile}`);
		const list = load();
		if (!fs.existsSync(dumpFile))
			process.stderr.write("[PM2][ERROR] No processes saved; DUMP file doesn't exist\n");
		const known = new Set(list.map(item => item.name));
		const launched = [];
		for (const saved of fs.existsSync(dumpFile) ? readJson(dumpFile) : []) {
			if (known.has(saved.name)) continue;
			const item = {...saved, pid: 0, pm_id: nextId(list), restart_time: 0, unstable_restarts: 0};
			if (saved.status === 'online') launched.push(await launch(item));
			list.push(saved.status === 'online' ? launched.at(-1).item : {...item, status: 'stopped'});
			store(list);
			say(`Process ${saved.pm_exec_path} restored`);
		}
		// PM2 does not wait; a host that has booted answers.
		await Promise.all(launched.map(listening));
		table();
	},
	kill: async parsed => {
		allow(parsed, []);
		const list = load();
		await Promise.all(list.map(end));
		store([]);
		say('[v] All Applications Stopped');
		say('[v] PM2 Daemon Stopped');
	},
	ping: parsed => {
		allow(parsed, []);
		out("{ msg: 'pong' }");
	},
};
const main = async words => {
	if (['--version', '-v', '-V'].includes(words[0])) return process.stdout.write('7.0.4\n');
	const parsed = parse(words);
	const [name = '', ...rest] = parsed.words;
	if (!Object.hasOwn(commands, name)) fault('Command not found\n\nusage: pm2 [options] <command>\n');
	await commands[name]({...parsed, words: rest});
};
/** Settled once the call is over. */
module.exports = main(process.argv.slice(3)).catch(error => {
	if (!isSilent) process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
	process.exitCode = 1;
});
