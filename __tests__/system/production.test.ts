import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runAsPlanned} from './as-planned.ts';
import {
	apiTargets,
	downtimeTable,
	expectAwayDuringSwap,
	lastEvents,
	measured,
	siteTargets,
	type DowntimeRow,
} from './downtime.ts';
import {
	fillNpmCache,
	observeBackend,
	observeFrontend,
	observeLedger,
	observeLeftovers,
	type Backend,
	type Frontend,
} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const steps = (stdout: string): number => new Set(stdout.match(/✓ \d+\/\d+/g)).size;

describe.skipIf(systemUnavailable() !== undefined)(
	titled('a day on two real hosts: both apps to production and back'),
	() => {
		let lab: Lab;
		const rows: DowntimeRow[] = [];
		const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION'];
		const run = async (what: string, ...args: string[]) => {
			const targets = [...apiTargets(lab.production), ...(await siteTargets(lab.production))];
			const {result, row, reports} = await measured(what, targets, () =>
				runAsPlanned(lab, lab.production, ...args),
			);
			rows.push(row);
			for (const report of Object.values(reports))
				if (report.name === 'api' || report.name === 'site')
					expectAwayDuringSwap(lastEvents(lab, 'production'), report, what);
			expect(await observeLeftovers(lab.production)).toEqual([]);
			expect((await observeLedger(lab.production)).isChain).toBe(true);
			return result;
		};
		let backend: Backend;
		let frontend: Frontend;

		beforeAll(async () => {
			lab = await startLab({frontend: 'fork', production: true});
			await lab.done('adopt', '--env', 'preprod');
			await lab.done('adopt', '--env', 'production', '--confirm', 'adopt');
			for (const host of [lab.preprod, lab.production]) await fillNpmCache(host);
			backend = await observeBackend(lab.production);
			frontend = await observeFrontend(lab.production);
			await lab.repository.commit('v2');
			await lab.repository.commit('v3');
			await lab.repository.commitFrontend('v2');
		});
		afterAll(async () => {
			console.log(`downtime seen by a 20 ms poller:\n${downtimeTable(rows)}`);
			await lab.stop();
		});

		test('both apps to pre-prod', async () => {
			await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--migrate', 'run');
			await lab.done('deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes');

			expect(await observeBackend(lab.preprod)).toMatchObject({version: 'v3', health: 200});
			expect(await observeFrontend(lab.preprod)).toMatchObject({pages: 'v2', api: `${lab.preprod.url}/api`});
			expect(await observeBackend(lab.production)).toEqual(backend);
			expect(await observeFrontend(lab.production)).toEqual(frontend);
		});

		test.each([
			{what: 'no word', confirm: []},
			{what: 'one word', confirm: ['--confirm', 'VERIFIED']},
			{
				what: 'the words in the wrong order',
				confirm: ['--confirm', 'DEPLOY-TO-PRODUCTION', '--confirm', 'VERIFIED'],
			},
			{what: 'a word in lower case', confirm: ['--confirm', 'verified', '--confirm', 'DEPLOY-TO-PRODUCTION']},
			{what: 'the word of pre-prod', confirm: ['--confirm', 'yes']},
		])('$what: DEPLOYMENT BLOCKED, exit 1, nobody logged in', async ({confirm}) => {
			await lab.production.clearRecord();
			for (const app of ['backend', 'frontend']) {
				const {code, stderr} = await lab.cockpit('deploy', app, '--env', 'production', ...confirm);
				expect({code, stderr}).toMatchObject({code: 1, stderr: expect.stringContaining('DEPLOYMENT BLOCKED')});
			}
			expect(await lab.production.readRecord()).toEqual([]);
		});

		test('before the item is signed: DEPLOYMENT BLOCKED with the reason, exit 1, and no command changed anything', async () => {
			await lab.production.clearRecord();
			const {code, stderr} = await lab.cockpit(
				'deploy',
				'backend',
				'--env',
				'production',
				...words,
				'--migrate',
				'run',
			);

			expect(code).toBe(1);
			expect(stderr).toContain('DEPLOYMENT BLOCKED');
			expect(stderr).toContain('checklist: 0 of 1, 1 open: Somebody looked at it');
			const asked = (await lab.production.readRecord()).map(({line}) => line ?? '');
			expect(
				asked.filter(
					line =>
						!/ (?:ask-for-the-status|ask-for-the-time\S*|ask-for-the-keys|ask-which-migrations-ran|read-the-ledger) /.test(
							line,
						),
				),
			).toEqual([]);
			expect(await observeBackend(lab.production)).toEqual(backend);
		});

		test('signed: every gate is met', async () => {
			await lab.done('checklist', 'sign', 'looked-at', '--result', 'passed');
			for (const app of ['backend', 'frontend']) await lab.done('gate', app, '--env', 'production');
		});

		test('backend to production: nine steps', async () => {
			const {stdout} = await run(
				'backend to production',
				'deploy',
				'backend',
				'--env',
				'production',
				...words,
				'--migrate',
				'run',
			);
			const after = await observeBackend(lab.production);

			expect(steps(stdout)).toBe(9);
			expect(after).toMatchObject({version: 'v3', kept: backend.kept, units: backend.units, health: 200});
			expect(after.migrations).toHaveLength(2);
		});

		test('frontend to production: ten steps, with the API of production', async () => {
			const {stdout} = await run('frontend to production', 'deploy', 'frontend', '--env', 'production', ...words);
			const after = await observeFrontend(lab.production);

			expect(steps(stdout)).toBe(10);
			expect(after).toMatchObject({
				pages: 'v2',
				surveys: 'v2',
				api: `${lab.production.url}/api`,
				served: after.buildId,
				isLive: true,
				pm2: [{name: 'qsights-frontend', status: 'online'}],
			});
		});

		test('both back, with pre-prod down', async () => {
			await lab.preprod.stop();
			const rollBack = (app: string, to: string) =>
				run(
					`${app} rollback in production`,
					'rollback',
					app,
					'--env',
					'production',
					'--to',
					to,
					'--confirm',
					'ROLLBACK',
				);
			const ofFrontend = await rollBack('frontend', 'previous');
			const ofBackend = await rollBack('backend', 'previous');

			expect([steps(ofFrontend.stdout), steps(ofBackend.stdout)]).toEqual([7, 8]);
			expect(await observeBackend(lab.production)).toMatchObject({
				version: 'v1',
				release: backend.release,
				tree: backend.tree,
				kept: backend.kept,
				health: 200,
			});
			expect(await observeFrontend(lab.production)).toMatchObject({
				pages: 'v1',
				release: frontend.release,
				buildId: frontend.buildId,
				isLive: true,
			});
		});
	},
);
