import {expect, test} from 'vitest';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {checklists} from '../../app/checklist/after-checklists.ts';
import {fakeHosts, type FakeHosts} from '../../app/fake-hosts.ts';
import {objectsIn, printedTerminal} from '../../support/printed-terminal.ts';

const run = async (hosts: FakeHosts, ...argv: readonly string[]) => {
	const {printed, terminal} = printedTerminal();
	const {services, environments} = hosts;
	const context = {
		version: '1.2.3',
		terminal,
		open: async () => ({environments, checklists, services, close: async () => undefined}),
	} as unknown as CliContext;
	return {code: await runCli(context, ['checklist', ...argv]), ...printed};
};

test('checklist sign: the probe of an item is run, and what it saw is signed by the person', async () => {
	const hosts = fakeHosts();
	const {code, out} = await run(hosts, 'sign', 'two', '--result', 'passed', '--json');

	expect(code).toBe(0);
	expect(hosts.gets).toEqual(['http://127.0.0.1/preprod/api/health']);
	expect(objectsIn(out)).toMatchObject([
		{
			item: 'two',
			phase: 'before-production',
			state: 'passed',
			by: 'person',
			who: 'Ravi',
			value: '200 in 5 ms',
			probe: {outcome: 'passed', text: '200 in 5 ms', at: new Date(hosts.preprod.time).toISOString()},
		},
	]);
});

test('checklist sign: what fails its probe is refused as passed, and signed as failed with what the probe saw', async () => {
	const hosts = fakeHosts();
	hosts.web.probe = 500;
	const before = hosts.preprod.ledger;
	const refused = await run(hosts, 'sign', 'two', '--result', 'passed', '--retest', '--note', 'it works for me');
	expect(refused.code).toBe(1);
	expect(refused.err).toContain('Item two: its probe fails: 500, not 200');
	expect(hosts.preprod.ledger).toBe(before);

	expect(await run(hosts, 'sign', 'two', '--result', 'failed')).toMatchObject({code: 0});
	expect(hosts.entriesOf('preprod').at(-1)?.data).toMatchObject({
		result: 'failed',
		value: '500, not 200',
		note: 'the probe saw 500, not 200',
		probe: {outcome: 'failed', attempts: {failed: 1}},
	});
});

test('checklist sign: how often a probe was asked is carried on from what stands', async () => {
	const hosts = fakeHosts();
	hosts.web.probe = 500;
	await run(hosts, 'sign', 'two', '--result', 'unclear', '--note', 'looks wrong to me');
	hosts.web.probe = 200;
	expect(await run(hosts, 'sign', 'two', '--result', 'passed')).toMatchObject({code: 1});
	expect(await run(hosts, 'sign', 'two', '--result', 'passed', '--retest')).toMatchObject({code: 0});

	expect(hosts.entriesOf('preprod').at(-1)?.data).toMatchObject({
		probe: {attempts: {passed: 1, failed: 1, unclear: 0}},
	});
	expect((await run(hosts, 'show')).out).toContain('200 in 5 ms  probe asked 2 times: 1 failed, 1 passed');
	expect((await run(hosts, 'export')).out).toContain('| 200 in 5 ms; probe asked 2 times: 1 failed, 1 passed |');
});

test('checklist sign: an item without a probe asks nothing', async () => {
	const hosts = fakeHosts();
	expect(await run(hosts, 'sign', 'one', '--result', 'passed')).toMatchObject({
		code: 0,
		out: '✓ Item one: passed on Pre-Prod\n',
	});
	expect(hosts.gets).toEqual([]);
});

test('checklist: what is looked at behind production is shown and signed on production', async () => {
	const hosts = fakeHosts();
	const phase = ['--phase', 'after-production', '--env', 'production'];
	const open = await run(hosts, 'show', ...phase);
	expect(open.code).toBe(0);
	expect(open.out).toMatch(/^both apps on Production {2}0 of 3, 3 open/);
	expect(open.out).toContain('○ after-health');
	expect(open.out).toContain('      Look.\n');

	expect(await run(hosts, 'sign', 'after-health', ...phase, '--result', 'passed')).toMatchObject({
		code: 0,
		out: '✓ Item after-health: passed on Production\n',
	});
	expect(hosts.gets).toEqual(['http://127.0.0.1/production/api/health']);
	// Production is the place of these items, with or without its name.
	const {out} = await run(hosts, 'show', '--phase', 'after-production', '--app', 'backend', '--json');
	expect(objectsIn(out)).toMatchObject([
		{item: 'after-health', environment: 'production', phase: 'after-production', state: 'passed', how: 'Look.'},
		{item: 'after-sign-in', state: 'open'},
	]);
	expect(await run(hosts, 'sign', 'after-health', '--undo')).toMatchObject({
		code: 0,
		out: '○ Item after-health: open on Production\n',
	});
});

test('checklist: an item of another phase than was said, or on another environment, is refused', async () => {
	const hosts = fakeHosts();
	const other = await run(hosts, 'sign', 'one', '--phase', 'after-production', '--result', 'passed');
	expect(other).toMatchObject({code: 2});
	expect(other.err).toContain('one is an item of before-production, not of after-production');
	const elsewhere = await run(hosts, 'sign', 'after-health', '--env', 'preprod', '--result', 'passed');
	expect(elsewhere).toMatchObject({code: 2});
	expect(elsewhere.err).toContain('is looked at on production, not on Pre-Prod');
});

test('checklist show: the triggers are told even where production is silent', async () => {
	const hosts = fakeHosts();
	hosts.production.isSilent = true;
	const {code, out, err} = await run(hosts, 'show', '--phase', 'rollback-triggers');

	expect(code).toBe(5);
	expect(out).toBe('Roll back when\n  Item trigger-down\n    Look.\n');
	expect(err).toContain('production-1 does not answer');
});
