import {expect, test} from 'vitest';
import type {CliContext, Cockpit} from '../../../src/cli/cli-context.ts';
import {resume} from '../../../src/cli/verbs/resume.ts';
import {environment} from '../../control/fake-services.ts';

/** Asks for a run that its host has closed with this outcome. */
const ask = async (outcome: string, json = false) => {
	let printed = '';
	const session = {exec: async () => ({code: 0, stdout: `closed run-1 ${outcome}\n`, stderr: '', durationMs: 1})};
	const cockpit = {
		environments: [environment],
		services: {
			sessions: {session: () => session},
			runs: {list: () => ['run-1'], events: () => []},
		},
	} as unknown as Cockpit;
	const context = {
		terminal: {out: (text: string) => void (printed += text), hasColour: false, isInteractive: false},
	} as unknown as CliContext;
	return {code: await resume(context, cockpit, 'run-1', {confirm: [], mine: false, abandon: false, json}), printed};
};

test.each([
	['done', 0],
	['failed', 3],
	['abandoned', 3],
])('resume: a run that is over as %s ends with %i, and says so', async (outcome, code) => {
	expect(await ask(outcome)).toEqual({code, printed: `Run run-1 is over: ${outcome}. Nothing is left to do.\n`});
	const {printed, code: again} = await ask(outcome, true);
	expect(again).toBe(code);
	expect(JSON.parse(printed)).toMatchObject({type: 'run.closed', run: 'run-1', outcome});
});
