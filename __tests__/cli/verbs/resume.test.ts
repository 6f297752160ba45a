import {expect, test} from 'vitest';
import type {CliContext, Cockpit} from '../../../src/cli/cli-context.ts';
import {resume} from '../../../src/cli/verbs/resume.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {environment} from '../../control/fake-services.ts';

const run = '20260210T055341Z-backend-9b1d';

/** Asks for a run that its host has closed with this outcome. `isSilent`: neither its ledger nor its live path answers. */
const ask = async (outcome: string, {json = false, isSilent = false} = {}) => {
	let printed = '';
	const unreadable = new DeployError({code: 'step-failed', what: 'ledger', why: 'unreadable', now: '', next: ''});
	const answer = (line: string) =>
		line.includes('readlink')
			? {code: isSilent ? 1 : 0, stdout: '/var/www/.backend/releases/20260210T055341Z-7f3a9c2\n'}
			: {code: 0, stdout: `closed ${run} ${outcome}\n`};
	const session = {exec: async (line: string) => ({...answer(line), stderr: '', durationMs: 1})};
	const entry = {
		seq: 7,
		at: Date.parse('2026-02-10T05:54:30Z'),
		type: outcome === 'done' ? 'deploy.finished' : `deploy.${outcome}`,
		actor: {name: 'Asha', machine: 'laptop'},
		data: {run, app: 'backend', build: {commit: '7f3a9c2000', digest: 'd'}, release: '20260210T055341Z-7f3a9c2'},
	};
	const cockpit = {
		environments: [environment],
		services: {
			sessions: {session: () => session},
			runs: {list: () => [run], events: () => [], end: () => undefined},
			ledgers: {read: async () => (isSilent ? Promise.reject(unreadable) : {entries: [entry]})},
		},
	} as unknown as Cockpit;
	const context = {
		terminal: {out: (text: string) => void (printed += text), hasColour: false, isInteractive: false},
	} as unknown as CliContext;
	return {code: await resume(context, cockpit, run, {confirm: [], mine: false, abandon: false, json}), printed};
};

test.each([
	['done', 0, 'deployed'],
	['failed', 3, 'failed to deploy'],
	['abandoned', 3, 'gave up deploying'],
])(
	'resume: a run that ended as %s says so with exit %i: when, by whom, and what is live',
	async (outcome, code, verb) => {
		const live = 'Live is backend 20260210T055341Z-7f3a9c2.';
		expect(await ask(outcome)).toEqual({
			code,
			printed: `Run ${run} ended: ${outcome}. It ${verb} backend 7f3a9c2, by Asha, Tue 10 Feb 11:24 IST. ${live}\n`,
		});
		const {printed, code: again} = await ask(outcome, {json: true});
		expect(again).toBe(code);
		expect(JSON.parse(printed)).toMatchObject({
			type: 'run.closed',
			run,
			outcome,
			by: 'Asha',
			at: '2026-02-10T05:54:30.000Z',
			live: 'backend 20260210T055341Z-7f3a9c2',
		});
	},
);

test('resume: of a run that is over what does not answer is said, and its end all the same', async () => {
	expect((await ask('done', {isSilent: true})).printed).toBe(
		`Run ${run} ended: done. When, and by whom, its ledger did not say. What is live now the host did not say.\n`,
	);
});
