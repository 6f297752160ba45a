import {existsSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Host} from '../../../../src/domain/environments/environment.ts';
import {resolveHost} from '../../../../src/services/ssh/link/resolve-host.ts';
import {makeDirectory} from '../../../support/real-sshd.ts';

const hasSsh = existsSync('/usr/bin/ssh');
const {PATH} = process.env;
const environment = {HOME: '/home/me', PATH};
const shop: Host = {name: 'web-1', address: 'shop'};

const resolveWith = async (config: string, host: Host = shop, more: Record<string, string> = {}) => {
	const sshConfigFile = join(makeDirectory(), 'config');
	writeFileSync(sshConfigFile, `${config}\n`);
	return resolveHost(host, {environment: {...environment, ...more}, sshConfigFile});
};

test('resolve: without an ssh binary the usual places apply', async () => {
	const resolved = await resolveHost(shop, {
		environment: {...environment, SSH_AUTH_SOCK: '/run/agent'},
		sshBinary: '/nonexistent/ssh',
	});

	expect(resolved).toEqual({
		label: 'web-1',
		address: 'shop',
		port: 22,
		user: userInfo().username,
		knownAs: 'shop',
		identityFiles: ['/home/me/.ssh/id_ed25519', '/home/me/.ssh/id_ecdsa', '/home/me/.ssh/id_rsa'],
		explicitIdentity: false,
		identitiesOnly: false,
		agent: '/run/agent',
		knownHostsFiles: ['/home/me/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
		hashKnownHosts: false,
		jumps: [],
	});
});

describe.skipIf(!hasSsh)('resolve with ssh -G (skipped without ssh)', () => {
	test('takes address, port, user, keys, known_hosts, agent and jump hosts from the configuration', async () => {
		const resolved = await resolveWith(`
			Host shop
			 HostName 10.0.0.7
			 Port 2222
			 User deploy
			 IdentityFile ~/keys/one
			 IdentityFile /keys/two
			 IdentitiesOnly yes
			 IdentityAgent /run/own-agent
			 UserKnownHostsFile /kh/one /kh/two
			 GlobalKnownHostsFile /kh/all
			 HashKnownHosts yes
			 ProxyJump me@a:22,b`);

		expect(resolved).toMatchObject({
			address: '10.0.0.7',
			port: 2222,
			user: 'deploy',
			knownAs: '[10.0.0.7]:2222',
			identityFiles: ['/home/me/keys/one', '/keys/two'],
			identitiesOnly: true,
			agent: '/run/own-agent',
			knownHostsFiles: ['/kh/one', '/kh/two', '/kh/all'],
			hashKnownHosts: true,
			jumps: ['me@a:22', 'b'],
		});
	});

	test('the environment file wins', async () => {
		const config =
			'Host shop\n HostName 10.0.0.7\n Port 2222\n User deploy\n IdentityFile /keys/one\n UserKnownHostsFile /kh\n ProxyJump a';
		const host = {...shop, port: 22, user: 'me', identityFile: '/mine', knownHostsFile: '/known', proxyJump: 'b'};

		expect(await resolveWith(config, host)).toMatchObject({
			address: '10.0.0.7',
			port: 22,
			user: 'me',
			knownAs: '10.0.0.7',
			identityFiles: ['/mine'],
			explicitIdentity: true,
			identitiesOnly: true,
			knownHostsFiles: ['/known'],
			jumps: ['b'],
		});
	});

	test('Match on the user of the environment file applies', async () => {
		const config = 'Match user deploy\n Port 2201\nMatch user other\n Port 2202';

		expect(await resolveWith(config, {...shop, user: 'other'})).toMatchObject({port: 2202});
	});

	test('Include is followed', async () => {
		const included = join(makeDirectory(), 'more');
		writeFileSync(included, 'Host shop\n Port 2203\n');

		expect(await resolveWith(`Include ${included}`)).toMatchObject({port: 2203});
	});

	test('HostKeyAlias names the host in known_hosts', async () => {
		expect(await resolveWith('HostKeyAlias Shop-Key\nPort 2222')).toMatchObject({knownAs: 'shop-key'});
	});

	test.each([
		{setting: 'none', agent: undefined},
		{setting: 'SSH_AUTH_SOCK', agent: '/run/agent'},
		{setting: '$OTHER_SOCK', agent: '/run/other'},
		{setting: '/run/third', agent: '/run/third'},
	])('IdentityAgent $setting', async ({setting, agent}) => {
		const variables = {SSH_AUTH_SOCK: '/run/agent', OTHER_SOCK: '/run/other'};

		expect((await resolveWith(`IdentityAgent ${setting}`, shop, variables)).agent).toBe(agent);
	});

	test('a configuration ssh refuses is a configuration error with what ssh said', async () => {
		await expect(resolveWith('Nonsense yes')).rejects.toMatchObject({
			code: 'configuration',
			why: expect.stringContaining('nonsense'),
		});
	});

	test('an address that looks like an option is no option', async () => {
		await expect(resolveWith('', {...shop, address: '-oProxyCommand=id'})).rejects.toMatchObject({
			code: 'configuration',
		});
	});
});
