import {expect, test} from 'vitest';
import {DeployError} from '../../../src/domain/errors.ts';
import type {Gate} from '../../../src/domain/gates/gates.ts';
import {blockedMessage} from '../../../src/domain/notify/blocked-message.ts';
import {messageText, unsetVariables} from '../../../src/domain/notify/message.ts';
import {endMessage, questionMessage, startedMessage, type RunEnd} from '../../../src/domain/notify/run-messages.ts';
import {deployPipeline, production, rollbackPipeline} from '../../recipes/pipelines.ts';

const logPath = '/state/run.log';
const deploy = {...deployPipeline('backend', {environment: production}), logPath};
const done: RunEnd = {outcome: 'done', wentBack: false, durationMs: 400_000, attempt: 1};
const broken = new DeployError({
	code: 'step-failed',
	what: 'Install packages failed on production-1',
	why: 'composer exited with 2\nDB_PASSWORD=hunter2',
	now: '4e81d0c is live, as before.',
	next: 'Read the log.',
});
const failed: RunEnd = {...done, outcome: 'failed', error: broken};
const by = 'By Ravi on laptop, run 20260210T055341Z-backend-9b1d';

test('message: what began, which build, where, by whom, and where its log is', () => {
	expect(messageText(startedMessage(deploy))).toBe(
		`Started: Deploy backend 7f3a9c2 to Production\n${by}\nMore: ${logPath}`,
	);
});

test('message: a run that is done says how long it took, what users met, and what comes next', () => {
	expect(endMessage(deploy, {...done, downtime: {ms: 1200, asked: 90, failed: 3}})?.lines).toEqual([
		'Took 6 min 40 s, downtime 1.2 s',
		'Next: watch it: cockpit watch --env production',
		by,
	]);
	expect(endMessage(deploy, {...done, downtime: {ms: 0, asked: 90, failed: 0}})?.lines[0]).toBe(
		'Took 6 min 40 s, no downtime',
	);
	const closed = {ms: 0, asked: 90, failed: 0, maintenanceMs: 2100};
	expect(endMessage(deploy, {...done, downtime: closed})?.lines[0]).toBe(
		'Took 6 min 40 s, downtime none, maintenance 2.1 s',
	);
	expect(endMessage({...deployPipeline('backend'), logPath}, done)?.lines[1]).toBe(
		'Next: sign what you see work: cockpit checklist show --env preprod',
	);
});

test('message: a failed run says why, what is live and what to do, and nothing that a program printed', () => {
	const message = endMessage(deploy, failed);

	expect(message?.event).toBe('failed');
	expect(message && messageText(message)).toBe(
		[
			'Failed: Deploy backend 7f3a9c2 to Production',
			'Why: composer exited with 2',
			'Now: 4e81d0c is live, as before.',
			'Next: Read the log.',
			by,
			`More: ${logPath}`,
		].join('\n'),
	);
});

test('message: a line is cut before it is long', () => {
	const error = broken.with({why: 'x'.repeat(1000)});

	expect(endMessage(deploy, {...failed, error})?.lines[0]).toHaveLength(200);
});

const rollback = {...rollbackPipeline('backend', 'snapshot', {environment: production}), logPath};

test.each([
	{name: 'a rollback', run: rollback, end: done, event: 'rolled-back', title: `Done: ${rollback.title}`},
	{
		name: 'a deploy that went back by itself',
		run: deploy,
		end: {...failed, wentBack: true},
		event: 'rolled-back',
		title: `Failed, went back: ${deploy.title}`,
	},
	{
		name: 'a cancelled run',
		run: deploy,
		end: {...failed, outcome: 'cancelled' as const},
		event: 'failed',
		title: `Cancelled: ${deploy.title}`,
	},
	{
		name: 'a run that met a lock',
		run: deploy,
		end: {...failed, error: broken.with({code: 'locked'})},
		event: 'blocked',
		title: `Blocked: ${deploy.title}`,
	},
	{
		name: 'a run that was left',
		run: deploy,
		end: {...failed, outcome: 'left' as const},
		event: 'question',
		title: `Nobody drives it: ${deploy.title}`,
	},
])('message: $name is told as $event', ({run, end, event, title}) => {
	expect(endMessage(run, end)).toMatchObject({event, title});
});

test('message: a run that a colleague took over is theirs to tell of', () => {
	expect(endMessage(deploy, {...failed, error: broken.with({code: 'taken-over'})})).toBeUndefined();
});

test('message: a question says what is asked, a few facts, and who can answer', () => {
	const message = questionMessage(deploy, {
		id: 'migrate',
		kind: 'migrations',
		title: 'Run 4 migrations?',
		facts: ['one', 'two', 'three', 'four'],
		choices: [],
	});

	expect(message.title).toBe('Waits for an answer: Deploy backend 7f3a9c2 to Production');
	expect(message.lines).toEqual([
		'Run 4 migrations?',
		'one',
		'two',
		'three',
		'and 1 more',
		'Next: answer it in the cockpit of Ravi.',
		by,
	]);
});

const soak: Gate = {gate: 'soak', state: 'waiting', text: '21 h 15 min of 24 h', clears: 'wait'};
const met: Gate = {gate: 'window', state: 'met', text: 'until 14:00 IST'};
const asked = {
	environment: production,
	app: 'backend',
	commit: '7f3a9c2'.padEnd(40, '0'),
	actor: {name: 'Ravi', machine: 'ravi-thinkpad'},
} as const;

test('message: a blocked deploy names each closed gate and the next slot', () => {
	const message = blockedMessage({gates: [met, soak], nextSlot: Date.parse('2026-02-11T05:30:00Z')}, asked);

	expect(message && messageText(message)).toBe(
		[
			'Blocked: Deploy backend 7f3a9c2 to Production',
			'soak: 21 h 15 min of 24 h',
			'Next slot: Wed 11 Feb 11:00 IST, with what is open done by then',
			'Next: see what opens each gate: cockpit gate backend --env production',
			'Asked for by Ravi on ravi-thinkpad',
		].join('\n'),
	);
});

test('message: it is the same block while the same gates are closed, and another for another build', () => {
	const keyOf = (gates: readonly Gate[], commit = asked.commit): string | undefined =>
		blockedMessage({gates, nextSlot: undefined}, {...asked, commit})?.key;

	expect(keyOf([soak])).toBe(keyOf([{...soak, text: '22 h of 24 h'}, met]));
	expect(keyOf([soak])).not.toBe(keyOf([soak, {...met, state: 'waiting'}]));
	expect(keyOf([soak])).not.toBe(keyOf([soak], '1d20b7e'.padEnd(40, '0')));
	expect(keyOf([met])).toBeUndefined();
});

test('message: what targets name and nobody has set, each once', () => {
	const webhook = {way: 'webhook', urlFrom: 'SLACK', on: ['failed']} as const;
	const mail = {way: 'mail', to: ['a@b'], from: 'c@b', server: 'mail', port: 587, on: ['failed']} as const;

	expect(unsetVariables([webhook, webhook, mail, {...mail, passwordFrom: 'MAIL'}], {MAIL: ''})).toEqual([
		'SLACK',
		'MAIL',
	]);
	expect(unsetVariables([webhook], {SLACK: 'https://example.com'})).toEqual([]);
});

test('messages: why an emergency was gone by stands in what is told of its beginning and of its end', () => {
	const emergency = 'logins fail since 11:20';
	const promotion = {from: 'preprod', witness: null, gates: [], emergency};
	const run = {...deploy, record: {...deploy.record, promotion}};
	const end: RunEnd = {outcome: 'done', wentBack: false, durationMs: 1000, attempt: 1};

	expect(startedMessage(run).lines).toContain(`EMERGENCY: ${emergency}`);
	expect(endMessage(run, end)?.lines).toContain(`EMERGENCY: ${emergency}`);
	expect(endMessage(run, {...end, outcome: 'failed'})?.lines).toContain(`EMERGENCY: ${emergency}`);
	expect(startedMessage(deploy).lines.join(' ')).not.toContain('EMERGENCY');
});
