import {
	chmodSync,
	chownSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	readlinkSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {deprecate, undoDeprecate, type Deprecated} from '../../../src/app/deprecation/deprecate.ts';
import {scriptFiles} from '../../../src/services/local/script-files.ts';
import {createTemporaryDirectory} from '../../services/local/temporary-repository.ts';
import {oldScripts} from './old-scripts.ts';

const options = {environments: [], onResult: () => undefined};

const doIt = (...scripts: readonly string[]): Promise<readonly Deprecated[]> =>
	deprecate(scriptFiles, {...options, scripts});

const undo = (...scripts: readonly string[]): Promise<readonly Deprecated[]> =>
	undoDeprecate(scriptFiles, {...options, scripts});

/** A directory, and how to write a script in it. */
const shelf = () => {
	const directory = createTemporaryDirectory();
	const write = (
		name: string,
		text: string | Uint8Array = '#!/bin/bash\nset -e\necho ran\n',
		mode = 0o755,
	): string => {
		const path = join(directory.path, name);
		writeFileSync(path, text);
		chmodSync(path, mode);
		return path;
	};
	return {path: directory.path, write, [Symbol.dispose]: directory[Symbol.dispose]};
};

/** All that a file is, but when it was last read and when its status changed. */
const identity = (path: string) => {
	const {mode, uid, gid, mtimeNs, size} = statSync(path, {bigint: true});
	return {mode, uid, gid, mtimeNs, size, bytes: readFileSync(path, 'latin1')};
};

const states = (results: readonly Deprecated[]): readonly string[] => results.map(({state}) => state);

test('deprecate: the fifteen scripts, once; a second time nothing changes; and back, to the byte', async () => {
	using at = shelf();
	const scripts = oldScripts.map((name, index) => at.write(name, `#!/bin/bash\nset -e\necho ${index}\n`, 0o755));
	for (const script of scripts) utimesSync(script, 1_700_000_000.123_456, 1_700_000_000.654_321);
	const before = scripts.map(identity);

	expect(await doIt(...scripts)).toEqual(
		scripts.map(script => ({script, state: 'changed', backup: `${script}.backup`})),
	);
	expect(scripts.map(script => identity(`${script}.backup`))).toEqual(before);
	const after = scripts.map(identity);
	expect(after.map(({mode}) => mode)).toEqual(before.map(({mode}) => mode));
	expect(after.every(({bytes}) => bytes.includes('DEPRECATED'))).toBe(true);

	expect(states(await doIt(...scripts))).toEqual(scripts.map(() => 'already'));
	expect(scripts.map(identity)).toEqual(after);

	expect(states(await undo(...scripts))).toEqual(scripts.map(() => 'changed'));
	expect(scripts.map(identity)).toEqual(before);
	expect(readdirSync(at.path).toSorted()).toEqual(oldScripts.toSorted());
	expect(await undo(scripts[0] ?? '')).toMatchObject([{state: 'already', reason: 'it has no warning'}]);
});

test('deprecate: any bytes without NUL come back', async () => {
	using at = shelf();
	let number = 0;
	const bytes = fc.uint8Array({maxLength: 60}).map(some => Buffer.from(some.map(byte => byte || 10)));
	const heads = fc.constantFrom('', '#!/bin/sh', '#!/bin/sh\r\n', '#!/bin/dash\n# coding: latin-1\n');
	await fc.assert(
		fc.asyncProperty(heads, bytes, async (head, rest) => {
			fc.pre(head.endsWith('\n') || head === '' ? !rest.includes('#!') : rest.length === 0);
			const content = Buffer.concat([Buffer.from(head), rest]);
			const script = at.write(`${number++}.sh`, content);
			expect(states([...(await doIt(script)), ...(await undo(script))])).toEqual(['changed', 'changed']);
			expect(readFileSync(script).equals(content)).toBe(true);
		}),
		{numRuns: 40},
	);
});

test('deprecate: mode and owner stay with a script, and a running one reads on in its old file', async () => {
	using at = shelf();
	const script = at.write('deploy.sh', undefined, 0o751);
	if (process.getuid?.() === 0) chownSync(script, 1234, 4321);
	const before = identity(script);
	const {ino} = statSync(script);
	await doIt(script);

	const {mode, uid, gid} = before;
	expect(identity(script)).toMatchObject({mode, uid, gid});
	expect(statSync(`${script}.backup`).ino).toBe(ino);
	await undo(script);
	expect(identity(script)).toEqual(before);
});

test('deprecate --undo: what was closed since stays closed, and what was opened is as before', async () => {
	using at = shelf();
	const script = at.write('deploy.sh', undefined, 0o755);
	await doIt(script);
	chmodSync(script, 0o700);

	expect(await undo(script)).toMatchObject([
		{state: 'changed', notes: ['its mode is 0700, as it was closed since; before the warning it was 0755']},
	]);
	expect(statSync(script).mode & 0o7777).toBe(0o700);
	await doIt(script);
	chmodSync(script, 0o777);
	expect(await undo(script)).toEqual([{script, state: 'changed', backup: `${script}.backup`}]);
	expect(statSync(script).mode & 0o7777).toBe(0o700);
});

test('deprecate: no other file that is called .backup is touched, and one that is the same is used', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	const text = readFileSync(script, 'latin1');
	at.write('deploy.sh.backup', 'of last year\n');
	symlinkSync('nowhere', join(at.path, 'deploy.sh.backup.2'));
	expect(await doIt(script)).toMatchObject([{state: 'changed', backup: `${script}.backup.3`}]);
	expect(await undo(script)).toMatchObject([{state: 'changed', backup: `${script}.backup.3`}]);
	expect(readFileSync(`${script}.backup`, 'utf8')).toBe('of last year\n');
	expect(readlinkSync(`${script}.backup.2`)).toBe('nowhere');

	const other = at.write('other.sh', text, 0o750);
	at.write('other.sh.backup', text, 0o600);
	const before = identity(other);
	expect(await doIt(other)).toMatchObject([{backup: `${other}.backup`}]);
	expect(readdirSync(at.path).filter(name => name.startsWith('other') || name.endsWith('.part'))).toEqual([
		'other.sh',
		'other.sh.backup',
	]);
	await undo(other);
	expect(identity(other)).toEqual(before);
});

test('deprecate: what an earlier attempt left when it was killed is used', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	linkSync(script, `${script}.backup`);

	expect(await doIt(script)).toMatchObject([{state: 'changed', backup: `${script}.backup`}]);
	expect(readdirSync(at.path)).toEqual(['deploy.sh', 'deploy.sh.backup']);
	expect(statSync(`${script}.backup`).nlink).toBe(1);
});

test('deprecate: what is kept of scripts is left as it is where all files are named, on the way back too', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	const before = identity(script);
	await doIt(script);
	const backup = identity(`${script}.backup`);

	expect(states(await doIt(script, `${script}.backup`))).toEqual(['already', 'already']);
	expect(identity(`${script}.backup`)).toEqual(backup);
	expect(states(await undo(script, `${script}.backup`))).toEqual(['changed', 'already']);
	expect(identity(script)).toEqual(before);
});

test('deprecate: links stay links, other names of a file are told of, and both names of one are one script', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	mkdirSync(join(at.path, 'bin'));
	const name = join(at.path, 'bin/deploy');
	symlinkSync('../deploy.sh', name);
	linkSync(script, join(at.path, 'same.sh'));

	expect(await doIt(name, script)).toEqual([
		{
			script: name,
			state: 'changed',
			backup: `${script}.backup`,
			notes: [
				`is a link: ${script} was changed, the link stays`,
				'the file has another name (a hard link): that one is as it was, and a file of its own from now on',
			],
		},
		{script, state: 'already', reason: 'it has the warning'},
	]);
	expect(lstatSync(name).isSymbolicLink()).toBe(true);
	expect(readFileSync(join(at.path, 'same.sh'), 'utf8')).not.toContain('DEPRECATED');
});

test('deprecate: what is kept of a file with other names is a copy, so that an edit by one of these changes nothing of it', async () => {
	using at = shelf();
	const script = at.write('deploy.sh', undefined, 0o751);
	utimesSync(script, 1_700_000_000, 1_700_000_100);
	const other = join(at.path, 'same.sh');
	linkSync(script, other);
	const before = identity(script);

	expect(await doIt(script, other)).toEqual([
		{script, state: 'changed', backup: `${script}.backup`, notes: [expect.stringContaining('another name')]},
		{script: other, state: 'changed', backup: `${other}.backup`},
	]);
	expect(identity(`${script}.backup`)).toEqual(before);
	writeFileSync(`${other}.backup`, '#!/bin/sh\nnewer\n');
	await undo(script);
	expect(identity(script)).toEqual(before);
	expect(readdirSync(at.path).filter(name => name.endsWith('.part'))).toEqual([]);
});

test('deprecate: a file with other names and what a killed attempt has left: the one that is kept becomes a copy', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	linkSync(script, join(at.path, 'same.sh'));
	linkSync(script, `${script}.backup`);

	expect(await doIt(script)).toMatchObject([
		{state: 'changed', backup: `${script}.backup`, notes: [expect.stringContaining('has another name')]},
	]);
	expect([statSync(`${script}.backup`).nlink, statSync(join(at.path, 'same.sh')).nlink]).toEqual([1, 1]);
});

test('deprecate: refuses what is no script for a shell, names why, and goes on with the next', async () => {
	using at = shelf();
	const good = at.write('good.sh');
	const refused = [
		[at.write('deploy.py', '#!/usr/bin/env python3\n'), 'its first line names python3: '],
		[at.write('binary', '#!/bin/sh\nls\n\0'), 'it is no text: '],
		[at.path, 'it is a directory'],
		['/dev/null', 'it is no plain file'],
		[join(at.path, 'absent.sh'), 'there is no such file'],
		[join(good, 'below.sh'), 'there is no such file'],
		[at.write(`${'n'.repeat(250)}.sh`), 'its name is too long to have .backup behind it'],
	] as const;
	symlinkSync('circle', join(at.path, 'circle'));
	const all = [...refused, [join(at.path, 'circle'), 'it is a link that leads in a circle'] as const];
	const results = await doIt(...all.map(([path]) => path), good);

	expect(results).toEqual([
		...all.map(([script, why]) => ({script, state: 'refused', reason: expect.stringContaining(why)})),
		{script: good, state: 'changed', backup: `${good}.backup`},
	]);
	expect(readdirSync(at.path).filter(name => name.endsWith('.part'))).toEqual([]);
});

test('deprecate --undo: what was edited since is kept, with where it differs; so is what has no backup', async () => {
	using at = shelf();
	const script = at.write('deploy.sh', '#!/bin/bash\nls\necho ran\n');
	await doIt(script);
	const edited = readFileSync(script, 'utf8').replace('echo ran', 'echo runs');
	writeFileSync(script, edited);
	const backup = readFileSync(`${script}.backup`, 'utf8');

	expect(await undo(script)).toEqual([
		{
			script,
			state: 'refused',
			reason: `it was edited since: without its warning it differs from ${script}.backup from line 3 on; both are kept`,
		},
	]);
	expect(readFileSync(script, 'utf8')).toBe(edited);
	expect(readFileSync(`${script}.backup`, 'utf8')).toBe(backup);

	const copied = at.write('copied.sh', edited);
	expect(await undo(copied)).toMatchObject([
		{state: 'refused', reason: expect.stringContaining(`there is no ${copied}.backup to put back`)},
	]);
});

test('deprecate: a script that is changed meanwhile is left as it is', async () => {
	using at = shelf();
	const script = at.write('deploy.sh');
	const files = {
		...scriptFiles,
		backupsOf: async (found: Parameters<typeof scriptFiles.backupsOf>[0]) => {
			writeFileSync(script, '#!/bin/sh\nnewer\n');
			return scriptFiles.backupsOf(found);
		},
	};

	expect(await deprecate(files, {...options, scripts: [script]})).toMatchObject([
		{state: 'refused', reason: 'somebody else has changed it just now'},
	]);
	expect(readFileSync(script, 'utf8')).toBe('#!/bin/sh\nnewer\n');
	expect(readdirSync(at.path)).toEqual(['deploy.sh']);
});
