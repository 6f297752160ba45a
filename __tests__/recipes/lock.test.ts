import {expect, test} from 'vitest';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';
import type {Action, JobAction, Pipeline} from '../../src/domain/runs/pipeline.ts';
import type {PolicyMemory, PromotionRecord} from '../../src/domain/gates/policy.ts';
import {wordsOf} from '../support/words.ts';
import {allPipelines, deployPipeline, preprod, recordOf, rollbackPipeline} from './pipelines.ts';

const all = allPipelines();

/** What comes behind `sh -c TEXT LABEL`. */
const parametersOf = (command: Command): readonly string[] => wordsOf(renderCommand(command)).slice(4);

const lockOf = ({steps}: Pipeline, attempt = 1): readonly string[] => {
	const lock = steps.flatMap(({actions}) => actions).find(({kind}) => kind === 'lock');
	if (lock?.kind !== 'lock') throw new Error('no action takes the lock');
	return parametersOf(lock.command(attempt));
};

/** Steps that are surely done when a step starts. */
const doneBefore = ({steps}: Pipeline, id: string): ReadonlySet<string> => {
	const done = new Set<string>();
	const add = (step: string): void => {
		for (const before of steps.find(one => one.id === step)?.after ?? []) {
			done.add(before);
			add(before);
		}
	};
	add(id);
	return done;
};

const writes = ({kind}: Action): boolean => ['job', 'send', 'transfer', 'prompt', 'follow'].includes(kind);

test.each(all)('lock, $name: nothing is written, built or asked of a person before it is taken', ({pipeline}) => {
	const [first, ...rest] = pipeline.steps;
	const kinds = first?.actions.map(({kind}) => kind) ?? [];

	expect(first?.after).toEqual([]);
	expect(kinds.slice(0, kinds.indexOf('lock'))).toEqual(['read']);
	expect(pipeline.steps.flatMap(({actions}) => actions).filter(({kind}) => kind === 'lock')).toHaveLength(1);
	for (const {id} of rest) expect(doneBefore(pipeline, id), id).toContain(first?.id);
});

test.each(all)('lock, $name: no two actions share a name, by which their job is known on the host', ({pipeline}) => {
	const {abandon, closeAsFailed, closeAsPutBack, goBack} = pipeline;
	const ids = [
		...pipeline.steps.flatMap(({actions}) => actions.map(({id}) => id)),
		...[abandon, closeAsFailed, closeAsPutBack, goBack?.job, goBack?.close].flatMap(job => (job ? [job.id] : [])),
	];

	expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test.each(all)('lock, $name: what changes the host waits for a step that is there', ({pipeline}) => {
	const ids = pipeline.steps.map(({id}) => id);
	const unknown = pipeline.steps.flatMap(({after}) => after).filter(id => !ids.includes(id));

	expect(unknown).toEqual([]);
	expect(pipeline.steps.filter(({actions}) => actions.some(writes)).length).toBeGreaterThan(1);
	expect(ids).toContain(pipeline.swapStep);
});

const actor = '"name":"Ravi","machine":"laptop"';
const run = '20260210T055341Z-backend-9b1d';

test('lock, deploy: is taken for app, run and attempt, under a name, on the ledger of the environment', () => {
	const build = `"build":{"commit":"${recordOf('backend').commit}","digest":"${'d'.repeat(64)}"}`;
	const words = (attempt: number, type: string): readonly string[] => [
		'.cockpit/qsights/preprod',
		'backend',
		run,
		String(attempt),
		`${actor},"run":"${run}","app":"backend"`,
		JSON.stringify(recordOf('backend')),
		`"type":"${type}","actor":{${actor}},${type.endsWith('started') ? `"once":"${run} ${type}",` : ''}"data":{"run":"${run}","app":"backend",${build},"release":"20260210T055341Z-7f3a9c2"}`,
		'usual',
		'"project":"qsights","environment":"preprod"',
		'Ravi%40laptop',
		'',
		'/var/www/qsights/backend',
		'/var/www/qsights/.backend',
		'.cockpit/qsights/preprod',
		'qsights',
		'preprod',
		'backend',
	];

	expect(lockOf(deployPipeline('backend'))).toEqual(words(1, 'deploy.started'));
	expect(lockOf(deployPipeline('backend'), 2)).toEqual(words(2, 'deploy.resumed'));
});

test('lock, rollback: is urgent: neither a hold nor a ledger that can not be written is in its way', () => {
	const [, app, , attempt, , , entry, urgency, header, owner] = lockOf(rollbackPipeline('backend', 'snapshot'));

	expect([app, attempt, urgency, header, owner]).toEqual([
		'backend',
		'1',
		'urgent',
		'"project":"qsights","environment":"preprod"',
		'Ravi%40laptop',
	]);
	expect(entry).toContain('"type":"rollback.started"');
	expect(entry).toContain('"target":{"kind":"snapshot","release":"previous"}');
	expect(lockOf(rollbackPipeline('backend', 'snapshot'), 2)[6]).toContain('"type":"rollback.resumed"');
});

test.each(all)(
	'lock, $name: names its run, the terms it is taken on, and what is resumed as such',
	({name, pipeline}) => {
		const {record} = pipeline;
		const [state, app, of, attempt, holder, kept, entry, urgency, header, owner] = lockOf(pipeline, 3);

		expect([state, app, of, attempt]).toEqual(['.cockpit/qsights/preprod', record.app, record.run, '3']);
		expect(holder).toBe(`${actor},"run":"${record.run}","app":"${record.app}"`);
		expect(JSON.parse(kept ?? '')).toEqual(record);
		expect(entry).toContain(`"type":"${record.kind}.resumed"`);
		expect([urgency, header, owner]).toEqual([
			name.startsWith('rollback') ? 'urgent' : 'usual',
			'"project":"qsights","environment":"preprod"',
			'Ravi%40laptop',
		]);
	},
);

test('lock: the evidence a deploy went by is written when it starts, and not again', () => {
	const promotion = {from: 'preprod'} as PromotionRecord;
	const policy = {digest: 'p'} as PolicyMemory;
	const pipeline = deployPipeline('backend', {record: {promotion, policy}});

	expect(lockOf(pipeline)[6]).toContain('"policy":{"digest":"p"},"promotion":{"from":"preprod"}');
	expect(lockOf(pipeline)[8]).toBe(
		'"project":"qsights","environment":"preprod","tier":"preprod","promotedFrom":null,"policy":"p"',
	);
	expect(lockOf(pipeline, 2)[6]).not.toMatch(/promotion|policy/);
	expect(closings(pipeline).join('\n')).not.toMatch(/promotion|policy/);
});

const jobsOf = ({steps, abandon, closeAsFailed, closeAsPutBack, goBack}: Pipeline): readonly JobAction[] => [
	...steps.flatMap(({actions}) => actions).filter(action => action.kind === 'job'),
	abandon,
	closeAsFailed,
	...(closeAsPutBack ? [closeAsPutBack] : []),
	...(goBack ? [goBack.job, goBack.close] : []),
];

/** Every way a run ends and gives its lock back: job, outcome, ledger entry, urgency. */
const closings = (pipeline: Pipeline): readonly string[] =>
	jobsOf(pipeline).flatMap(({id, commands}) =>
		commands
			.filter(({label}) => label === 'close the run')
			.map(command => {
				const [state, app, of, outcome, entry = '', urgency] = parametersOf(command);
				expect([state, app, of]).toEqual(['.cockpit/qsights/preprod', pipeline.app, pipeline.record.run]);
				const {
					type,
					actor: by,
					data,
				} = JSON.parse(`{${entry}}`) as {
					type: string;
					actor: object;
					data: Record<string, unknown>;
				};
				expect(by).toEqual({name: 'Ravi', machine: 'laptop'});
				expect(data).toMatchObject({run: pipeline.record.run, app: pipeline.app});
				const {release, wentBack, target} = data;
				return [
					`${id}: ${outcome}, ${type}`,
					...(release === undefined ? [] : [JSON.stringify(release)]),
					...(wentBack === undefined ? [] : ['went back']),
					...(target === undefined ? [] : [JSON.stringify(target)]),
					String(urgency),
				].join(', ');
			}),
	);

const release = '20260210T055341Z-7f3a9c2';
const snapshot = '{"kind":"snapshot","release":"previous"}';
const backup = (app: string): string => `{"kind":"backup","name":"${app}_20260203_113512"}`;
const ofDeploy = [
	`close: done, deploy.finished, "${release}", usual`,
	'abandon: abandoned, deploy.abandoned, usual',
	`close-as-failed: failed, deploy.failed, "${release}", usual`,
	`close-as-put-back: failed, deploy.failed, "${release}", went back, usual`,
	`close-as-gone-back: failed, deploy.failed, "${release}", went back, usual`,
];
const ofRollback = (target: string, settled: string): readonly string[] => [
	`close: done, rollback.finished, "${settled}", ${target}, urgent`,
	`abandon: abandoned, rollback.abandoned, ${target}, urgent`,
	`close-as-failed: failed, rollback.failed, "${settled}", ${target}, urgent`,
];
const ofAdoption = [
	'close: done, adopt.finished, "20260210T055341Z-adopted", usual',
	'abandon: abandoned, adopt.abandoned, usual',
	'close-as-failed: failed, adopt.failed, "20260210T055341Z-adopted", usual',
];
const ofUndoing = [
	'close: done, adopt-undo.finished, usual',
	'abandon: abandoned, adopt-undo.abandoned, usual',
	'close-as-failed: failed, adopt-undo.failed, usual',
];
const restored = (app: string): string => `20260210T055341Z-from-${app}_20260203_113512`;

const ofChange = [
	'close: done, set-env.finished, usual',
	'abandon: abandoned, set-env.abandoned, usual',
	'close-as-failed: failed, set-env.failed, usual',
	'close-as-gone-back: failed, set-env.failed, went back, usual',
];

test('lock: every way out gives it back, and writes down what became of the run', () => {
	expect(Object.fromEntries(all.map(({name, pipeline}) => [name, closings(pipeline)]))).toEqual({
		'change of a value of the backend': ofChange,
		'change of a value of the frontend': ofChange,
		'deploy of the backend': ofDeploy,
		'deploy of the frontend': ofDeploy,
		'rollback of the backend to a snapshot': ofRollback(snapshot, 'previous'),
		'rollback of the frontend to a snapshot': ofRollback(snapshot, 'previous'),
		'rollback of the backend to a backup': ofRollback(backup('backend'), restored('backend')),
		'rollback of the frontend to a backup': ofRollback(backup('frontend'), restored('frontend')),
		'adoption of the backend': ofAdoption,
		'adoption of the frontend': ofAdoption,
		'undoing of the adoption of the backend': ofUndoing,
		'undoing of the adoption of the frontend': ofUndoing,
	});
});

test.each(all)(
	'lock, $name: before it is given back nothing can fail but what leaves the app running',
	({pipeline}) => {
		for (const {commands} of [pipeline.abandon, pipeline.closeAsFailed]) {
			const labels = commands.map(({label}) => label);
			const closing = labels.indexOf('close the run');
			const strict = commands.findIndex(
				({argv}) => argv.at(-1)?.includes('"isStrict":true') && !isTolerated(argv),
			);

			expect(closing).toBeGreaterThanOrEqual(0);
			if (strict >= 0) expect(strict, labels.join(', ')).toBeGreaterThan(closing);
		}
	},
);

const isTolerated = (argv: Command['argv']): boolean => (argv[2] ?? '').includes('the run goes on');

test.each(['backend', 'frontend'] as const)(
	'lock, deploy of the %s: files are received for the run and the attempt that ask',
	app => {
		const {steps} = deployPipeline(app);
		const transfers = steps.flatMap(({actions}) => actions).flatMap(one => (one.kind === 'transfer' ? [one] : []));

		expect(transfers.map(({id, transfer}) => [id, transfer.against, ...parametersOf(transfer.receive(3))])).toEqual(
			(['upload', 'prove'] as const).map(id => [
				id,
				id === 'upload' ? 'manifest' : 'listing',
				'.cockpit/qsights/preprod',
				app,
				`20260210T055341Z-${app}-9b1d`,
				'3',
				'www-data',
				`/var/www/qsights/.${app}/releases/${release}`,
				`/var/www/qsights/${app}`,
			]),
		);
	},
);

test('lock: a record that was taken over by another person is held under their name', () => {
	const asha = {name: 'Asha Rao', machine: 'mac', key: 'SHA256:asha'};
	const words = lockOf(deployPipeline('backend', {record: {actor: asha}, environment: preprod}), 2);

	expect(words[4]).toBe(`"name":"Asha Rao","machine":"mac","key":"SHA256:asha","run":"${run}","app":"backend"`);
	expect(words[9]).toBe('Asha%20Rao%40mac');
});
