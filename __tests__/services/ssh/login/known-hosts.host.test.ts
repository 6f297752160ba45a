import {execFile} from 'node:child_process';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {Worker} from 'node:worker_threads';
import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {
	appendKnownHost,
	judgeHostKey,
	knownKeyTypes,
	namesHost,
	parseKnownHosts,
	readKnownHosts,
} from '../../../../src/services/ssh/login/known-hosts.ts';
import {isDeep} from '../../../support/depth.ts';
import {makeDirectory, makeKey} from '../../../support/real-sshd.ts';
import {until} from '../../../support/wait.ts';

const run = promisify(execFile);
const hasKeygen = existsSync('/usr/bin/ssh-keygen');
const field = (text: string): Buffer => {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(text.length);
	return Buffer.concat([length, Buffer.from(text)]);
};
/** A well-formed blob of a type; no key of any use. */
const blob = (type: string, content: string): Buffer => Buffer.concat([field(type), field(content)]);
const line = (hosts: string, key: Buffer, type: string, marker = ''): string =>
	`${marker}${hosts} ${type} ${key.toString('base64')}`;
const [ed1, ed2, rsa1, rsa2] = [
	blob('ssh-ed25519', 'one'),
	blob('ssh-ed25519', 'two'),
	blob('ssh-rsa', 'one'),
	blob('ssh-rsa', 'two'),
];
const judge = (text: string, name: string, key: Buffer) => judgeHostKey(parseKnownHosts(text, '/kh'), name, key);

test.each([
	{hosts: 'web', name: 'web', is: true},
	{hosts: 'web', name: 'WEB', is: true},
	{hosts: 'WEB', name: 'web', is: true},
	{hosts: 'web', name: 'web2', is: false},
	{hosts: 'web', name: '[web]:2222', is: false},
	{hosts: '[web]:2222', name: '[web]:2222', is: true},
	{hosts: '[web]:2222', name: '[web]:2223', is: false},
	{hosts: 'a,web,c', name: 'web', is: true},
	{hosts: '*.example.org', name: 'web.example.org', is: true},
	{hosts: '*.example.org', name: 'example.org', is: false},
	{hosts: 'web-?', name: 'web-1', is: true},
	{hosts: 'web-?', name: 'web-12', is: false},
	{hosts: '*,!web-2', name: 'web-1', is: true},
	{hosts: '*,!web-2', name: 'web-2', is: false},
	{hosts: '!web-2,*', name: 'web-2', is: false},
	{hosts: '!web-2', name: 'web-1', is: false},
	{hosts: '10.0.*.1', name: '10.0.7.1', is: true},
	{hosts: '10.0.*.1', name: '10.0.7.11', is: false},
	{hosts: 'a.b', name: 'axb', is: false},
	{hosts: '|1|bm9uc2Vuc2U=|bm9uc2Vuc2U=', name: 'web', is: false},
	{hosts: '|2|x', name: 'web', is: false},
])('known hosts: $hosts names $name: $is', ({hosts, name, is}) => {
	expect(namesHost(hosts, name)).toBe(is);
});

test('known hosts: a hostile pattern is judged like any other', async () => {
	const [hosts, name] = [`${'a*'.repeat(200)}b`, 'a'.repeat(2000)];
	const module = new URL('../../../../src/services/ssh/login/known-hosts.ts', import.meta.url).href;
	// In a thread of its own: only from outside can a match be ended that would go on for ever.
	const judge = new Worker(
		`const {parentPort, workerData: {module, hosts, name}} = require('node:worker_threads');
		import(module).then(({namesHost}) => parentPort.postMessage(namesHost(hosts, name)));`,
		{eval: true, workerData: {module, hosts, name}},
	);
	onTestFinished(async () => void (await judge.terminate()));
	const answers: unknown[] = [];
	judge.on('message', answer => answers.push(answer));
	judge.on('error', error => answers.push(error));
	await until('an answer', () => answers.length > 0);

	expect(answers).toEqual([false]);
});

test.each([
	{title: 'the same key is known', text: line('web', ed1, 'ssh-ed25519'), key: ed1, verdict: 'known'},
	{title: 'another key of the type is changed', text: line('web', ed2, 'ssh-ed25519'), key: ed1, verdict: 'changed'},
	{title: 'a key of another type is changed', text: line('web', rsa1, 'ssh-rsa'), key: ed1, verdict: 'changed'},
	{title: 'another host is unknown', text: line('db', ed1, 'ssh-ed25519'), key: ed1, verdict: 'unknown'},
	{title: 'an empty file is unknown', text: '', key: ed1, verdict: 'unknown'},
	{title: 'a comment is no line', text: `# ${line('web', ed1, 'ssh-ed25519')}`, key: ed1, verdict: 'unknown'},
	{
		title: 'one of several keys is enough',
		text: `${line('web', ed2, 'ssh-ed25519')}\n${line('web', ed1, 'ssh-ed25519')}`,
		key: ed1,
		verdict: 'known',
	},
	{title: 'a revoked key', text: line('web', ed1, 'ssh-ed25519', '@revoked '), key: ed1, verdict: 'revoked'},
	{
		title: 'revoked wins over known',
		text: `${line('web', ed1, 'ssh-ed25519')}\n${line('*', ed1, 'ssh-ed25519', '@revoked ')}`,
		key: ed1,
		verdict: 'revoked',
	},
	{
		title: 'another revoked key does not matter',
		text: `${line('web', ed1, 'ssh-ed25519')}\n${line('*', ed2, 'ssh-ed25519', '@revoked ')}`,
		key: ed1,
		verdict: 'known',
	},
	{
		title: 'a revoked key alone does not make another one known or changed',
		text: line('web', ed2, 'ssh-ed25519', '@revoked '),
		key: ed1,
		verdict: 'unknown',
	},
	{title: 'an authority', text: line('web', rsa1, 'ssh-rsa', '@cert-authority '), key: rsa1, verdict: 'unknown'},
	{title: 'a marker nobody knows', text: line('web', ed1, 'ssh-ed25519', '@other '), key: ed1, verdict: 'unknown'},
	{title: 'a type that is not the key’s', text: line('web', ed1, 'ssh-rsa'), key: ed1, verdict: 'unknown'},
])('host key: $title', ({text, key, verdict}) => {
	expect(judge(text, 'web', key).verdict).toBe(verdict);
});

test('host key: changed names file and line, of the same type where there is one', () => {
	const text = `# header\n${line('web', rsa1, 'ssh-rsa')}\n${line('web', ed2, 'ssh-ed25519')}`;

	expect(judge(text, 'web', ed1)).toMatchObject({verdict: 'changed', entry: {file: '/kh', line: 3}});
	expect(judge(text, 'web', rsa2)).toMatchObject({verdict: 'changed', entry: {file: '/kh', line: 2}});
});

test('host key: an authority is named with its line', () => {
	const text = line('*', rsa1, 'ssh-rsa', '@cert-authority ');

	expect(judge(text, 'web', ed1)).toMatchObject({verdict: 'unknown', certAuthority: {line: 1}});
});

test('host key: known types come in file order, markers left out', () => {
	const text = [
		line('web', rsa1, 'ssh-rsa'),
		line('web', ed2, 'ssh-ed25519', '@revoked '),
		line('web', ed1, 'ssh-ed25519'),
		line('web', rsa2, 'ssh-rsa'),
		line('db', blob('ecdsa-sha2-nistp256', 'x'), 'ecdsa-sha2-nistp256'),
	].join('\n');

	expect(knownKeyTypes(parseKnownHosts(text, '/kh'), 'web')).toEqual(['ssh-rsa', 'ssh-ed25519']);
});

test('known hosts: a missing file is empty, an unreadable one is an error', async () => {
	const directory = makeDirectory();

	expect(await readKnownHosts([join(directory, 'none')])).toEqual([]);
	await expect(readKnownHosts([directory])).rejects.toThrow('EISDIR');
});

test.each([{hash: false}, {hash: true}])(
	'known hosts: an accepted key is found again (hashed: $hash)',
	async ({hash}) => {
		const file = join(makeDirectory(), 'new/known_hosts');
		await appendKnownHost({file, name: '[web]:2222', key: ed1, hash});
		await appendKnownHost({file, name: 'db', key: ed2, hash});
		const entries = await readKnownHosts([file]);

		expect(judgeHostKey(entries, '[web]:2222', ed1).verdict).toBe('known');
		expect(judgeHostKey(entries, 'db', ed2).verdict).toBe('known');
		expect(readFileSync(file, 'utf8').includes('web')).toBe(!hash);
		expect(statSync(file).mode & 0o777).toBe(0o600);
	},
);

test('known hosts: a file without a newline at its end keeps its last line', async () => {
	const file = join(makeDirectory(), 'known_hosts');
	writeFileSync(file, line('web', ed1, 'ssh-ed25519'));
	await appendKnownHost({file, name: 'db', key: ed2, hash: false});

	expect((await readKnownHosts([file])).map(({hosts}) => hosts)).toEqual(['web', 'db']);
});

/** Numbers of the lines ssh-keygen finds for a name. It ends with 1 where there is none. */
const foundByKeygen = async (file: string, name: string): Promise<number[]> => {
	const {stdout} = await run('ssh-keygen', ['-F', name, '-f', file]).catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 1) return {stdout: ''};
		throw error;
	});
	return [...stdout.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
};
const foundByUs = (file: string, name: string): number[] =>
	parseKnownHosts(readFileSync(file, 'utf8'), file)
		.filter(({hosts}) => namesHost(hosts, name))
		.map(({line}) => line);

describe.skipIf(!hasKeygen)('known hosts against ssh-keygen -F (skipped without ssh-keygen)', () => {
	const key = makeKey().publicKey;

	test('any list of patterns finds the same lines', async () => {
		const word = fc.stringMatching(/^[abAB.*?-]{1,6}$/);
		const pattern = fc
			.tuple(fc.constantFrom('', '', '!'), word, fc.constantFrom('', '', ':22', ':2222'))
			.map(([not, name, port]) => `${not}${port === '' ? name : `[${name}]${port}`}`);
		const hosts = fc.array(pattern, {minLength: 1, maxLength: 4}).map(list => list.join(','));
		const name = fc
			.tuple(fc.stringMatching(/^[abAB][abAB.-]{0,5}$/), fc.constantFrom('', ':22', ':2222'))
			.map(([host, port]) => (port === '' ? host : `[${host}]${port}`));
		const file = join(makeDirectory(), 'known_hosts');

		// Many lines for each question: a line is judged by itself, and each question starts a process.
		await fc.assert(
			fc.asyncProperty(
				fc.array(hosts, {minLength: 60, maxLength: 120}),
				fc.array(name, {minLength: 2, maxLength: 3}),
				async (lists, names) => {
					writeFileSync(file, lists.map(list => `${list} ${key}\n`).join(''));
					const found = await Promise.all(names.map(each => foundByKeygen(file, each)));
					expect(names.map(each => foundByUs(file, each))).toEqual(found);
				},
			),
			{numRuns: isDeep ? 60 : 12},
		);
	});

	test('hashed names find the same lines', async () => {
		const file = join(makeDirectory(), 'known_hosts');
		const names = ['web-1', '[web-1]:2222', '10.0.0.7', 'WEB-2', 'db.example.org', '[::1]:22022'];
		writeFileSync(file, names.map(name => `${name} ${key}\n`).join(''));
		await run('ssh-keygen', ['-q', '-H', '-f', file]);

		expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
		// ssh asks in lower case; ssh-keygen leaves that to whoever calls it.
		for (const name of [...names, 'web-2', 'web-3', '[web-1]:22']) {
			expect(foundByUs(file, name)).toEqual(await foundByKeygen(file, name.toLowerCase()));
		}
	});

	test('what we append, hashed or not, ssh-keygen finds', async () => {
		const file = join(makeDirectory(), 'known_hosts');
		const blobOfKey = Buffer.from(key.split(' ')[1] ?? '', 'base64');
		await appendKnownHost({file, name: '[web]:2222', key: blobOfKey, hash: true});
		await appendKnownHost({file, name: 'db', key: blobOfKey, hash: false});

		expect(await foundByKeygen(file, '[web]:2222')).toEqual([1]);
		expect(await foundByKeygen(file, 'db')).toEqual([2]);
	});
});
