import {expect, test} from 'vitest';
import type {HostFacts} from '../../src/commands/host/host-facts.ts';
import {notesOf} from '../../src/recipes/deploy/expected-values.ts';
import type {ExpectedValues} from '../../src/recipes/deploy/plan.ts';
import {checkHost, judgeHost} from '../../src/recipes/laravel/check-host.ts';
import {backendPreFlight} from '../../src/recipes/laravel/pre-flight-checks.ts';
import type {ReadAction} from '../../src/domain/runs/pipeline.ts';
import {goodFacts, laravelPlan} from './laravel-plan.ts';

const template: NonNullable<ExpectedValues['template']> = [
	{key: 'APP_NAME'},
	{key: 'MAIL_TIMEOUT', askedFor: 'config/mail.php:41'},
	{key: 'QUEUE_DRIVER', askedFor: 'config/queue.php:4'},
];

const judge = (facts: Partial<HostFacts>, before?: ExpectedValues['before']) => {
	const plan = laravelPlan({expected: {template, ...(before ? {before} : {})}});
	const all = {...goodFacts, ...facts};
	const text = (name: string) => judgeHost(plan, all).find(check => check.name === name)?.text;
	return {refusal: checkHost(plan, all), values: text('values'), clocks: text('clocks'), notes: notesOf(plan, all)};
};

const all = ['APP_NAME', 'MAIL_TIMEOUT', 'QUEUE_DRIVER'];

test('expected values: a host that has every key of the template', () => {
	expect(judge({envKeys: [...all, 'MORE']})).toMatchObject({
		refusal: undefined,
		values: '4 keys in .env, none missing',
		notes: [],
	});
});

test('expected values: what this build asks for and the host lacks is refused, and how to set it', () => {
	expect(judge({envKeys: ['APP_NAME']}).refusal).toEqual({
		code: 'blocked',
		why: '.env on the host lacks what its template has and this build asks for: MAIL_TIMEOUT (config/mail.php:41), QUEUE_DRIVER (config/queue.php:4)',
		next: 'cockpit env set MAIL_TIMEOUT --env preprod --app backend\ncockpit env set QUEUE_DRIVER --env preprod --app backend',
	});
});

test('expected values: what no code asks for is told, and stops nothing', () => {
	const {refusal, values, notes} = judge({envKeys: ['MAIL_TIMEOUT', 'QUEUE_DRIVER']});

	expect(refusal).toBeUndefined();
	expect(values).toBe('.env lacks APP_NAME of its template; no code here asks for it');
	expect(notes).toEqual([values]);
});

test('expected values: what the environment before has is told by its name', () => {
	const before = {title: 'Pre-Prod', keys: [...all, 'SSO_URL'], aheadMs: 0};

	expect(judge({envKeys: all}, before)).toMatchObject({
		refusal: undefined,
		values: '.env lacks SSO_URL, which Pre-Prod has',
	});
});

test('expected values: a file that can not be read to its end is told, and lacks nothing', () => {
	expect(judge({envKeys: undefined})).toMatchObject({
		refusal: undefined,
		values: '.env can not be read to its end',
	});
});

test('expected values: without a template nothing is compared, nor said', () => {
	expect(judgeHost(laravelPlan(), goodFacts).map(({name}) => name)).not.toContain('values');
});

test.each([
	{case: 'as this machine', here: goodFacts.time, clocks: undefined},
	{case: 'a minute behind it', here: goodFacts.time + 60, clocks: undefined},
	{
		case: 'a second more',
		here: goodFacts.time + 61,
		clocks: 'the clock of Pre-Prod is 1 min 1 s behind this machine',
	},
	{
		case: 'ahead of it',
		here: goodFacts.time - 95,
		clocks: 'the clock of Pre-Prod is 1 min 35 s ahead of this machine',
	},
	{case: 'not noted', here: Number.NaN, clocks: undefined},
])('clocks: a host $case', ({here, clocks}) => {
	expect(judge({envKeys: all, here})).toMatchObject({refusal: undefined, clocks});
});

test('clocks: two hosts on either side of this machine are apart from each other alone', () => {
	const before = {title: 'Local host', keys: all, aheadMs: -40_000};

	expect(judge({envKeys: all, here: goodFacts.time - 40}, before).clocks).toBe(
		'the clock of Pre-Prod is 1 min 20 s ahead of Local host',
	);
});

test('clocks: the time of this machine is noted on the answer of a host, but not of a sandbox', () => {
	const question = (expected: ExpectedValues) =>
		backendPreFlight(laravelPlan({expected})).actions.find(
			(action): action is ReadAction => action.kind === 'read',
		);

	expect(question({})?.noted?.('time\t5\n', 7_900)).toBe('asked-at\t7\ntime\t5\n');
	expect(question({isRehearsal: true})).not.toHaveProperty('noted');
});
