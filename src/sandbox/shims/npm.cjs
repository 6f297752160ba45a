// `npm ci`, `ls`, `run`, `start` and `--version`. The packages of the lock file become node_modules; nothing is fetched.

const fs = require('node:fs');
const path = require('node:path');
const {spawn} = require('node:child_process');

const stop = (code, ...lines) => {
	process.stderr.write(`${lines.join('\n')}\n`);
	process.exit(code);
};
const words = process.argv.slice(3);
const end = words.indexOf('--') < 0 ? words.length : words.indexOf('--');
const [command, name] = words.slice(0, end).filter(word => !word.startsWith('-'));
const directory = process.cwd();
const load = name => {
	const file = path.join(directory, name);
	if (!fs.existsSync(file)) stop(254, 'npm error code ENOENT', 'npm error syscall open', `npm error path ${file}`);
	return JSON.parse(fs.readFileSync(file, 'utf8'));
};
const run = script => {
	const {scripts = {}} = load('package.json');
	if (!Object.hasOwn(scripts, script)) stop(1, `npm error Missing script: "${script}"`);
	const child = spawn('/bin/sh', ['-c', `${scripts[script]} "$@"`, script, ...words.slice(end + 1)], {
		stdio: 'inherit',
	});
	for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child.kill(name));
	child.once('exit', code => (process.exitCode = code ?? 1));
};
const install = () => {
	const {dependencies = {}} = load('package.json');
	const lock = load('package-lock.json');
	const names = Object.keys(lock.packages).filter(Boolean);
	const absent = Object.keys(dependencies).filter(name => !names.includes(`node_modules/${name}`));
	if (absent.length > 0)
		stop(
			1,
			'npm error code EUSAGE',
			'npm error',
			'npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.',
			'npm error',
			...absent.map(name => `npm error Missing: ${name} from lock file`),
		);
	fs.rmSync(path.join(directory, 'node_modules'), {recursive: true, force: true});
	for (const name of names) {
		fs.mkdirSync(path.join(directory, name), {recursive: true});
		fs.writeFileSync(
			path.join(directory, name, 'package.json'),
			`${JSON.stringify({name: name.replace(/^.*node_modules\//, ''), version: lock.packages[name].version})}\n`,
		);
	}
	process.stdout.write(`\n${names.length === 0 ? 'up to date' : `added ${names.length} packages`} in 1s\n`);
};

const list = () => {
	const {name, version, dependencies = {}} = load('package.json');
	const absent = Object.keys(dependencies).filter(
		item => !fs.existsSync(path.join(directory, 'node_modules', item, 'package.json')),
	);
	process.stdout.write(
		`${[
			`${name}@${version} ${directory}`,
			...Object.keys(dependencies).map(
				item => `├── ${absent.includes(item) ? 'UNMET DEPENDENCY ' : ''}${item}@${dependencies[item]}`,
			),
		].join('\n')}\n`,
	);
	if (absent.length > 0)
		stop(
			1,
			'npm error code ELSPROBLEMS',
			...absent.map(item => `npm error missing: ${item}@${dependencies[item]}, required by ${name}@${version}`),
		);
};

if (words.includes('--version') || words.includes('-v')) process.stdout.write('11.6.2\n');
else if (command === 'ci') install();
else if (command === 'ls') list();
else if (command === 'start') run('start');
else if (command === 'run' && name !== undefined) run(name);
else stop(1, `Unknown command: "${command ?? ''}"`, 'npm: the sandbox knows ci, ls, run, start and --version');
