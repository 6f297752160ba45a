import {expect, test} from 'vitest';
import type {CliContext, Cockpit} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {unsetVariables, type NotifyTarget} from '../../../src/domain/notify/message.ts';
import {environment, fakeServices} from '../../control/fake-services.ts';
import {endpoint, notifierWith, webhookTo} from '../../services/notify/messages.ts';

const bell: NotifyTarget = {way: 'terminal', how: 'bell', on: ['failed']};

/** Runs the command line on an environment with these targets; variables as given. */
const cockpit = async (
	notify: readonly NotifyTarget[],
	variables: Readonly<Record<string, string>>,
	...more: readonly string[]
) => {
	let printed = '';
	const {notifier} = notifierWith({variables});
	const opened: Cockpit = {
		environments: [{...environment, notify}],
		checklists: {sections: [], items: []} as unknown as Cockpit['checklists'],
		services: fakeServices({}).services,
		tellNow: notifier.tellNow,
		unset: unsetVariables(notify, variables),
		close: async () => undefined,
	};
	const terminal = {out: (text: string) => void (printed += text), err: () => undefined, isInteractive: false};
	const context = {version: '0', terminal, open: async () => opened} as unknown as CliContext;
	const code = await runCli(context, ['notify', '--env', 'preprod', ...more]);
	return {code, printed};
};

test('notify: lists who is told of what, and names what is not set', async () => {
	expect(await cockpit([webhookTo('SLACK'), bell], {})).toEqual({
		code: 7,
		printed: [
			'  ✗ webhook of SLACK  SLACK is not set',
			'    on failed, done',
			'  – terminal bell  not tried; --test does',
			'    on failed',
			'',
		].join('\n'),
	});
});

test('notify: nobody is told where no target is named', async () => {
	expect(await cockpit([], {}, '--test')).toEqual({
		code: 0,
		printed: 'Nobody is told of Pre-Prod: /environments/preprod.yaml has no notify:\n',
	});
});

test('notify --test: sends a message that is none of a run, and says what arrived', async () => {
	await using good = await endpoint((_, response) => response.end());
	await using bad = await endpoint((_, response) => {
		response.statusCode = 403;
		response.end();
	});
	const variables = {GOOD: good.url, BAD: bad.url};
	const {code, printed} = await cockpit([webhookTo('GOOD'), webhookTo('BAD'), bell], variables, '--test');

	expect(code).toBe(7);
	expect(printed).toContain('✓ webhook of GOOD  arrived');
	expect(printed).toContain('✗ webhook of BAD  answered 403');
	expect(printed).toContain('– terminal bell  only while the full screen is open');
	expect(JSON.parse(good.bodies[0]?.body ?? '')).toEqual({
		text: 'Test: messages about Pre-Prod arrive here\nNothing has happened, and nothing has to be done.\nSent by Ravi on ravi-thinkpad',
	});
});

test('notify --test --json: one object for each target, exit 0 when all arrived', async () => {
	await using good = await endpoint((_, response) => response.end());
	const {code, printed} = await cockpit([webhookTo('GOOD')], {GOOD: good.url}, '--test', '--json');

	expect(code).toBe(0);
	expect(JSON.parse(printed)).toEqual({
		schema: 1,
		type: 'notify',
		target: 'webhook of GOOD',
		on: ['failed', 'done'],
		state: 'good',
		text: 'arrived',
	});
});
