import {expect, test} from 'vitest';
import {planLines} from '../../src/app/runs/plan-lines.ts';
import type {EnvFound} from '../../src/commands/env/change-env.ts';
import {changeRefusal} from '../../src/recipes/set-env/check-env.ts';
import {planEnvChange} from '../../src/recipes/set-env/plan.ts';
import type {EnvChange} from '../../src/domain/environments/env-edit.ts';
import type {Action, Pipeline} from '../../src/domain/runs/pipeline.ts';
import {outline} from './outline.ts';
import {envPipeline, preprod, recordOf} from './pipelines.ts';

const value = 'hushed-4711';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What a host answers that has this file. */
const answer = (text: string, more = ''): string =>
	`adopted yes\nwritten no\nplace yes\nkind file\nowned 33 www-data\nuser 33\nsize 1\nsha256 before\ncontent ${base64(text)}\n${more}`;

const actionsOf = ({steps}: Pipeline): readonly Action[] => steps.flatMap(({actions}) => actions);

const sendOf = (pipeline: Pipeline) => {
	const send = actionsOf(pipeline).find(action => action.kind === 'send');
	if (!send) throw new TypeError('nothing is sent');
	return send;
};

test('set env: six steps of the backend, the swap in the fourth', () => {
	const pipeline = envPipeline('backend', {value});

	expect(pipeline.title).toBe('Set MAIL_HOST of backend on Pre-Prod');
	expect(pipeline.steps.map(({id, touches}) => `${id}: ${touches}`)).toEqual([
		'check: nothing',
		'keep-old: backups',
		'write-new: candidate',
		'put-in-place: live',
		'reload-services: live',
		'health-check: live',
	]);
	expect(pipeline.swapStep).toBe('put-in-place');
});

test.each(['backend', 'frontend'] as const)(
	'set env, %s: the value stands in nothing of the run, but in what is streamed',
	app => {
		const pipeline = envPipeline(app, {value});
		const {input} = sendOf(pipeline);

		expect(JSON.stringify([pipeline, planLines(pipeline)])).not.toContain(value);
		expect(input({'read-env': answer('A=1\nMAIL_HOST=old\n')})).toBe(
			`before sha256 of ${`A=1\nMAIL_HOST=${value}\n`.length}\nA=1\nMAIL_HOST=${value}\n`,
		);
	},
);

test('set env: a driver that took it over has no value, and says so instead of writing another', () => {
	const {input, when} = sendOf(envPipeline('backend'));

	expect(when?.holds({'read-env': answer('')})).toBe(true);
	expect(() => input({'read-env': answer('MAIL_HOST=old\n')})).toThrow(
		expect.objectContaining({
			why: expect.stringContaining('in the memory of the cockpit that began the run') as string,
		}),
	);
	expect(when?.holds({'read-env': answer('').replace('written no', 'written yes')})).toBe(false);
});

test('set env: a key that is taken away needs no value', () => {
	const {input} = sendOf(envPipeline('backend', {record: {env: {key: 'MAIL_HOST', verb: 'remove'}}}));

	expect(input({'read-env': answer('A=1\nMAIL_HOST=old\n')})).toMatch(/\nA=1\n$/);
});

test('set env: the queue and the services are told, and the caches made anew, behind the rename and on the way back', () => {
	const {steps, goBack} = envPipeline('backend', {value});
	const swap = steps.flatMap(({actions}) => actions).find(action => action.kind === 'job' && action.id === 'swap');
	const labels = (action: Action | undefined): readonly string[] =>
		action?.kind === 'job' ? action.commands.map(({label, argv}) => label ?? argv.join(' ')) : [];
	const behind = ['rebuild the cached configuration', 'reload php8.1-fpm', 'reload nginx'];

	expect(labels(swap)).toEqual(expect.arrayContaining(['swap', ...behind]));
	expect(labels(swap).indexOf('swap')).toBeLessThan(labels(swap).indexOf('rebuild the cached configuration'));
	expect(labels(goBack?.job).slice(0, 2)).toEqual(['swap back', 'rebuild the cached configuration']);
	expect(labels(swap).at(-1)).toBe('artisan queue:restart');
});

test('set env: of a frontend PM2 is stopped for the rename only, and saved once it is healthy', () => {
	const text = outline(envPipeline('frontend', {value}));

	expect(text).toContain(
		[
			'  job swap',
			'      note where the logs end',
			'      stop PM2',
			'    > swap',
			'      start PM2 [reload-services]',
		].join('\n'),
	);
	expect(text).toContain('  probe health\n  job save\n      pm2 save\n  job close');
});

const sound: EnvFound = {
	isAdopted: true,
	isWritten: false,
	kind: 'file',
	foreignOwner: undefined,
	isReadable: true,
	isPlaceWritable: true,
	isTooLarge: false,
	sha256: 'a',
	text: 'A=1\nMAIL_HOST=old\n',
};

const refusal = (found: Partial<EnvFound>, change: Partial<EnvChange> = {}) => {
	const record = recordOf('backend', {kind: 'set-env', env: {key: 'MAIL_HOST', verb: 'set', ...change}});
	const plan = planEnvChange({record, environment: preprod, value, hash: text => text});
	return changeRefusal({...sound, ...found}, plan, value);
};

test('set env: a sound file can be changed', () => {
	expect(refusal({})).toBeUndefined();
	expect(refusal({kind: 'missing', text: ''}, {create: true})).toBeUndefined();
});

test.each<readonly [string, Partial<EnvFound>, RegExp, RegExp]>([
	['not adopted', {isAdopted: false}, /was not taken over yet/, /cockpit adopt --env preprod/],
	[
		'a read-only directory',
		{isPlaceWritable: false},
		/can't write to the directory of .*\/shared\/\.env/,
		/owner and mode/,
	],
	['no file', {kind: 'missing'}, /there is no .*\/shared\/\.env/, /--create/],
	['a symlink', {kind: 'link'}, /is a symlink/, /Put the file itself there/],
	['a directory', {kind: 'other'}, /no plain file/, /Look/],
	['the file of root', {foreignOwner: 'root'}, /belongs to root, not to www-data/, /sudo chown www-data /],
	['one that the app can not read', {isReadable: false}, /can't read/, /mode/],
	['a huge one', {isTooLarge: true}, /larger than 1 MiB/, /Look/],
	['Latin-1', {text: undefined}, /not UTF-8/, /UTF-8/],
	['a key given twice', {text: 'MAIL_HOST=1\nMAIL_HOST=2\n'}, /is given 2 times, on lines 1, 2/, /by hand/],
	['a line nobody can read', {text: 'A=two words\n'}, /line 1 A has more text after its value/, /quotes/],
])('set env: refused for %s', (_, found, why, next) => {
	expect(refusal(found)?.why).toMatch(why);
	expect(refusal(found)?.next).toMatch(next);
});
