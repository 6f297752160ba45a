import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {quote} from '../../src/commands/shell.ts';
import type {GuideSection} from '../../src/domain/guides/guide.ts';
import {isDeep} from '../support/depth.ts';
import {run} from '../support/real-host/run.ts';
import {observeBackend, observeFrontend, sh} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const backups = '/home/ubuntu/backups/preprod';

/**
 * Somebody goes back with the printed guide and a terminal alone: its own lines, over its own ssh line, as the login. A
 * line that takes what is newest is replaced by the choice, as the guide says.
 */
describe.skipIf(systemUnavailable() !== undefined)(titled('workflow guide: back by hand on a real host'), () => {
	let lab: Lab;
	let sections: readonly GuideSection[];
	/** Runs the lines, each as a person does: `stopsAtFirst`, or pasted on and on whatever they say. */
	const paste = async (
		{number, app, choice}: {readonly number: string; readonly app: string; readonly choice: string},
		options: 'stops-at-first' | 'goes-on',
	): Promise<{
		readonly code: number | null;
		readonly stdout: string;
		readonly stderr: string;
		readonly script: string;
	}> => {
		const section = sections.find(
			({heading}) => heading.startsWith(`${number}.`) && heading.endsWith(`${app} on Pre-Prod`),
		);
		const blocks = (section?.blocks ?? []).filter(block => block.kind === 'commands');
		const ssh = blocks.find(({on}) => on === 'here')?.lines[0] ?? '';
		const [name = ''] = choice.split('=');
		const lines = blocks
			.filter(({on}) => on === 'preprod-1')
			.flatMap(block => block.lines)
			.map(line => (line.startsWith(`${name}=$(`) ? choice : line));
		expect(lines).toContain(choice);
		const script = lines.join('\n');
		const shell = options === 'goes-on' ? 'bash -c' : 'bash -ec';
		return {...(await run(['sh', '-c', `${ssh} ${quote(`${shell} ${quote(script)}`)}`])), script};
	};
	const follow = async (number: string, app: string, choice: string): Promise<string> => {
		const {code, stdout, stderr, script} = await paste({number, app, choice}, 'stops-at-first');
		expect({code}, `${script}\n${stdout}\n${stderr}`).toEqual({code: 0});
		return stdout;
	};
	/** A backup that ends in the middle, and one that is whole and holds no app. */
	const makeBadBackups = async (): Promise<readonly string[]> => {
		const [short, other] = [
			`${backups}/backend_20260101_000001.tar.gz`,
			`${backups}/backend_20260101_000002.tar.gz`,
		];
		await sh(
			lab.preprod,
			'head -c 2000 "$1/backend_20260208_114500.tar.gz" >"$2" && tar -czf "$3" -C /etc hostname',
			backups,
			short,
			other,
		);
		return [short, other];
	};
	const refuses = async (number: string): Promise<void> => {
		const bad = await makeBadBackups();
		const before = await observeBackend(lab.preprod);
		for (const backup of bad)
			for (const how of ['stops-at-first', 'goes-on'] as const) {
				const {stderr} = await paste({number, app: 'backend', choice: `BACKUP=${backup}`}, how);
				expect(stderr, `${number} ${backup}`).toMatch(/^STOP: .*live is untouched$/m);
			}
		const {live, version, tree, kept, units, health, failed, release} = await observeBackend(lab.preprod);
		expect({live, version, tree, kept, units, health, failed, release}).toEqual({
			live: before.live,
			version: before.version,
			tree: before.tree,
			kept: before.kept,
			units: before.units,
			health: before.health,
			failed: before.failed,
			release: before.release,
		});
		await sh(lab.preprod, 'rm -- "$@"', ...bad);
	};

	beforeAll(async () => {
		lab = await startLab(isDeep ? {frontend: 'fork'} : {});
		const {events} = await lab.done('docs', '--guide', 'workflow-guide', '--json');
		sections = events[0]?.['sections'] as readonly GuideSection[];
	});
	afterAll(() => lab.stop());

	test('a host as the old scripts left it, from a backup', async () => {
		await refuses('4.6');
		const before = await observeBackend(lab.preprod);
		await follow('4.6', 'backend', `BACKUP=${backups}/backend_20260201_101500.tar.gz`);
		expect(await observeBackend(lab.preprod)).toMatchObject({
			live: 'directory',
			version: 'v0',
			kept: before.kept,
			units: {'php8.1-fpm': 'active', nginx: 'active'},
			health: 200,
			failed: [expect.stringMatching(/^backend_failed_\d{8}_\d{6}$/)],
		});
		const [failed = ''] = (await observeBackend(lab.preprod)).failed;
		await follow('4.9', 'backend', `FAILED=/var/www/qsights/${failed}`);
		expect(await observeBackend(lab.preprod)).toMatchObject({
			live: 'directory',
			version: before.version,
			kept: before.kept,
			health: 200,
			failed: [],
		});
		if (!isDeep) return;
		const newer = await observeFrontend(lab.preprod);
		await follow('4.6', 'frontend', `BACKUP=${backups}/frontend_20260201_103000.tar.gz`);
		const older = await observeFrontend(lab.preprod);
		expect(older.buildId).not.toBe(newer.buildId);
		expect(older).toMatchObject({live: 'directory', served: older.buildId, pm2: [{status: 'online'}]});
	});

	test('a host that was taken over, from a backup and to the release before', async () => {
		await lab.done('adopt', '--env', 'preprod');
		const adopted = await observeBackend(lab.preprod);
		await refuses('4.5');
		await follow('4.5', 'backend', `BACKUP=${backups}/backend_20260208_114500.tar.gz`);
		const {version, kept, health, release} = await observeBackend(lab.preprod);
		expect({version, kept, health}).toEqual({version: 'v1', kept: adopted.kept, health: 200});
		expect(release).toMatch(/^by-hand-/);
		await follow('4.4', 'backend', `RELEASE=${adopted.release}`);
		expect(await observeBackend(lab.preprod)).toMatchObject({
			release: adopted.release,
			tree: adopted.tree,
			health: 200,
		});
	});

	if (!isDeep) return;
	test('the same for a frontend, and the cockpit goes on from there', async () => {
		const adopted = await observeFrontend(lab.preprod);
		await follow('4.5', 'frontend', `BACKUP=${backups}/frontend_20260208_120000.tar.gz`);
		const frontend = await observeFrontend(lab.preprod);
		expect(frontend.buildId).not.toBe(adopted.buildId);
		expect(frontend).toMatchObject({live: 'release', served: frontend.buildId, pm2: [{status: 'online'}]});
		await follow('4.4', 'frontend', `RELEASE=${adopted.release}`);
		expect(await observeFrontend(lab.preprod)).toMatchObject({served: adopted.buildId});

		await follow('4.5', 'backend', `BACKUP=${backups}/backend_20260208_114500.tar.gz`);
		await lab.repository.commit('v2');
		await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
		expect(await observeBackend(lab.preprod)).toMatchObject({version: 'v2', health: 200});
	});
});
