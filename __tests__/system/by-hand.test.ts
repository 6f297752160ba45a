import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {quote} from '../../src/commands/shell.ts';
import type {GuideSection} from '../../src/domain/guides/guide.ts';
import {isDeep} from '../support/depth.ts';
import {run} from '../support/real-host/run.ts';
import {observeBackend, observeFrontend} from './observe.ts';
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
	const follow = async (number: string, app: string, choice: string): Promise<string> => {
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
		const {code, stdout, stderr} = await run(['sh', '-c', `${ssh} ${quote(`bash -ec ${quote(script)}`)}`]);
		expect({code}, `${script}\n${stdout}\n${stderr}`).toEqual({code: 0});
		return stdout;
	};

	beforeAll(async () => {
		lab = await startLab(isDeep ? {frontend: 'fork'} : {});
		const {events} = await lab.done('docs', '--guide', 'workflow-guide', '--json');
		sections = events[0]?.['sections'] as readonly GuideSection[];
	});
	afterAll(() => lab.stop());

	test('a host as the old scripts left it, from a backup', async () => {
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

	test.runIf(isDeep)('the same for a frontend, and the cockpit goes on from there', async () => {
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
