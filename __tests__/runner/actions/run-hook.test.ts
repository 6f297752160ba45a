import {expect, test} from 'vitest';
import type {Hook, HookFacts} from '../../../src/domain/environments/hooks.ts';
import type {HookEnd} from '../../../src/domain/ports.ts';
import type {HookAction} from '../../../src/domain/runs/pipeline.ts';
import {runHook} from '../../../src/runner/actions/run-hook.ts';
import type {RunContext} from '../../../src/runner/run-context.ts';

const hook: Hook = {id: 'x', run: ['hooks/x'], where: 'here', timeoutMs: 2000, fails: 'stop', variables: []};

/** Runs a hook that ends so, on a host that says this of it. */
const run = async (
	end: Partial<HookEnd>,
	{
		fails = 'stop',
		begun = 'new',
		isBehind = false,
		attempt = 2,
	}: {fails?: Hook['fails']; begun?: string; isBehind?: boolean; attempt?: number} = {},
) => {
	const heard: unknown[] = [];
	const told: unknown[] = [];
	const action: HookAction = {
		kind: 'hook',
		id: 'hook-after-deploy-x',
		hook: {...hook, fails},
		facts: () => ({moment: 'afterDeploy', run: 'run-1'}) as HookFacts,
		begin: () => ({argv: ['begin']}),
	};
	const context = {
		attempt,
		step: 'after-deploy',
		signal: new AbortController().signal,
		pipeline: {
			record: {policy: {commit: 'c0ffee'}},
			environment: {file: '/project/environments/preprod.yaml', name: 'preprod'},
			host: {name: 'web-1'},
			steps: [{id: 'after-deploy', title: 'After the deploy'}],
		},
		session: {exec: async () => ({code: 0, stdout: `${begun}\n`, stderr: ''})},
		persist: (work: () => unknown) => work(),
		emit: (event: unknown) => told.push(event),
		hooks: {
			run: async (_: Hook, options: unknown) => {
				heard.push(options);
				return {how: 'exit', code: 0, stdout: [], lastLines: [], ...end};
			},
		},
	} as unknown as RunContext;
	const left = await runHook(context, action, {results: {}, isBehind}).catch((error: unknown) => error);
	return {left, heard, told};
};

test('run hook: by the text of the commit the run goes by, with the attempt, and what is to be kept is left', async () => {
	const {left, heard} = await run({stdout: ['cockpit-keep a=b']});

	expect(left).toBe('cockpit-keep a=b');
	expect(heard).toMatchObject([{directory: '/project', commit: 'c0ffee', facts: {run: 'run-1', attempt: 2}}]);
});

test('run hook: what is too long to be kept is said, and no stump of it is left', async () => {
	const {left, told} = await run({stdout: ['cockpit-keep a=b', `cockpit-keep database-restore=${'x'.repeat(501)}`]});

	expect(left).toBe('cockpit-keep a=b');
	expect(told).toEqual([
		{
			type: 'run.noted',
			step: 'after-deploy',
			text: 'database-restore is not kept: it is longer than 500 characters',
		},
	]);
});

test.each([
	[{code: 3, lastLines: ['one', '', ' two ']}, 'hook x exited with 3:\none\ntwo'],
	[{code: undefined}, 'hook x was ended by a signal'],
	[{how: 'timeout'}, 'hook x did not end in 2 s, and was ended'],
	[{how: 'unstarted', lastLines: ['hooks/x: EACCES']}, 'hook x could not be started:\nhooks/x: EACCES'],
] as const)('run hook: a failure says how it ended, and its last words: %o', async (end, why) => {
	const {left} = await run(end);

	expect(left).toMatchObject({code: 'step-failed', what: 'After the deploy failed on web-1 (preprod)', why});
});

test('run hook: one that has ended is not run again, and what it said is told again', async () => {
	const {left, heard} = await run({}, {begun: 'ended\ncockpit-keep a=b'});

	expect([left, heard]).toEqual(['cockpit-keep a=b', []]);
});

test.each([
	{fails: 'stop', isBehind: false, runs: 1, says: 'it is run again'},
	{fails: 'rollback', isBehind: false, runs: 1, says: 'it is run again'},
	{fails: 'go-on', isBehind: false, runs: 0, says: 'it is not run again'},
	{fails: 'stop', isBehind: true, runs: 0, says: 'the run is past it, and it is not run again'},
] as const)(
	'run hook: one whose end nobody knows, $fails, behind: $isBehind: $says',
	async ({fails, isBehind, runs, says}) => {
		const {left, heard, told} = await run({}, {begun: 'begun', fails, isBehind});

		expect(heard).toHaveLength(runs);
		expect(JSON.stringify([left, told])).toContain(
			`hook x had begun before this driver, and its end is not known: ${says}`,
		);
	},
);
