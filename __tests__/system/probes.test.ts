import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import {createProber, type RoundOptions} from '../../src/app/probes/probe-round.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {probeTerms} from '../../src/domain/environments/watched.ts';
import type {SessionManager} from '../../src/domain/ports.ts';
import {lastSwap} from '../../src/domain/probes/last-swap.ts';
import type {ProbeRound} from '../../src/domain/probes/probe.ts';
import {httpProbe} from '../../src/services/probes/http-probe.ts';
import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {systemClock} from '../../src/services/system-clock.ts';
import {until} from '../support/wait.ts';
import {fillNpmCache, observePm2, sh} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const backend = '/var/www/qsights/backend';
const frontend = '/var/www/qsights/frontend';

describe.skipIf(systemUnavailable() !== undefined)(titled('probes of a real host'), () => {
	let lab: Lab;
	let sessions: SessionManager;
	let environment: Environment;
	let since: RoundOptions['since'];
	const proberOf = (one: Environment) =>
		createProber(
			{sessions, probe: httpProbe, clock: systemClock, samples: createMemorySamples()},
			{environment: one},
		);
	/** One look with no memory of another, so that whatever it tells it tells within one round. */
	const look = (one = environment): Promise<ProbeRound> => proberOf(one).round(since ? {since} : {});
	const troubles = ({readings, silent}: ProbeRound): Readonly<Record<string, string>> => {
		expect(silent).toEqual([]);
		return Object.fromEntries(
			readings.filter(({state}) => state !== 'pass').map(({probe, state, text}) => [probe, `${state}: ${text}`]),
		);
	};
	const quiet = {'backend.scheduler': 'unclear: no log of the scheduler is named'};
	const isWell = async (): Promise<void> => {
		let last: Readonly<Record<string, string>> = {};
		await until(
			'every probe passes again',
			async () => {
				last = troubles(await look());
				return Object.keys(last).length === Object.keys(quiet).length;
			},
			{show: () => last},
		);
		expect(last).toEqual(quiet);
	};
	const host = (script: string): Promise<string> => sh(lab.preprod, script);

	beforeAll(async () => {
		lab = await startLab({
			frontend: 'fork',
			overrides: {
				probes: {
					// The machine that runs this is busy, and not what is looked at.
					limits: {diskPercent: 100, inodesPercent: 100, memoryPercent: 100, loadPerCore: 1000},
					http: [
						{
							id: 'health-again',
							title: 'Health again',
							app: 'backend',
							on: 'api',
							path: '/health',
							withinMs: 2000,
						},
					],
					queue: true,
				},
			},
		});
		await lab.done('adopt', '--env', 'preprod');
		await fillNpmCache(lab.preprod);
		await lab.repository.commit('v2');
		await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
		await lab.repository.commitFrontend('v2');
		await lab.done('deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes');
		const {environments} = await loadEnvironments(lab.repository.directory, {home: lab.home});
		const found = environments.find(({name}) => name === 'preprod');
		if (!found) throw new Error('the lab has no preprod');
		environment = found;
		sessions = createSessionManager({environment: process.env});
		const {entries} = await createLedgerBook(sessions, createLedgerCache(join(lab.home, 'memory'))).read(
			environment,
		);
		since = {backend: lastSwap(entries, 'backend'), frontend: lastSwap(entries, 'frontend')};
	});
	afterAll(async () => {
		await sessions?.close();
		await lab?.stop();
	});

	test('after two deploys all is well, and told', async () => {
		const round = await look();

		expect(troubles(round)).toEqual(quiet);
		const texts = Object.fromEntries(round.readings.map(({probe, text}) => [probe, text]));
		expect(texts).toMatchObject({
			'backend.health': expect.stringMatching(/^200 in \d+ ms$/) as string,
			'backend.served': expect.stringMatching(/^[\da-f]{7}, as recorded$/) as string,
			'frontend.served': expect.stringMatching(/^[\da-f]{7}, BUILD_ID \S{6}$/) as string,
			'backend.worker': expect.stringMatching(/since the swap$/) as string,
			'frontend.worker': expect.stringMatching(/^port \d+ since the swap$/) as string,
			'preprod-1.service.nginx': expect.stringMatching(/^active, \d+ (s|min)$/) as string,
			'preprod-1.process.qsights-frontend-preprod': expect.stringMatching(
				/^online, \d+ (s|min), [\d.]+ MB$/,
			) as string,
			'backend.queue': expect.stringMatching(/^0 waiting, 0 failed$/) as string,
			'backend.migrations': 'none pending',
		});
		expect(Math.abs(round.at - Date.now())).toBeLessThan(5000);
	});

	test('a service that is gone', async () => {
		await host('systemctl stop php8.1-fpm');
		const gone = troubles(await look());
		await host('systemctl start php8.1-fpm');

		expect(gone).toMatchObject({
			'backend.health': 'fail: 502, not 200',
			'preprod-1.service.php8.1-fpm': 'fail: inactive',
			'backend.worker': 'unclear: php8.1-fpm does not run',
		});
		expect(gone).not.toHaveProperty('frontend.health');
		await isWell();
	});

	test('a health check that answers 500', async () => {
		await host('echo 500 >/etc/real-host/health-status');
		const ill = troubles(await look());
		await host('rm /etc/real-host/health-status');

		expect(ill).toMatchObject({'backend.health': 'fail: 500, not 200', 'http.health-again': 'fail: 500, not 200'});
		await isWell();
	});

	test('an API that is slow fails only what has a limit', async () => {
		await host(`sed -i 's/^<?php/<?php sleep(3);/' ${backend}/public/index.php && systemctl reload php8.1-fpm`);
		const slow = troubles(await look());
		await host(`sed -i 's/^<?php sleep(3);/<?php/' ${backend}/public/index.php && systemctl reload php8.1-fpm`);

		expect(slow).toEqual({
			...quiet,
			'http.health-again': expect.stringMatching(/^fail: 3\d{3} ms, limit 2000 ms$/) as string,
		});
		await isWell();
	});

	test('a process that PM2 starts again and again', async () => {
		// Whoever looks on has seen how often it was restarted before: a deploy and people restart it, too.
		const prober = proberOf(environment);
		await prober.round(since ? {since} : {});
		await host(`mv ${frontend}/.next ${frontend}/.next-away`);
		await host('sudo -u ubuntu -H pm2 restart qsights-frontend-preprod');
		const [before] = await observePm2(lab.preprod);
		await until('PM2 has started it twice more', async () => {
			const [now] = await observePm2(lab.preprod);
			return now !== undefined && before !== undefined && now.restarts >= before.restarts + 2;
		});
		const looping = troubles(await prober.round(since ? {since} : {}));
		await host(`mv ${frontend}/.next-away ${frontend}/.next`);
		await host(
			'sudo -u ubuntu -H pm2 restart qsights-frontend-preprod && sudo -u ubuntu -H pm2 reset qsights-frontend-preprod',
		);

		expect(looping['preprod-1.process.qsights-frontend-preprod']).toMatch(/^fail: .*restarted \d+ times/);
		await isWell();
	});

	test('a disk that is fuller than it may be', async () => {
		const terms = probeTerms(environment);
		const narrow = {...environment, probes: {...terms, limits: {...terms.limits, diskPercent: 0}}};

		expect(troubles(await look(narrow))).toEqual({
			...quiet,
			'preprod-1.disk': expect.stringMatching(/^fail: \d+ %, [\d.]+ [GM]B free$/) as string,
		});
	});

	test('a worker from before the swap that still answers', async () => {
		await until('the workers are older than clocks may differ', async () =>
			(await host("ps -eo etimes=,args= | grep '[p]hp-fpm: pool'"))
				.split('\n')
				.every(line => Number.parseInt(line, 10) > 4),
		);
		await host(`cd /var/www/qsights && ln -s "$(readlink backend)" .next-link && mv -T .next-link backend`);
		const old = troubles(await look());
		await host('systemctl reload php8.1-fpm');

		expect(old).toEqual({
			...quiet,
			'backend.worker': expect.stringMatching(
				/^fail: an old worker still answers: pid \d+, since \d\d:\d\d .+, swap \d\d:\d\d /,
			) as string,
		});
		await isWell();
	});

	test('another release than the recorded one, and a process of nobody on the port', async () => {
		const other = {...since, backend: {run: 'x', release: '20260101T000000Z-1234567', at: 0}};
		expect(troubles(await proberOf(environment).round({since: other}))['backend.served']).toMatch(
			/^fail: live is [\da-f]{7}, recorded is 1234567$/,
		);

		await host('sudo -u ubuntu -H pm2 stop qsights-frontend-preprod');
		await host(
			`. /etc/real-host/params; setsid node -e 'require("http").createServer((q, s) => s.end("old")).listen(process.argv[1], process.argv[2])' "$NEXT_PORT" "$IP" </dev/null >/dev/null 2>&1 & echo $! >/run/real-host/stranger; for i in $(seq 200); do curl -s -o /dev/null "http://$IP:$NEXT_PORT/" && exit; done; exit 1`,
		);
		const taken = troubles(await look());
		await host('kill "$(cat /run/real-host/stranger)"; sudo -u ubuntu -H pm2 start qsights-frontend-preprod');

		expect(taken['frontend.worker']).toMatch(/^fail: port \d+ is held by pid \d+ \(\w+\), which is none of PM2's$/);
		expect(taken['preprod-1.process.qsights-frontend-preprod']).toMatch(/^fail: stopped/);
		await isWell();
	});

	test('a PHP that hangs silences nothing else, and is ended', async () => {
		await host(
			'mv /usr/bin/php /usr/bin/php.away && printf "#!/bin/sh\\nexec sleep 4321\\n" >/usr/bin/php && chmod 755 /usr/bin/php',
		);
		const hanging = troubles(await look());
		const left = await host('pgrep -fx "sleep 4321" || true');
		await host('mv /usr/bin/php.away /usr/bin/php');

		expect(hanging).toEqual({
			...quiet,
			'backend.migrations': 'unclear: artisan migrate:status did not answer in time',
			'backend.queue': 'unclear: artisan queue:monitor did not answer in time',
		});
		expect(left).toBe('');
		await isWell();
	});
});
