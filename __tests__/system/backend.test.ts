import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runAsPlanned} from './as-planned.ts';
import {
	apiTargets,
	downtimeTable,
	expectAwayDuringSwap,
	expectToldAlike,
	lastEvents,
	measured,
	type DowntimeRow,
} from './downtime.ts';
import {runCockpit} from '../support/cockpit.ts';
import {observeBackend, observeBackups, observeLedger, observeLeftovers, sh, type Backend} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const migrations = {
	v1: ['2026_01_05_100000_create_programs_table'],
	v3: ['2026_01_05_100000_create_programs_table', '2026_02_01_090000_create_reports_table'],
};

const steps = (stdout: string): number => new Set(stdout.match(/✓ \d+\/\d+/g)).size;

describe.skipIf(systemUnavailable() !== undefined)(titled('backend: forth and back on a real host'), () => {
	let lab: Lab;
	const rows: DowntimeRow[] = [];
	const truth = (): Promise<Backend> => observeBackend(lab.preprod);
	/** Runs, polls the API meanwhile, and holds the run to its plan. */
	const run = async (what: string, ...args: string[]) => {
		const {result, row, reports} = await measured(what, apiTargets(lab.preprod), () =>
			runAsPlanned(lab, lab.preprod, ...args),
		);
		rows.push(row);
		const events = lastEvents(lab, 'preprod');
		for (const report of Object.values(reports)) expectAwayDuringSwap(events, report, what);
		expectToldAlike(events, reports['api'], what);
		expect(await observeLeftovers(lab.preprod)).toEqual([]);
		expect((await observeLedger(lab.preprod)).isChain).toBe(true);
		return result;
	};
	const deploy = (what: string, ...more: string[]) =>
		run(what, 'deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', ...more);
	const rollBack = (what: string, to: string) =>
		run(what, 'rollback', 'backend', '--env', 'preprod', '--to', to, '--confirm', 'ROLLBACK');

	beforeAll(async () => {
		lab = await startLab();
	});
	afterAll(async () => {
		console.log(`downtime seen by a 20 ms poller:\n${downtimeTable(rows)}`);
		await lab.stop();
	});

	let adopted: Backend;
	let deployed: Backend;

	test('adopt: the same tree, now a release', async () => {
		const before = await truth();
		await lab.done('adopt', '--env', 'preprod');
		adopted = await truth();

		expect(adopted).toMatchObject({
			live: 'release',
			version: 'v1',
			tree: before.tree,
			kept: before.kept,
			health: 200,
		});
		expect(adopted.release).toMatch(/-adopted$/);
	});

	test('v1 to v3: the new code, its migration, .env and uploads as they were', async () => {
		await lab.repository.commit('v2');
		await lab.repository.commit('v3');
		const {stdout} = await deploy('backend deploy, with a migration', '--migrate', 'run');
		deployed = await truth();

		expect(steps(stdout)).toBe(8);
		expect(deployed).toMatchObject({
			live: 'release',
			version: 'v3',
			kept: adopted.kept,
			units: {'php8.1-fpm': 'active', nginx: 'active'},
			migrations: migrations.v3,
			health: 200,
		});
		expect(deployed.tree).not.toBe(adopted.tree);
	});

	test('back to the snapshot: the tree of before, the migration stays', async () => {
		const {stdout} = await rollBack('backend rollback to the snapshot', 'previous');
		const back = await truth();

		expect(steps(stdout)).toBe(8);
		expect(back).toMatchObject({release: adopted.release, version: 'v1', tree: adopted.tree, kept: adopted.kept});
		expect(back).toMatchObject({migrations: migrations.v3, units: deployed.units, health: 200});
		expect(back.failed).toEqual([expect.stringMatching(/^backend_failed_\d{8}_\d{6}$/)]);
	});

	test('forth again: the same tree as the first time', async () => {
		await deploy('backend deploy, second time');

		expect(await truth()).toMatchObject({version: 'v3', tree: deployed.tree, kept: adopted.kept, health: 200});
	});

	test('back from an archive the old scripts made: its tree, .env and uploads of now', async () => {
		const {stdout} = await rollBack('backend rollback from an old archive', 'backend_20260208_114500');
		const back = await truth();

		expect(steps(stdout)).toBe(8);
		expect(back).toMatchObject({version: 'v1', kept: adopted.kept, units: deployed.units, health: 200});
		expect(back.tree).toBe(adopted.tree);
	});

	test('back from an archive the cockpit made: the tree that was live when it was made', async () => {
		const backups = await observeBackups(lab.preprod, 'backend');
		const newest = backups.filter(({about}) => about?.['release'] === deployed.release).at(-1);
		expect(newest).toMatchObject({mode: '600 ubuntu', about: {sha256: newest?.sha256}});
		await rollBack('backend rollback from an archive', newest?.name ?? '');

		expect(await truth()).toMatchObject({version: 'v3', tree: deployed.tree, kept: adopted.kept, health: 200});
	});

	test('a value of .env: Laravel answers with it, the release is as it was made, and no command line had it', async () => {
		const value = `Hushed #2 "of" $5 \\ it's`;
		const file = '/var/www/qsights/.backend/shared/.env';
		const about = (): Promise<string> => sh(lab.preprod, 'stat -c "%U %G %a" -- "$1"', file);
		const before = await about();
		await lab.preprod.clearRecord();

		const {code, stdout, stderr} = await runCockpit(
			['env', 'set', 'APP_NAME', '--env', 'preprod', '--confirm', 'yes'],
			{config: lab.repository.directory, home: lab.home, input: value},
		);

		expect(code, stderr + stdout).toBe(0);
		const answer = await fetch(`${lab.preprod.url}/api/health`);
		expect(await answer.json()).toMatchObject({app: value});
		expect(await about()).toBe(before);
		expect(JSON.stringify([await lab.preprod.readRecord(), stdout, stderr])).not.toContain('Hushed');
		const status = await lab.cockpit('status', '--env', 'preprod', '--json');
		expect(JSON.stringify(status.events)).toContain('"drift":[]');
		expect(await observeLeftovers(lab.preprod)).toEqual([]);
		expect(await truth()).toMatchObject({version: 'v3', tree: deployed.tree, health: 200, units: deployed.units});
	});
});
