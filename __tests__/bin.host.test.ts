import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';

const version = (JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}).version;
const withDirectory = (use: (directory: string) => void): void => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-bin-'));
	try {
		use(directory);
	} finally {
		rmSync(directory, {recursive: true, force: true});
	}
};

test('bin: finds its Node through any chain of symlinks', () => {
	withDirectory(directory => {
		symlinkSync(join(process.cwd(), 'bin/cockpit'), join(directory, 'one'));
		symlinkSync('one', join(directory, 'two'));

		expect(execFileSync(join(directory, 'two'), ['--version'], {encoding: 'utf8', cwd: directory}).trim()).toBe(
			version,
		);
	});
});

test('bin: without a Node it says in one line what is needed, and exits 2', () => {
	withDirectory(directory => {
		mkdirSync(join(directory, 'bin'));
		mkdirSync(join(directory, 'dist'));
		mkdirSync(join(directory, 'tools'));
		writeFileSync(join(directory, 'dist/cockpit.mjs'), '');
		writeFileSync(join(directory, 'bin/cockpit'), readFileSync('bin/cockpit'), {mode: 0o755});
		for (const tool of ['dirname', 'readlink']) {
			symlinkSync(
				execFileSync('sh', ['-c', `command -v ${tool}`], {encoding: 'utf8'}).trim(),
				join(directory, 'tools', tool),
			);
		}
		const {status, stderr} = spawnSync('/bin/sh', [join(directory, 'bin/cockpit')], {
			encoding: 'utf8',
			env: {PATH: join(directory, 'tools')},
		});

		expect(status).toBe(2);
		expect(stderr).toBe('cockpit needs Node.js 22.13 or newer on PATH\n');
	});
});

/** Prints the files that a command loaded, one per line, on standard error. */
const spy = `
	import {registerHooks} from 'node:module';
	import {fileURLToPath} from 'node:url';
	registerHooks({load: (url, context, next) => {
		if (url.startsWith('file:')) console.error(fileURLToPath(url));
		return next(url, context);
	}});
	const [entry, ...args] = process.argv.slice(1);
	process.argv = [process.argv[0], entry, ...args];
	await import(entry);
`;

test('bin: --version loads neither screens nor services', () => {
	const entry = join(process.cwd(), 'dist/cockpit.mjs');
	const {stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', spy, entry, '--version'], {
		encoding: 'utf8',
	});
	const loaded = stderr.split('\n').filter(path => path.endsWith('.mjs'));

	expect(stdout.trim()).toBe(version);
	expect(loaded).toContain(entry);
	for (const heavy of ['react-reconciler', 'setNoDelay', 'ZodError']) {
		expect(loaded.filter(path => readFileSync(path, 'utf8').includes(heavy))).toEqual([]);
	}
});
