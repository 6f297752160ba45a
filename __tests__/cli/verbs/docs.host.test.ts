import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {GuideSources} from '../../../src/app/guides/guide-facts.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {guideIds} from '../../../src/domain/guides/guide.ts';
import {shipped} from '../../app/guides/guide-sets.ts';
import {runCockpit} from '../../support/cockpit.ts';
import {objectsIn, printedTerminal} from '../../support/printed-terminal.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'cockpit-docs-'));
});
afterEach(() => rm(directory, {recursive: true, force: true}));

const at = {commit: 'a'.repeat(40), now: Date.UTC(2026, 1, 10)};

const run = async (set: GuideSources, argv: readonly string[], {commit, now} = at) => {
	const {printed, terminal} = printedTerminal();
	const context = {
		version: '1.2.3',
		terminal,
		open: async () => ({
			...set,
			services: {policy: {read: async () => ({...set, commit})}, clock: {now: () => now}},
			close: async () => undefined,
		}),
	} as unknown as CliContext;
	return {code: await runCli(context, ['docs', ...argv]), ...printed};
};

const checklist = () => join(directory, 'DEPLOYMENT_CHECKLIST.md');
const written = (name = 'DEPLOYMENT_CHECKLIST.md') => readFile(join(directory, name), 'utf8');

test('docs: lists the guides, prints one, and one section of it', async () => {
	const set = await shipped();
	const listed = await run(set, []);
	expect(
		listed.out
			.split('\n')
			.filter(Boolean)
			.map(line => line.split(' ')[0]),
	).toEqual(guideIds);
	expect(listed.out).toContain('made from aaaaaaa on 10 Feb 2026');
	expect((await run(set, ['--guide', 'quick-reference'])).out).toMatch(/^# Quick reference\n/);
	const part = await run(set, ['--guide', 'workflow-guide', '--section', '5.1']);
	expect(part.out).toMatch(/^### 5\.1 Deployment failures\n/);
	expect(part.out).not.toContain('5.2');
	expect(await run(set, ['--guide', 'checklist', '--section', 'nowhere'])).toMatchObject({
		code: 2,
		err: expect.stringContaining('deployment-blocked-scenarios'),
	});
	expect(await run(set, ['--section', '5.1'])).toMatchObject({code: 2});
	expect(objectsIn((await run(set, ['--guide', 'checklist', '--json'])).out)).toMatchObject([
		{schema: 1, type: 'guide', guide: 'checklist', file: 'DEPLOYMENT_CHECKLIST.md', version: '2.0'},
	]);
});

test('docs --write: writes all, then nothing as long as nothing changes, whatever the commit and the day', async () => {
	const set = await shipped();
	const target = join(directory, 'deep', 'er');
	expect(await run(set, ['--write', target])).toMatchObject({code: 0, err: ''});
	expect(await readdir(target)).toHaveLength(3);
	const before = await readFile(join(target, 'DEPLOYMENT_CHECKLIST.md'), 'utf8');
	const again = await run(set, ['--write', target], {commit: 'b'.repeat(40), now: at.now + 9e9});

	expect(again.out.match(/unchanged/g)).toHaveLength(3);
	expect(await readFile(join(target, 'DEPLOYMENT_CHECKLIST.md'), 'utf8')).toBe(before);
	expect(await readdir(target)).toHaveLength(3);
	expect(await run(set, ['--check', target], {commit: 'b'.repeat(40), now: at.now})).toMatchObject({code: 0});
});

test('docs --write: what somebody else wrote, or changed, is kept under a name of its own each time', async () => {
	const set = await shipped();
	await writeFile(checklist(), 'The list of the scripts\n');
	const first = await run(set, ['--write', directory, '--json']);
	expect(objectsIn(first.out).find(({guide}) => guide === 'checklist')).toMatchObject({
		type: 'guide.written',
		was: 'foreign',
		kept: join(directory, 'DEPLOYMENT_CHECKLIST_OLD.md'),
	});
	expect(await written('DEPLOYMENT_CHECKLIST_OLD.md')).toBe('The list of the scripts\n');

	await writeFile(checklist(), (await written()).replace('## Workflow', '## Our workflow'));
	expect(await run(set, ['--check', directory])).toMatchObject({
		code: 7,
		out: expect.stringContaining('✗ DEPLOYMENT_CHECKLIST.md was written or changed by somebody else'),
	});
	expect((await run(set, ['--write', directory])).code).toBe(0);
	expect(await written('DEPLOYMENT_CHECKLIST_OLD_2.md')).toContain('## Our workflow');
	expect(await written('DEPLOYMENT_CHECKLIST_OLD.md')).toBe('The list of the scripts\n');
	expect(await written()).toContain('## Workflow');
});

test('docs --check: exit 7 for one that is out of date or not there; ends of lines are no change', async () => {
	const set = await shipped();
	await run(set, ['--write', directory]);
	await writeFile(checklist(), (await written()).replaceAll('\n', '\r\n'));
	expect((await run(set, ['--check', directory])).code).toBe(0);

	const other = {...set, environments: set.environments.map(one => ({...one, timeZone: 'Europe/Berlin'}))};
	const outdated = await run(other, ['--check', directory, '--json']);
	expect(outdated.code).toBe(7);
	expect(objectsIn(outdated.out).map(({was}) => was)).toContain('outdated');
	expect((await run(other, ['--write', directory])).out).not.toContain('_OLD');

	await rm(checklist());
	expect(await run(other, ['--check', directory])).toMatchObject({
		code: 7,
		out: expect.stringContaining('DEPLOYMENT_CHECKLIST.md is not there'),
		err: expect.stringContaining(`cockpit docs --write ${directory}`),
	});
});

test('docs --write: what can not be written says so, and what was there stays', async () => {
	await mkdir(checklist());
	const {code, err} = await run(await shipped(), ['--write', directory]);

	expect(code).toBe(2);
	expect(err).toContain('DEPLOYMENT_CHECKLIST.md could not be used');
	expect(await readdir(directory)).toEqual(['DEPLOYMENT_CHECKLIST.md']);
});

test('docs: the same for everybody, whatever their home and their own way to the hosts', async () => {
	const config = join(directory, 'project');
	await mkdir(join(config, 'checklists'), {recursive: true});
	await mkdir(join(directory, '.config/cockpit'), {recursive: true});
	await mkdir(join(config, 'environments'));
	for (const name of ['local', 'preprod', 'production'])
		for (const file of [`${name}.yaml`, `.env.${name}`])
			await writeFile(join(config, 'environments', file), await readFile(join('environments', file)));
	await writeFile(
		join(config, 'environments/holidays-india.yaml'),
		await readFile('environments/holidays-india.yaml'),
	);
	await writeFile(
		join(directory, '.config/cockpit/qsights.yaml'),
		'hosts:\n    preprod-1: {user: ravi, identityFile: ~/own.pem}\n',
	);
	const {code, stdout, stderr} = await runCockpit(['docs', '--guide', 'quick-reference'], {config, home: directory});

	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(stdout).toContain('\nssh -i ~/.ssh/qsights.pem ubuntu@3.110.94.207\n');
	expect(stdout).not.toContain(directory);
	expect(stdout).not.toContain('ravi');
});
