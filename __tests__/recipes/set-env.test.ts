import {expect, test} from 'vitest';
import {planLines} from '../../src/app/runs/plan-lines.ts';
import type {EnvFound} from '../../src/commands/env/change-env.ts';
import {changeRefusal} from '../../src/recipes/set-env/check-env.ts';
import {planEnvChange} from '../../src/recipes/set-env/plan.ts';
import type {EnvChange} from '../../src/domain/environments/env-edit.ts';
import type {Action, Pipeline} from '../../src/domain/runs/pipeline.ts';
import {outline} from './outline.ts';
import {envPipeline, preprod, production, recordOf} from './pipelines.ts';

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
	names: 1,
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
	expect(refusal({}, {create: true})?.why).toMatch(/there is a .*\.env by now/);
	expect(refusal({isWritten: true}, {create: true})).toBeUndefined();
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
	[
		'a file with a second name',
		{names: 2},
		/has 2 names \(hard links\)/,
		/find \/ -xdev -samefile .*\/shared\/\.env/,
	],
	['one that the app can not read', {isReadable: false}, /can't read/, /mode/],
	['a huge one', {isTooLarge: true}, /larger than 1 MiB/, /Look/],
	['Latin-1', {text: undefined}, /not UTF-8/, /UTF-8/],
	['a key given twice', {text: 'MAIL_HOST=1\nMAIL_HOST=2\n'}, /is given 2 times, on lines 1, 2/, /by hand/],
	['a line nobody can read', {text: 'A=two words\n'}, /line 1 A has more text after its value/, /quotes/],
])('set env: refused for %s', (_, found, why, next) => {
	expect(refusal(found)?.why).toMatch(why);
	expect(refusal(found)?.next).toMatch(next);
});

const of = '20260210T055341Z-backend-9b1d';
const kept = `/var/www/qsights/.backend/env-kept/.env.${of}`;
const restore = {key: 'MAIL_HOST', verb: 'restore', of} as const;

/** What a host answers that has the file a run has left, `left`, and knows what it has found. */
const leftBy = (was: string, more = ''): string =>
	`of-was ${was}\nof-left left\n${more}${answer('A=1\n')}`.replace('sha256 before', 'sha256 left');

test('set env: what is said of the old file, and the way back, are what they are', () => {
	const edited = envPipeline('backend', {value});
	const made = envPipeline('backend', {value, record: {env: {key: 'MAIL_HOST', verb: 'set', create: true}}});

	expect(edited.words?.swapped).toMatch(/The old one is kept: .*\/env-kept\/\.env\./);
	expect(made.words?.swapped).toMatch(/\.env on web-1 was made\. There was none before\./);
	for (const {wayBack, record} of [edited, made, envPipeline('backend', {record: {env: restore}})])
		expect(wayBack).toEqual([`cockpit env restore ${record.run} --env preprod --confirm yes`]);
	expect(envPipeline('backend', {value, environment: production}).wayBack[0]).toMatch(
		/--confirm DEPLOY-TO-PRODUCTION$/,
	);
});

test('restore env: what the run has found is written as it was, several lines and all; a file that it made is gone', () => {
	const {title, steps} = envPipeline('backend', {record: {env: restore}});
	const {input} = sendOf(envPipeline('backend', {record: {env: restore}}));
	const whole = 'A="one\ntwo"\r\n# note\n';
	const found = `of-kept-sha256 was\nof-kept ${base64(whole)}\n`;

	expect(title).toBe(`Put back .env of backend on Pre-Prod, as before MAIL_HOST of run ${of}`);
	expect(input({'read-env': leftBy('was', found)})).toBe(`left sha256 of ${whole.length}\n${whole}`);
	expect(input({'read-env': leftBy('none')})).toBe('left none\n');
	const close = steps.flatMap(({actions}) => actions).find(({id}) => id === 'close');
	expect(JSON.stringify(close)).toContain('restored');
});

test.each<readonly [string, Partial<EnvFound>, RegExp | undefined]>([
	['the file is as the run has left it', {}, undefined],
	['it is put back already', {sha256: 'was'}, undefined],
	['this run has written it already', {sha256: 'other', isWritten: true}, undefined],
	['the run had made it', {before: {was: 'none', left: 'left', text: undefined}}, undefined],
	['it was changed since', {sha256: 'other'}, new RegExp(`is not as run ${of} has left it: it was changed since`)],
	['it is gone since', {kind: 'missing', sha256: 'none'}, /it was changed since/],
	[
		'what was kept is gone',
		{before: {was: 'was', left: 'left', text: undefined}},
		new RegExp(`${kept} is not what run`),
	],
	['the host knows nothing of it', {before: undefined}, /knows of no file that run/],
	['it is a link by now', {kind: 'link'}, /is a symlink/],
])('restore env: %s', (_, found, why) => {
	const before = {was: 'was', left: 'left', text: 'A=0\n'};
	const refused = refusal({sha256: 'left', before, ...found}, restore);

	if (why) expect(refused?.why).toMatch(why);
	else expect(refused).toBeUndefined();
});

test('set env: where nobody can be asked a value that does not do goes back by itself', () => {
	expect(envPipeline('backend', {value}).goBack?.isDefault).toBe(true);
});
