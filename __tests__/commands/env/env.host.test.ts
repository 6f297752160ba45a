import {expect, test} from 'vitest';
import {askEnvKeys, parseEnvKeys} from '../../../src/commands/env/env-keys.ts';
import {parseEnvRead, readEnv} from '../../../src/commands/env/read-env.ts';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {createHostDirectory, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;

const targetOf = (host: HostDirectory) => ({
	path: `${host.root}/${odd}/app`,
	owner: me,
	shared: {files: ['.env', 'storage/licence.txt', '.env.extra'], directories: []},
});

const write = (host: HostDirectory, ...files: readonly string[]) =>
	host.sh(
		`mkdir -p "$1/.app/shared" "$1/app" && cd "$1" && shift
		while [ $# -gt 0 ]; do printf %s "$2" >"$1"; chmod 640 "$1"; shift 2; done`,
		odd,
		...files,
	);

test.concurrent('values on a host: byte for byte, with mode and owner, as the host keeps them', async () => {
	await using host = createHostDirectory();
	const text = 'A="one\n\ntwo ü"\nB=\'x\'\n';
	await write(host, '.app/shared/.env', text, 'app/.env', 'A=old\n', 'app/.env.extra', '');

	const {time, files} = parseEnvRead(await host.ok(readEnv(targetOf(host))));

	expect(time).toBeGreaterThan(0);
	expect(files).toEqual([
		{path: `${host.root}/${odd}/.app/shared/.env`, text, mode: 0o640, owner: me},
		{path: `${host.root}/${odd}/app/.env.extra`, text: '', mode: 0o640, owner: me},
	]);
});

test.concurrent('values on a host: what is not there, is no file or is too long is said', async () => {
	await using host = createHostDirectory();
	await write(host);
	await host.sh('head -c 262145 /dev/zero >"$1/.app/shared/.env.extra"', odd);
	const target = targetOf(host);

	expect(parseEnvRead(await host.ok(readEnv(target))).files).toMatchObject([
		{problem: 'it is not there', text: undefined},
		{problem: 'it is longer than 256 KiB', text: undefined},
	]);
	await host.sh('mkdir "$1/app/.env"', odd);
	expect(parseEnvRead(await host.ok(readEnv(target))).files[0]).toMatchObject({
		problem: 'neither the login nor the owner of the app may read it',
	});
});

test('values on a host: an answer that was cut is none', () => {
	expect(() => parseEnvRead('time\t17')).toThrow('is cut, or is no answer');
});

const hard = [
	'\uFEFFFIRST=1',
	'# NOT=a key',
	'  export SECOND = 2',
	'PRIVATE="-----BEGIN',
	'inside==',
	'ALSO_INSIDE=\\"no end',
	'last" # end',
	'AFTER="a\\\\"',
	"SINGLE='\"'",
	'NAKED=a"b',
	'=nothing',
	'1BAD=x',
	'DOTTED.KEY=x',
	'AFTER=again\r',
].join('\n');

test.concurrent('keys on a host: the very keys that are read here, and nothing of a value', async () => {
	await using host = createHostDirectory();
	await write(host, 'app/.env', hard);

	const answer = await host.ok(askEnvKeys(targetOf(host)));

	const {keys, time} = parseEnvKeys(answer);
	expect(time).toBeGreaterThan(0);
	expect(keys).toEqual([...new Set(parseEnvFile(hard).entries.map(({key}) => key))]);
	expect(answer).not.toMatch(/inside|BEGIN|again/);
});

test.concurrent('keys on a host: behind a quote that is never closed nobody knows them', async () => {
	await using host = createHostDirectory();
	await write(host, '.app/shared/.env', 'A=1\nB="open\nC=3\n');

	expect(parseEnvKeys(await host.ok(askEnvKeys(targetOf(host)))).keys).toBeUndefined();
});
