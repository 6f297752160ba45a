import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {atDepth, isDeep} from '../support/depth.ts';
import {runAsPlanned} from './as-planned.ts';
import {
	downtimeTable,
	expectAwayDuringSwap,
	expectToldAlike,
	lastEvents,
	measured,
	siteTargets,
	type DowntimeRow,
} from './downtime.ts';
import {
	fillNpmCache,
	observeBackups,
	observeFrontend,
	observeLedger,
	observeLeftovers,
	type Frontend,
} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const rows: DowntimeRow[] = [];
/** What users open; an old tab's chunk may be gone for good. */
const pages = new Set(['site', 'app router', 'page not loaded yet']);
const steps = (stdout: string): number => new Set(stdout.match(/✓ \d+\/\d+/g)).size;

afterAll(() => {
	if (rows.length > 0) console.log(`downtime seen by a 20 ms poller:\n${downtimeTable(rows)}`);
});

const modes = atDepth([
	{mode: 'fork', processes: ['fork'], deep: true},
	{mode: 'fork-npm', processes: ['fork'], deep: true},
	{mode: 'cluster', processes: ['cluster', 'cluster'], deep: false},
] as const);

describe.skipIf(systemUnavailable() !== undefined).each(modes)(
	titled('frontend under PM2 in $mode mode: forth and back on a real host'),
	({mode, processes}) => {
		let lab: Lab;
		const truth = (): Promise<Frontend> => observeFrontend(lab.preprod);
		/** Runs, polls the site meanwhile, and holds the run to its plan. */
		const run = async (what: string, ...args: string[]) => {
			const targets = await siteTargets(lab.preprod);
			const {result, row, reports} = await measured(`${what}, ${mode}`, targets, () =>
				runAsPlanned(lab, lab.preprod, ...args),
			);
			rows.push(row);
			for (const report of Object.values(reports))
				if (pages.has(report.name)) expectAwayDuringSwap(lastEvents(lab, 'preprod'), report, what);
			if (mode !== 'cluster') expectToldAlike(lastEvents(lab, 'preprod'), reports['site'], what);
			if (mode === 'cluster')
				for (const {
					name,
					failures: {timeout = 0, ...failures},
				} of Object.values(reports)) {
					expect(failures, `${what}: ${name}`).toEqual({});
					// A connection that Node's cluster hands to a process in the moment it ends is answered by nobody: one
					// for each that ends, at most.
					expect(timeout, `${what}: ${name}`).toBeLessThanOrEqual(processes.length);
				}
			expect(await observeLeftovers(lab.preprod)).toEqual([]);
			expect((await observeLedger(lab.preprod)).isChain).toBe(true);
			return result;
		};
		const deploy = (what: string, ...more: string[]) =>
			run(what, 'deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes', ...more);
		const rollBack = (what: string, to: string) =>
			run(what, 'rollback', 'frontend', '--env', 'preprod', '--to', to, '--confirm', 'ROLLBACK');
		/** What holds after every run: one build served, by the processes PM2 has and brings back. */
		const running = (frontend: Frontend) => ({
			live: 'release',
			served: frontend.buildId,
			isLive: true,
			saved: processes.map(() => 'qsights-frontend-preprod'),
			pm2: processes.map(mode => ({
				name: 'qsights-frontend-preprod',
				status: 'online',
				mode,
				cwd: '/var/www/qsights/frontend',
			})),
		});

		beforeAll(async () => {
			lab = await startLab({frontend: mode});
		});
		afterAll(() => lab.stop());

		let adopted: Frontend;
		let deployed: Frontend;

		test('adopt: the same tree, now a release', async () => {
			const before = await truth();
			await lab.done('adopt', '--env', 'preprod');
			adopted = await truth();
			await fillNpmCache(lab.preprod);

			expect(adopted).toMatchObject({
				...running(adopted),
				pages: 'v1',
				tree: before.tree,
				buildId: before.buildId,
			});
		});

		test('v1 to v2: the new build, with the API of its environment, is what both routers serve', async () => {
			await lab.repository.commitFrontend('v2');
			const {stdout} = await deploy('frontend deploy');
			deployed = await truth();

			expect(steps(stdout)).toBe(9);
			expect(deployed).toMatchObject({
				...running(deployed),
				pages: 'v2',
				surveys: 'v2',
				api: `${lab.preprod.url}/api`,
			});
			expect(deployed.buildId).not.toBe(adopted.buildId);
		});

		test('back to the snapshot: the build of before', async () => {
			const {stdout} = await rollBack('frontend rollback to the snapshot', 'previous');
			const back = await truth();

			expect(steps(stdout)).toBe(7);
			expect(back).toMatchObject({...running(back), release: adopted.release, buildId: adopted.buildId});
			expect(back).toMatchObject({pages: 'v1', surveys: 'v1'});
			expect(back.failed).toEqual([expect.stringMatching(/^\.next_failed_\d{8}_\d{6}$/)]);
		});

		if (isDeep)
			test('forth again: the same build', async () => {
				await deploy('frontend deploy, second time');
				const again = await truth();

				expect(again).toMatchObject({...running(again), pages: 'v2', surveys: 'v2', buildId: deployed.buildId});
			});

		if (isDeep)
			test('back from an archive the old scripts made', async () => {
				const {stdout} = await rollBack('frontend rollback from an old archive', 'frontend_20260208_120000');
				const back = await truth();

				expect(steps(stdout)).toBe(7);
				expect(back).toMatchObject({...running(back), pages: 'v1', surveys: 'v1', buildId: adopted.buildId});
			});

		test('back from an archive the cockpit made', async () => {
			const backups = await observeBackups(lab.preprod, 'frontend');
			const newest = backups.filter(({about}) => about?.['release'] === deployed.release).at(-1);
			expect(newest).toMatchObject({mode: '600 ubuntu', about: {sha256: newest?.sha256}});
			await rollBack('frontend rollback from an archive', newest?.name ?? '');
			const back = await truth();

			expect(back).toMatchObject({...running(back), pages: 'v2', surveys: 'v2', buildId: deployed.buildId});
		});
	},
);
