import type {Command} from '../../domain/command.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import describeHolder from '../lock/describe-holder.sh';
import {parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {HostState} from '../host-state.ts';
import {asObject, cutAnswer, objectIn, timeTextIn} from '../answers.ts';
import {program} from '../shell.ts';
import describeOpenRunText from './describe-open-run.sh';
import askRunsText from './ask-runs.sh';
import askStarted from './ask-begun.sh';

export const describeOpenRun = [describeHolder, describeOpenRunText].join('\n');

/** Asks a host which runs hold locks, with their records, and how the named runs were closed. Changes nothing. */
export const askRuns = (stateDirectory: string, runs: readonly string[]): Command =>
	program('ask for runs', [describeOpenRun, askRunsText], [stateDirectory, ...runs]);

/** Asks which of these jobs of a run have begun. Prints a name each. Changes nothing. */
export const askBegun = ({directory, run}: HostState, jobs: readonly string[]): Command =>
	program('ask what has begun', askStarted, [directory, run, ...jobs]);

export type OpenRun = {readonly app: string; readonly holder: LockHolder; readonly record: RunRecord};

const kinds: ReadonlySet<unknown> = new Set<RunRecord['kind']>([
	'deploy',
	'rollback',
	'adopt',
	'adopt-undo',
	'set-env',
]);

/**
 * A record as `takeLock` wrote it; undefined for one of a later version or a line that was torn. Throws as `cutAnswer` for one
 * that nobody writes: the lock is held, and by what is not known.
 */
const recordIn = (json: string): RunRecord | undefined => {
	const record = objectIn(json);
	if (record?.['version'] !== 1) return undefined;
	const {kind, app, startedAt, actor, target, env, policy, promotion, run, environment, commit, digest} = record;
	const {name, machine} = asObject(actor) ?? {};
	const isOr = (value: unknown, holds: boolean): boolean => value === undefined || holds;
	const isOurs =
		isOr(kind, kinds.has(kind)) &&
		isOr(app, app === 'backend' || app === 'frontend') &&
		isOr(startedAt, timeTextIn(startedAt) !== '') &&
		[run, environment, commit, digest, name, machine].every(text => isOr(text, typeof text === 'string')) &&
		[actor, target, env, policy, promotion].every(part => isOr(part, asObject(part) !== undefined));
	if (!isOurs) throw cutAnswer('the run that holds the lock', json, 'its record is none of ours');
	return record as unknown as RunRecord;
};

/** Reads what `askRuns` printed. Records that can't be read are left out. */
export const parseRuns = (
	text: string,
): {readonly open: readonly OpenRun[]; readonly closed: ReadonlyMap<string, string>} => {
	const open = [...text.matchAll(/^lock (\S+)\n([\s\S]*?)^end\nrecord (.*)$/gm)].flatMap(
		([, app = '', lock = '', json = '']) => {
			const holder = parseLockHolder(lock.trimEnd());
			const record = recordIn(json);
			return holder && record ? [{app, holder, record}] : [];
		},
	);
	const closed = new Map(
		[...text.matchAll(/^closed (\S+) (\S+)$/gm)].map(([, run = '', outcome = '']) => [run, outcome]),
	);
	return {open, closed};
};
