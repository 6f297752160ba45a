import {afterAll, describe, expect, test} from 'vitest';
import {atDepth} from '../support/depth.ts';
import {startPoller} from '../support/poller/start-poller.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {observeBackend, observeBackups, observeFrontend, sh} from './observe.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

/** What the other tests stand on: the host itself is as the old scripts left one. */
describe.skipIf(systemUnavailable() !== undefined)(titled('a host with both apps'), () => {
	const hosts: RealHost[] = [];
	const start = async (...[options]: Parameters<typeof startRealHost>): Promise<RealHost> => {
		const host = await startRealHost(options);
		hosts.push(host);
		return host;
	};
	afterAll(async () => {
		for (const host of hosts) await host.stop();
	});

	const modes = atDepth([
		{mode: 'fork', processes: ['fork'], deep: true},
		{mode: 'fork-npm', processes: ['fork'], deep: true},
		{mode: 'cluster', processes: ['cluster', 'cluster'], deep: false},
	] as const);
	test.each(modes)('$mode: the site answers, PM2 runs it from the plain directory', async ({mode, processes}) => {
		const host = await start({name: 'preprod-1', frontend: mode});
		const frontend = await observeFrontend(host);

		expect(frontend).toMatchObject({
			live: 'directory',
			pages: 'v1',
			surveys: 'v1',
			api: 'https://preprod.qsights.test/api',
			served: frontend.buildId,
			saved: processes.map(() => 'qsights-frontend-preprod'),
			isLive: true,
		});
		expect(frontend.pm2).toEqual(
			processes.map(mode => ({
				name: 'qsights-frontend-preprod',
				status: 'online',
				mode,
				cwd: '/var/www/qsights/frontend',
			})),
		);
		expect(await observeBackend(host)).toMatchObject({
			live: 'directory',
			version: 'v1',
			health: 200,
			units: {'php8.1-fpm': 'active', nginx: 'active'},
		});
		expect((await observeBackups(host, 'frontend')).map(({name, root}) => [name, root])).toEqual([
			['frontend_20260201_103000.tar.gz', '.next'],
			['frontend_20260208_120000.tar.gz', '.next'],
		]);
		await host.stop();
	});

	test('the poller counts what failed and how long the site was away', async () => {
		const host = await start({name: 'preprod-1', frontend: 'fork'});
		const poller = await startPoller([
			{name: 'site', url: host.url, everyMs: 20, pattern: String.raw`frontend v\d`},
			{name: 'api', url: `${host.url}/api/health`, everyMs: 20},
		]);
		await sh(host, 'sudo -u ubuntu -H pm2 stop all; sleep 0.5; sudo -u ubuntu -H pm2 start all');
		await sh(host, 'until curl --silent --fail --output /dev/null "$1"; do sleep 0.05; done', host.url);
		const {site, api} = await poller.stop();

		expect(api).toMatchObject({failed: 0, downMs: 0});
		expect(site?.failures['502']).toBe(site?.failed);
		expect(site?.bodies['frontend v1']).toBeGreaterThan(0);
		expect(site?.downMs).toBeGreaterThan(500);
		expect(site?.downMs).toBeLessThan(30_000);
	});
});
