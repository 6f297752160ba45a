import {spawnSync} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createRedactor} from '../../../src/domain/logs/mask.ts';
import {rulesForHosts} from '../../../src/domain/logs/secret-rules.ts';
import {leakingLines} from '../../domain/logs/leaking-lines.ts';

const root = `${import.meta.dirname}/../../..`;

/** What the program of a host makes of a text. */
const redacted = (
	text: string,
	{most = 50_000_000, stdout = 'pipe'}: {readonly most?: number; readonly stdout?: 'pipe' | number} = {},
) =>
	spawnSync('perl', [`${root}/src/commands/job/redact.pl`, rulesForHosts, '\u001Eend', String(most), 'nobody'], {
		input: text,
		encoding: 'utf8',
		stdio: ['pipe', stdout, 'pipe'],
		maxBuffer: 16 * 1024 * 1024,
	});

test('redactor: a host hides the same as this machine, line by line', () => {
	const harmless = readFileSync(`${root}/__tests__/fixtures/output/harmless.txt`, 'utf8');
	const block =
		'-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"bearer": {\n"a": "b1c2d3"\n}\n';
	const text = `${leakingLines.map(([line]) => line).join('\n')}\n${block}${harmless}`;
	const {stdout, stderr, status} = redacted(text);

	expect({stderr, status}).toEqual({stderr: '', status: 0});
	expect(stdout.split('\n')).toEqual(createRedactor().text(text).split('\n'));
});

test('redactor: colours between a secret and its name, or within it, hide nothing from it; other lines keep theirs', () => {
	const coloured = [
		'\u001B[31mpassword\u001B[0m: \u001B[32mCANARYa1\u001B[0m',
		'\u001B[33mBearer\u001B[39m \u001B[32mCANARYb2c3d4e5f6g7h8\u001B[39m',
		'DB_PASSWORD\u001B[0m=\u001B[36mCANARYc3\u001B[1mCANARYmore\u001B[0m',
		'\u001B[33mghp_\u001B[0mCANARY00000000000000000000',
		'p\u0000assword=CANARYd4',
	];
	const plain = '\u001B[32m✓\u001B[0m Generated optimized autoload files';

	const {stdout, status} = redacted(`${[...coloured, plain].join('\n')}\n`);

	expect(status).toBe(0);
	expect(stdout).not.toContain('CANARY');
	expect(stdout.match(/\*{3}/g)).toHaveLength(coloured.length);
	expect(stdout).toContain(plain);
});

test('redactor: a line of any length is handed on, and no secret in it, wherever the pieces part', () => {
	const filler = 'lorem ipsum '.repeat(6000);
	const secrets = Array.from({length: 12}, (_, at) => `ghp_CANARY${String(at).padStart(20, 'x')}`);
	const text = `${secrets.map((secret, at) => `${filler.slice(at)}${secret} `).join('')}DB_PASSWORD=CANARYatTheEnd`;

	const {stdout, status} = redacted(text);

	expect(status).toBe(0);
	expect(stdout).not.toContain('CANARY');
	expect(stdout.match(/\*{3}/g)).toHaveLength(secrets.length + 1);
	expect(stdout.replaceAll(/\*{3}/g, '').length).toBe(
		text.length - secrets.join('').length - 'CANARYatTheEnd'.length,
	);
});

test('redactor: of what is more than is kept stand the beginning, every mark, and the end of each command', () => {
	const lines = (name: string): string =>
		Array.from({length: 6000}, (_, at) => `${name} ${String(at).padStart(6, '0')} token=CANARY${at}\n`).join('');
	const text = `\u001E0\n${lines('first')}\u001E1\n${lines('second')}no newline\u001E2\nlast\n`;

	const {stdout, status} = redacted(text, {most: 20_000});

	expect(status).toBe(0);
	expect(stdout).not.toContain('CANARY');
	expect(stdout.length).toBeLessThan(20_000 + 3 * (65_536 + 200));
	const [beginning = '', first = '', ...rest] = stdout.split(
		'\n[more than 20000 bytes: from here on only the end is kept]\n',
	);
	expect(beginning).toMatch(/^\u001E0\nfirst 000000 token=\*{3}\nfirst 000001/);
	expect(first).toMatch(/^\[\d+ bytes left out\]\nfirst \d{6} token=\*{3}\n[^]*first 005999 token=\*{3}\n\u001E1\n/);
	expect(rest.join('')).toMatch(
		/\[\d+ bytes left out\]\nsecond \d{6} [^]*second 005999 token=\*{3}\nno newline\n\u001E2\n[^]*last\n$/,
	);
	const shown = '*'.repeat(3);
	const all = text.replaceAll(/CANARY\d+/g, shown).length;
	const leftOut = [...stdout.matchAll(/\[(\d+) bytes left out\]/g)].reduce((sum, [, size]) => sum + Number(size), 0);
	const said = stdout.replaceAll(/\n\[more than .*\]\n|\[\d+ bytes left out\]\n/g, '').length;
	// One newline was put behind the line that had none.
	expect(said + leftOut).toBe(all + 1);
});

test('redactor: on a disk that takes nothing it reads on to the end, and says that not all could be written', () => {
	const full = openSync('/dev/full', 'w');
	const {status, stderr} = redacted('one\n'.repeat(100_000), {stdout: full});
	closeSync(full);

	expect({status, stderr}).toEqual({status: 3, stderr: ''});
});
