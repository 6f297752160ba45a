import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Host} from '../../../../src/domain/environments/environment.ts';
import type {ExecOptions} from '../../../../src/domain/ports.ts';
import {expandProxyCommand, jumpHost} from '../../../../src/services/ssh/link/jump.ts';
import {resolveHost} from '../../../../src/services/ssh/link/resolve-host.ts';
import {startFaultProxy} from '../../../support/fault-proxy.ts';
import {hasSshd, makeDirectory, makeKey, type RealSshd, type SshdPlace, startSshd} from '../../../support/real-sshd.ts';
import {type SshLab, startSshLab} from '../../../support/ssh-lab.ts';
import {until} from '../../../support/wait.ts';

const run: ExecOptions = {lane: 'run'};
const target: Host = {name: 'web-1', address: 'shop'};
const resolved = await resolveHost(target, {environment: {}, sshBinary: '/nonexistent/ssh'});

test.each([
	{spec: 'gate', host: {address: 'gate'}},
	{spec: 'me@gate:2222', host: {address: 'gate', user: 'me', port: 2222}},
	{spec: 'ssh://me@gate:2222/', host: {address: 'gate', user: 'me', port: 2222}},
	{spec: '[::1]:2222', host: {address: '::1', port: 2222}},
	{spec: 'me@[fe80::1]', host: {address: 'fe80::1', user: 'me'}},
])('jump host: $spec', ({spec, host}) => {
	expect(jumpHost(spec, target)).toEqual({name: `${host.address} (jump host of web-1)`, ...host});
});

test.each(['', 'a b', 'gate:port', 'a:1:2', 'user@'])('jump host: %j is a configuration error', spec => {
	expect(() => jumpHost(spec, target)).toThrow(expect.objectContaining({code: 'configuration'}));
});

test('proxy command: tokens are filled in', () => {
	const host = {...resolved, address: '10.0.0.7', port: 2222, user: 'deploy'};

	expect(expandProxyCommand('nc %h %p # %n %r %%h', target, host)).toBe('nc 10.0.0.7 2222 # shop deploy %h');
});

test.each([
	{title: 'a value with shell characters', command: 'nc %h %p', address: 'a;b'},
	{title: 'a token nobody knows', command: 'nc %h %Q', address: 'a'},
])('proxy command: $title is refused', ({command, address}) => {
	expect(() => expandProxyCommand(command, target, {...resolved, address})).toThrow(
		expect.objectContaining({code: 'configuration'}),
	);
});

const jump = ({port, user}: SshdPlace): string => `${user}@127.0.0.1:${port}`;

/** Resolves once the log of a server has `words`: it comes from another process, after the session is up. */
const logged = async ({logPath}: SshdPlace, words: string): Promise<boolean> => {
	const log = (): string => readFileSync(logPath, 'utf8');
	return until(`${words} in the log of sshd`, () => log().includes(words), {show: log});
};

/** A ProxyCommand that pipes its standard streams to a port, as `nc` does. */
const pipeCommand = (): string => {
	const script = join(makeDirectory(), 'pipe.mjs');
	writeFileSync(
		script,
		`import {connect} from 'node:net';
		const [host, port] = process.argv.slice(2);
		const socket = connect(Number(port), host);
		process.stdin.pipe(socket);
		socket.pipe(process.stdout);
		socket.on('error', error => { console.error(error.code); process.exit(1); });
		socket.on('close', () => process.exit(0));`,
	);
	return `${process.execPath} ${script} %h %p`;
};

describe.skipIf(!hasSshd)('ways to a real sshd (skipped without /usr/sbin/sshd)', () => {
	const bastionKey = makeKey();
	let lab: SshLab;
	let bastion: RealSshd;
	let second: RealSshd;
	let known: string;
	beforeAll(async () => {
		lab = await startSshLab();
		const authorizedKeys = [bastionKey.publicKey];
		[bastion, second] = await Promise.all([startSshd({authorizedKeys}), startSshd({authorizedKeys})]);
		known = join(makeDirectory(), 'known_hosts');
		writeFileSync(
			known,
			[bastion, second].map(({port, hostPublicKeys: [key]}) => `[127.0.0.1]:${port} ${key}\n`).join(''),
		);
	});
	afterAll(async () => {
		await lab.stop();
		await Promise.all([bastion.stop(), second.stop()]);
	});

	const bastionConfig = (): string => lab.sshConfig(`UserKnownHostsFile ${known}\nIdentityFile ${bastionKey.path}`);

	test('jump host: reaches the host through a second sshd, each with its own key', async () => {
		const session = lab.session({proxyJump: jump(bastion)}, {sshConfigFile: bastionConfig()});
		const {stdout} = await session.exec('echo $SSH_CONNECTION; head -c 3000000 /dev/zero | wc -c', run);

		expect(stdout).toMatch(new RegExp(` ${lab.sshd.port}\n3000000\n$`));
		await logged(bastion, 'Accepted publickey');
	});

	test('jump host: two in a row, from the ssh configuration', async () => {
		const config = lab.sshConfig(
			`Host shop\n HostName 127.0.0.1\n ProxyJump ${jump(bastion)},${jump(second)}\n` +
				`Host *\n UserKnownHostsFile ${known}\n IdentityFile ${bastionKey.path}`,
		);
		const session = lab.session({address: 'shop'}, {sshConfigFile: config});
		await session.exec('true', run);

		await logged(second, 'Accepted publickey');
	});

	test('jump host: proxyJump none in the environment file goes straight', async () => {
		const config = lab.sshConfig('Host *\n ProxyJump 127.0.0.1:1');
		const session = lab.session({proxyJump: 'none'}, {sshConfigFile: config});

		expect((await session.exec('echo straight', run)).stdout).toBe('straight\n');
	});

	test('jump host: its unknown key is refused under its own name', async () => {
		const config = lab.sshConfig(`UserKnownHostsFile /nonexistent\nIdentityFile ${bastionKey.path}`);
		const session = lab.session({proxyJump: jump(bastion)}, {sshConfigFile: config});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'host-key-unknown',
			what: 'The host key of 127.0.0.1 (jump host of web-1) is not known',
		});
	});

	test('jump host: a target it cannot reach is unreachable and says who said so', async () => {
		const gone = await startFaultProxy({port: lab.sshd.port});
		await gone.stop();
		const session = lab.session({port: gone.port, proxyJump: jump(bastion)}, {sshConfigFile: bastionConfig()});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'unreachable',
			what: 'web-1 cannot be reached',
			why: expect.stringContaining(
				`127.0.0.1 (jump host of web-1) cannot open a connection to 127.0.0.1:${gone.port}`,
			),
		});
	});

	test('jump host: lost under a command, the command is link-lost', async () => {
		const own = await startSshd({authorizedKeys: [bastionKey.publicKey]});
		const proxy = await startFaultProxy({port: own.port});
		const session = lab.session(
			{proxyJump: `${own.user}@127.0.0.1:${proxy.port}`},
			{
				sshConfigFile: lab.sshConfig(
					`IdentityFile ${bastionKey.path}\nUserKnownHostsFile ${makeDirectory()}/kh`,
				),
				onUnknownHostKey: async () => Promise.resolve(true),
			},
		);
		const onStdout = (): void => proxy.cut();

		await expect(session.exec('echo up; sleep 30; true', {...run, onStdout})).rejects.toMatchObject({
			code: 'link-lost',
		});
		await session.close();
		await proxy.stop();
		await own.stop();
	});

	test('jump host: closing the session closes the connection to it', async () => {
		const proxy = await startFaultProxy({port: bastion.port});
		const session = lab.session(
			{proxyJump: `${bastion.user}@127.0.0.1:${proxy.port}`},
			{
				sshConfigFile: lab.sshConfig(
					`IdentityFile ${bastionKey.path}\nUserKnownHostsFile ${makeDirectory()}/kh`,
				),
				onUnknownHostKey: async () => Promise.resolve(true),
			},
		);
		await session.exec('true', run);
		expect(proxy.open).toBe(1);
		await session.close();

		await until('the connection to the jump host closed', () => proxy.open === 0, {
			show: () => `${proxy.open} open`,
		});
		await proxy.stop();
	});

	test('jump host: a circle in the ssh configuration ends with a configuration error', async () => {
		const config = lab.sshConfig('Host a\n ProxyJump b\nHost b\n ProxyJump a');
		const session = lab.session({address: 'a'}, {sshConfigFile: config});

		await expect(session.connect()).rejects.toMatchObject({code: 'configuration'});
	});

	test('jump host: a rule that holds for the jump host itself is a loop, as it is to ssh', async () => {
		const config = lab.sshConfig(`Host *\n ProxyJump ${jump(bastion)}`);
		const session = lab.session({address: 'localhost'}, {sshConfigFile: config});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'configuration',
			why: expect.stringContaining('loop'),
		});
	});

	test('proxy command: carries the connection, 5 MB in and out', async () => {
		const session = lab.session({}, {sshConfigFile: lab.sshConfig(`ProxyCommand ${pipeCommand()}`)});
		const input = Buffer.alloc(5 * 1024 * 1024, 'x');
		const {stdout} = await session.exec('cat', {...run, input, maxOutputBytes: input.length});

		expect(stdout).toHaveLength(input.length);
		await session.close();
	});

	test('proxy command: its process ends with the session', async () => {
		const file = join(makeDirectory(), 'pid');
		const script = join(makeDirectory(), 'proxy.sh');
		writeFileSync(script, `echo $$ >${file}\nexec "$@"\n`);
		const session = lab.session({}, {sshConfigFile: lab.sshConfig(`ProxyCommand sh ${script} ${pipeCommand()}`)});
		await session.exec('true', run);
		const pid = Number(readFileSync(file, 'utf8'));
		const isAlive = (): boolean => {
			try {
				return process.kill(pid, 0);
			} catch {
				return false;
			}
		};
		expect(isAlive()).toBe(true);
		await session.close();

		await until('the end of the proxy command', () => !isAlive(), {show: () => `process ${pid} is alive`});
	});

	test('proxy command: one that fails is unreachable with what it said', async () => {
		const config = lab.sshConfig(`ProxyCommand echo no tunnel today >&2; exit 3`);

		await expect(lab.session({}, {sshConfigFile: config}).connect()).rejects.toMatchObject({
			code: 'unreachable',
			why: expect.stringContaining('no tunnel today'),
		});
	});

	test('proxy command: one that is not there is unreachable', async () => {
		const config = lab.sshConfig(`ProxyCommand /nonexistent/tunnel %h`);

		await expect(lab.session({}, {sshConfigFile: config}).connect()).rejects.toMatchObject({code: 'unreachable'});
	});
});
