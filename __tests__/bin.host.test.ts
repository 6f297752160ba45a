import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createTemporaryDirectory} from './services/local/temporary-repository.ts';
import {outputOf, runProgram} from './support/run-program.ts';

const version = (JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}).version;

test('bin: finds its Node through any chain of symlinks', async () => {
	using directory = createTemporaryDirectory();
	symlinkSync(join(process.cwd(), 'bin/cockpit'), join(directory.path, 'one'));
	symlinkSync('one', join(directory.path, 'two'));

	expect(await outputOf([join(directory.path, 'two'), '--version'], {cwd: directory.path})).toBe(`${version}\n`);
});

test('bin: without a Node it says in one line what is needed, and exits 2', async () => {
	using directory = createTemporaryDirectory();
	for (const name of ['bin', 'dist', 'tools']) mkdirSync(join(directory.path, name));
	writeFileSync(join(directory.path, 'dist/cockpit.mjs'), '');
	writeFileSync(join(directory.path, 'bin/cockpit'), readFileSync('bin/cockpit'), {mode: 0o755});
	for (const tool of ['dirname', 'readlink'])
		symlinkSync((await outputOf(['sh', '-c', `command -v ${tool}`])).trim(), join(directory.path, 'tools', tool));

	const env = {PATH: join(directory.path, 'tools')};
	expect(await runProgram(['/bin/sh', join(directory.path, 'bin/cockpit')], {env})).toEqual({
		code: 2,
		stdout: '',
		stderr: 'cockpit needs Node.js 22.13 or newer on PATH\n',
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

test('bin: --version loads neither screens nor services', async () => {
	const entry = join(process.cwd(), 'dist/cockpit.mjs');
	const asked = [process.execPath, '--input-type=module', '-e', spy, entry, '--version'] as const;
	const {code, stdout, stderr} = await runProgram([...asked]);
	const loaded = stderr.split('\n').filter(path => path.endsWith('.mjs'));

	expect({code, stdout}).toEqual({code: 0, stdout: `${version}\n`});
	expect(loaded).toContain(entry);
	for (const heavy of ['react-reconciler', 'setNoDelay', 'ZodError']) {
		expect(loaded.filter(path => readFileSync(path, 'utf8').includes(heavy))).toEqual([]);
	}
});
