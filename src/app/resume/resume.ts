import type {LockHolder} from '../../commands/lock/lock.ts';
import {askRuns, parseRuns, type OpenRun} from '../../commands/job/run-state.ts';
import type {Actor} from '../../domain/build.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {blocked, usage, type DeployError} from '../../domain/errors.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import {adoptionFrom} from '../deploy/adopt.ts';
import type {AppServices} from '../app-services.ts';
import {deployFrom} from '../deploy/deploy.ts';
import {envChangeFrom} from '../env/set-env.ts';
import {readExpected} from '../env/expected-values.ts';
import {execOn} from '../exec-on.ts';
import {closedText, describeClosed, type ClosedRun} from './closed-run.ts';
import {rollbackFrom} from '../rollback/rollback.ts';
import {targetIn} from '../target-of.ts';

/** A run to drive on, or one that turns out to be over. */
export type Resumable =
	| {
			readonly kind: 'open';
			readonly pipeline: Pipeline;
			readonly attempt: number;
			/** Who drives it by the lock, when that is somebody else or another machine of theirs. */
			readonly takenFrom?: LockHolder;
	  }
	| {
			readonly kind: 'closed';
			readonly closed: ClosedRun;
			/** In words. */
			readonly text: string;
	  };

/** The newest run this machine drove in an environment and did not see the end of. */
export const lastUnfinished = ({runs}: AppServices, {project, name: environment}: Environment): string | undefined =>
	runs.list({project, environment}).findLast(run => {
		const last = runs.end({project, environment, run});
		return last === undefined || last.outcome === 'left';
	});

/**
 * Finds a run by id, or the one that needs going on with, and rebuilds its pipeline from the record on the host: the
 * journal of the machine that started it is not needed. Connects to the primary host of each environment until found.
 * Throws DeployError `usage` when there is nothing to resume, `blocked` when the sources here are other ones.
 */
export const findResumable = async (
	services: AppServices,
	environments: readonly Environment[],
	wanted: string | undefined,
	options: {
		readonly canAsk: boolean;
		readonly all?: readonly Environment[];
		/** Leaves runs of other people alone, where none is named. */
		readonly mine?: boolean;
	},
): Promise<Resumable> => {
	let failure: unknown;
	let over: {readonly environment: Environment; readonly run: string; readonly outcome: string} | undefined;
	for (const environment of environments.filter(({hosts}) => hosts.length > 0)) {
		const local = wanted ?? lastUnfinished(services, environment);
		const isKnownHere =
			wanted !== undefined &&
			services.runs.list({project: environment.project, environment: environment.name}).includes(wanted);
		try {
			const {open, closed} = await ask(services, environment, local);
			const outcome = local === undefined ? undefined : closed.get(local);
			const candidates = options.mine ? await minesOf(services, environment, open) : open;
			const found =
				open.find(({record}) => record.run === local) ?? (isAny(wanted, outcome) ? candidates[0] : undefined);
			if (found) {
				const pipeline = await rebuild(services, environment, found, {
					canAsk: options.canAsk,
					environments: options.all ?? environments,
				});
				return {
					kind: 'open',
					pipeline,
					attempt: found.holder.attempt + 1,
					...(isHeldBy(found.holder, pipeline.record.actor) ? {} : {takenFrom: found.holder}),
				};
			}
			if (local !== undefined && outcome !== undefined) over ??= {environment, run: local, outcome};
		} catch (error) {
			if (isKnownHere || environments.length === 1) throw error;
			failure ??= error;
		}
	}
	if (over) {
		const closed = await describeClosed(services, over.environment, over);
		return {kind: 'closed', closed, text: closedText(closed, over.environment)};
	}
	if (failure !== undefined) throw failure;
	throw usage({
		what: wanted === undefined ? 'There is no run to resume' : `There is no run ${wanted} to resume`,
		why: `no lock is held for ${options.mine ? 'one of yours' : 'it'} in ${environments.map(({name}) => name).join(', ')}`,
		next: 'cockpit status shows what runs where.',
	});
};

/**
 * Runs that were begun with the SSH key in use here and that nobody else has taken over since, or that are driven under
 * the name in use here: those of a CI whose runner was lost, whichever machine it was.
 */
const minesOf = async (
	services: AppServices,
	environment: Environment,
	open: readonly OpenRun[],
): Promise<readonly OpenRun[]> => {
	const {name, key} = await services.actorFor(primaryHost(environment));
	return open.filter(
		({holder, record: {actor}}) =>
			holder.name === name || (key !== undefined && actor.key === key && actor.name === holder.name),
	);
};

const isHeldBy = (holder: LockHolder, actor: Actor): boolean =>
	holder.name === actor.name && holder.machine === actor.machine;

/** Whoever asks for no run by name and had none of their own goes on with the one that holds the lock. */
const isAny = (wanted: string | undefined, outcome: string | undefined): boolean =>
	wanted === undefined && outcome === undefined;

const ask = async (services: AppServices, environment: Environment, run: string | undefined) => {
	const command = askRuns(environment.stateDirectory, run === undefined ? [] : [run]);
	const {stdout} = await execOn(services, environment, command);
	return parseRuns(stdout);
};

/** From here on the one who resumes is the one who acts: in the lock, the ledger and the backups. */
const rebuild = async (
	services: AppServices,
	environment: Environment,
	open: OpenRun,
	options: {readonly canAsk: boolean; readonly environments: readonly Environment[]},
): Promise<Pipeline> => {
	const target = targetIn(environment, open.record.app);
	const record = {...open.record, actor: await services.actorFor(primaryHost(environment))};
	if (record.kind === 'rollback') return rollbackFrom(record, environment);
	if (record.kind === 'set-env') return envChangeFrom(record, environment);
	if (record.kind !== 'deploy') return adoptionFrom(services, environment, record, target.source);
	const source = await services.source.read({
		directory: target.source,
		commit: record.commit,
		excludes: notFromSource(target),
	});
	if (source.digest !== record.digest) throw otherSources(record, target.source);
	const expected = await readExpected(services, {environment, app: record.app, commit: record.commit});
	return deployFrom({record, environment, source, uncommitted: [], expected, ...options}).pipeline;
};

const otherSources = ({run, commit}: RunRecord, directory: string): DeployError =>
	blocked({
		what: `Run ${run} can't be resumed from here`,
		why: `${directory} at ${commit.slice(0, 7)} is not the source the run was started with`,
		now: 'Nothing was changed by this attempt.',
		next: 'Use the environment file the run was started with: excludes and shared paths are part of it.',
	});
