import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {askFrontendFacts, parseFrontendFacts} from '../../../src/commands/nextjs/frontend-facts.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {until} from '../../support/wait.ts';
import {listing, me} from '../host-directory.ts';
import {answers, createPm2Host, type Pm2Host} from './pm2-stub.ts';

const ask = (host: Pm2Host) =>
	askFrontendFacts({
		stateDirectory: 'state',
		app: 'frontend',
		layout: releaseLayout({path: host.live}),
		backups: join(host.root, 'backups'),
		asRoot: [],
		target: {...host.app.target, owner: me, services: [], shared: {files: [], directories: []}, npm: 'npm'},
	});

test.concurrent('frontend facts: PM2, the process, who owns the port, and what is live; no secret leaves, nothing changes', async () => {
	await using host = await createPm2Host(['else', 'site']);
	await host.sh('pm2 start site && mkdir www/site/.next www/site/node_modules && echo abc >www/site/.next/BUILD_ID');
	await host.sh('printf lock >www/site/package-lock.json');
	await until('an answer of the site', () => answers(host.app.target.port));
	await host.sh('rm calls');
	const before = listing(host, 'www') + listing(host, 'state');

	const text = await host.ok(ask(host));

	const {frontend, npm, layout, owner} = parseFrontendFacts(text);
	const pid = host.list()[1]?.pid;
	expect({layout, owner}).toEqual({layout: 'releases', owner: 'ok'});
	expect(npm).toBe('10.8.2');
	expect(frontend).toMatchObject({
		hasPm2: true,
		pm2User: me,
		instances: [{name: 'site', pid, status: 'online', mode: 'fork', cwd: host.live, restarts: 0}],
		otherNames: ['else'],
		owners: [{pid, user: me, cwd: host.release('one'), of: 'site'}],
		live: {
			buildId: 'abc',
			lockSha256: await host.sh('printf lock | sha256sum | cut -c 1-64'),
			modules: 'directory',
		},
	});
	expect(frontend?.node).toMatch(/^v\d+/);
	expect(text).not.toContain('hunter2');
	expect(host.calls().filter(call => !/^(?:jlist|--version)?$/.test(call))).toEqual([]);
	expect(listing(host, 'www') + listing(host, 'state')).toBe(before);
});

test.concurrent('frontend facts: an old process on the port belongs to nobody, whatever PM2 says', async () => {
	await using host = await createPm2Host();
	const orphan = await host.orphan('two');
	await host.sh('pm2 start site');

	const {frontend} = parseFrontendFacts(await host.ok(ask(host)));

	expect(frontend?.instances).toMatchObject([{status: 'online'}]);
	expect(frontend?.owners).toMatchObject([{pid: orphan, cwd: host.release('two')}]);
	expect(frontend?.owners[0]?.of).toBeUndefined();
});

test.concurrent('frontend facts: no PM2, a PM2 that does not answer, no daemon, no Node', async () => {
	await using host = await createPm2Host();
	const facts = async (): Promise<ReturnType<typeof parseFrontendFacts>['frontend']> =>
		parseFrontendFacts(await host.ok(ask(host))).frontend;

	writeFileSync(join(host.root, '.bin/pm2'), '#!/bin/sh\necho "[PM2][ERROR] no list today" >&2; exit 1\n');
	expect(await facts()).toMatchObject({
		hasPm2: true,
		problem: `pm2 jlist of ${me} failed: [PM2][ERROR] no list today`,
		instances: [],
		live: {buildId: '', lockSha256: '', modules: 'missing'},
	});
	await host.sh('echo 999999999 >.pm2/pm2.pid');
	expect(await facts()).toMatchObject({instances: []});
	expect((await facts())?.problem).toBeUndefined();
	await host.sh('rm .bin/pm2');
	expect(await facts()).toMatchObject({hasPm2: false});
	writeFileSync(join(host.root, '.bin/node'), '#!/bin/sh\nexit 127\n');
	await host.sh('chmod 755 .bin/node');
	expect(await facts()).toBeUndefined();
});
