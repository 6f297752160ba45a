import {
	envLive,
	keepEnv,
	lookAtEnv,
	newEnvInput,
	parseEnvFound,
	readEnvLive,
	receiveEnv,
	swapEnv,
	swapEnvBack,
	tidyEnv,
} from '../../commands/env/change-env.ts';
import {recordEntry} from '../../commands/ledger/ledger.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {refreshService, serviceStates, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import {stepFailed, type DeployError} from '../../domain/errors.ts';
import {changeWord} from '../../domain/runs/confirm.ts';
import type {GoBack, JobAction, Pipeline, Results, Step, SwapWords} from '../../domain/runs/pipeline.ts';
import {runFrame} from '../run/frame.ts';
import {closingJob, job} from '../run/job.ts';
import {takeRunLock} from '../run/lock.ts';
import {noteHealthy} from '../run/note-done.ts';
import {noteLogEnds} from '../run/note-log-ends.ts';
import {closingUrgency, runEntry} from '../run/run-entry.ts';
import {changeRefusal, editOf} from './check-env.ts';
import type {EnvPlan} from './plan.ts';

/** What an app of one kind needs beside the rename, so that it runs with the new values. */
export type EnvRecipe = {
	/** Right before the rename: a process that holds the old values. */
	readonly stop?: readonly Command[];
	/** The rename, as it is done while that is stopped. Absent: alone. */
	readonly swap?: (command: Command) => Command;
	/** What of the live release has the old values in it, made anew. */
	readonly caches?: readonly Command[];
	/** What makes the app read them, before its services are told. */
	readonly start?: readonly Command[];
	/** The same, behind them. */
	readonly tell?: readonly Command[];
	/** What is done once the app has proven healthy. */
	readonly healthy?: readonly JobAction[];
	/** What lets the app run again that a failed run may have stopped, around what ends that run. */
	readonly around?: (commands: readonly Command[]) => readonly Command[];
};

const found = (results: Results) => parseEnvFound(results['read-env'] ?? '');

/** What every entry about the run says beside it: never the value. */
const told = ({change: {key, verb, create, of}, kept}: EnvPlan) => ({
	key,
	...(verb === 'remove' ? {removed: true} : {}),
	...(of === undefined ? {} : {restored: of}),
	...(create ? {} : {kept}),
});

const check = (plan: EnvPlan): Step => {
	const {change, file, state, layout, target, value, of} = plan;
	const look = (id: string) =>
		({
			kind: 'read',
			id,
			command: lookAtEnv({state, layout, target, file, ...(of ? {of} : {})}),
			// Who drives it on has no value: what is written is proved by its digest.
			check: (results: Results) =>
				value === undefined && change.verb === 'set'
					? undefined
					: changeRefusal(parseEnvFound(results[id] ?? ''), plan, value),
		}) as const;
	return {
		id: 'check',
		title: 'Pre-flight checks',
		touches: 'nothing',
		after: [],
		// Read again under the lock: what another run has just written must not be undone.
		actions: [look('look'), takeRunLock(plan, {data: told(plan)}), look('read-env')],
		summary: results => {
			const answer = found(results);
			if (answer.isWritten) return undefined;
			if (of) return `as run ${of.run} has found it`;
			const edit = editOf(answer, change, value ?? '');
			const line = 'line' in edit ? edit.line : undefined;
			return line === undefined ? `${change.key} is added` : `${change.key} is on line ${line}`;
		},
	};
};

const keepOld = (plan: EnvPlan): Step => ({
	id: 'keep-old',
	title: 'Keep the old file',
	touches: 'backups',
	after: ['check'],
	actions: [job('keep', [keepEnv(plan)])],
	summary: results => /^kept (.*)$/m.exec(results['keep'] ?? '')?.[1] ?? 'there was none',
});

const unknownValue = ({record, environment, change: {key}}: EnvPlan): DeployError =>
	stepFailed({
		what: `${key} can't be set by whoever drives run ${record.run} on`,
		why: 'its value was in the memory of the cockpit that began the run, and had not been written beside the old file yet',
		now: '',
		next: `Set it again: cockpit env set ${key} --env ${environment.name} --app ${record.app}`,
	});

const writeNew = (plan: EnvPlan): Step => {
	const {change, value, hash} = plan;
	return {
		id: 'write-new',
		title: 'Write the new file beside it',
		touches: 'candidate',
		after: ['keep-old'],
		actions: [
			{
				kind: 'send',
				id: 'write',
				command: attempt => receiveEnv(plan, {...plan.state, attempt}),
				when: {text: 'this run has not written it already', holds: results => !found(results).isWritten},
				input: results => {
					if (value === undefined && change.verb === 'set') throw unknownValue(plan);
					const answer = found(results);
					const edit = editOf(answer, change, value);
					if (edit.kind === 'gone') return newEnvInput({before: answer.sha256, after: 'none'}, '');
					// The same by now: somebody else has set it meanwhile. It is written once more, as it is.
					const text = edit.kind === 'edited' ? edit.text : (answer.text ?? '');
					return newEnvInput({before: answer.sha256, after: hash(text)}, text);
				},
			},
		],
		summary: () => 'whole, with the owner and mode of the old one',
	};
};

/** From the rename on: one job, so that whatever is stopped or stale in between is started and made anew, whoever watches. */
const putInPlace = (plan: EnvPlan, recipe: EnvRecipe): readonly Step[] => {
	const {target, claim} = plan;
	const {stop = [], swap = command => command, caches = [], start = [], tell = []} = recipe;
	const before = [...target.services.flatMap(testService), noteLogEnds(plan), ...stop];
	const inPlace = [swap(swapEnv(plan, claim)), ...caches];
	return [
		{
			id: 'put-in-place',
			title: caches.length > 0 ? 'Put it in place, rebuild caches' : 'Put it in place',
			touches: 'live',
			after: ['write-new'],
			actions: [
				{
					kind: 'job',
					id: 'swap',
					swap: before.length,
					commands: [...before, ...inPlace, ...start, ...refresh(plan), ...tell],
					spans: [{from: before.length + inPlace.length, step: 'reload-services'}],
				},
			],
			summary: () => plan.file,
		},
		{
			id: 'reload-services',
			title: 'Reload services',
			touches: 'live',
			after: ['put-in-place'],
			actions: [{kind: 'follow', id: 'follow-reload', job: 'swap'}],
			summary: results => serviceWords(plan, results['follow-reload']),
		},
	];
};

const refresh = ({target: {services}}: EnvPlan): readonly Command[] => [
	...services.flatMap(refreshService),
	...(services.length > 0 ? [serviceStates(services)] : []),
];

/** What each service said of itself last. */
const serviceWords = ({target: {services}}: EnvPlan, log = ''): string =>
	services
		.map(({unit}) => log.split('\n').findLast(line => line.startsWith(`${unit} `)) ?? `${unit} unknown`)
		.join(', ');

const healthCheck = (plan: EnvPlan, {healthy = []}: EnvRecipe): Step => {
	const {record, state, target, change} = plan;
	const changed = {
		type: 'env.set',
		actor: record.actor,
		data: {run: record.run, app: record.app, ...told(plan)},
	};
	return {
		id: 'health-check',
		title: 'Health check',
		touches: 'live',
		after: ['reload-services'],
		actions: [
			{kind: 'probe', id: 'health', policy: target.health},
			...healthy,
			closingJob('close', [
				recordEntry(state.directory, changed),
				noteHealthy(plan),
				closeRun(state, 'done', runEntry('set-env.finished', record, told(plan))),
			]),
		],
		summary: results => `${results['health'] ?? ''}${change.verb === 'remove' ? `, without ${change.key}` : ''}`,
	};
};

const goBack = (
	plan: EnvPlan,
	{stop = [], swap = command => command, caches = [], start = [], tell = []}: EnvRecipe,
): GoBack => ({
	job: job('go-back', [...stop, swap(swapEnvBack(plan, plan.claim)), ...caches, ...start, ...refresh(plan), ...tell]),
	health: plan.target.health,
	isDefault: true,
	close: closingJob('close-as-gone-back', [
		closeRun(plan.state, 'failed', runEntry('set-env.failed', plan.record, {...told(plan), wentBack: true})),
	]),
});

/** What became of the file, and what of the one before. */
const swappedWords = ({file, host, kept, of, change: {create}}: EnvPlan): string => {
	if (create) return `${file} on ${host.name} was made. There was none before.`;
	const now = of
		? `${file} on ${host.name} is as run ${of.run} has found it`
		: `${file} on ${host.name} is the new one`;
	return `${now}. The old one is kept: ${kept}.`;
};

const wordsOf = (plan: EnvPlan): SwapWords => {
	const {file, host, change, of, environment} = plan;
	const before = change.create ? 'is gone again, as before' : 'is the one before again';
	return {
		untouched: `${file} on ${host.name} is untouched, and so is the app.`,
		swapped: swappedWords(plan),
		removed: 'What was written beside it was removed, the lock given back.',
		back: `${file} on ${host.name} ${before}`,
		question: `${environment.title} runs with ${of ? 'the file put back' : `the new ${change.key}`}, and it is not healthy. Go back?`,
	};
};

/** `Set MAIL_HOST of backend on Pre-Prod` */
const titleOf = ({change: {key, verb}, of, record: {app}, environment}: EnvPlan): string =>
	of
		? `Put back .env of ${app} on ${environment.title}, as before ${key} of run ${of.run}`
		: `${verb === 'set' ? 'Set' : 'Remove'} ${key} of ${app} on ${environment.title}`;

/**
 * Changes one value of a host's `.env` in six steps. Until the rename live is untouched; behind it the way back is the
 * file that was kept.
 */
export const setEnv = (plan: EnvPlan, recipe: EnvRecipe): Pipeline => {
	const {record, target} = plan;
	const {around = commands => commands} = recipe;
	const closing = (type: 'abandoned' | 'failed'): Command =>
		closeRun(plan.state, type, runEntry(`set-env.${type}`, record, told(plan)), closingUrgency(record));
	return {
		...runFrame(plan),
		title: titleOf(plan),
		steps: [check(plan), keepOld(plan), writeNew(plan), ...putInPlace(plan, recipe), healthCheck(plan, recipe)],
		swapStep: 'put-in-place',
		readLive: readEnvLive(plan),
		liveAfterSwap: envLive(plan),
		abandon: closingJob('abandon', around([tidyEnv(plan), closing('abandoned')])),
		closeAsFailed: closingJob('close-as-failed', around([closing('failed')])),
		goBack: goBack(plan, recipe),
		words: wordsOf(plan),
		watch: target.health,
		wayBack: [
			`cockpit env restore ${record.run} --env ${record.environment} --confirm ${changeWord(plan.environment)}`,
		],
	};
};
