import {understand} from '../../commands/answers.ts';
import {isDead, type LockHolder} from '../../commands/lock/lock.ts';
import {askBetween, parseBetween} from '../../commands/rollback/between-releases.ts';
import {lookBack, parseWaysBack, type WaysBack} from '../../commands/rollback/ways-back.ts';
import type {Command} from '../../domain/command.ts';
import {parseBackupName} from '../../domain/backups/backup.ts';
import {
	addressOf,
	primaryHost,
	type AppName,
	type Environment,
	type Tier,
} from '../../domain/environments/environment.ts';
import {stepFailed} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import type {Refusal, RollbackTarget} from '../../domain/runs/pipeline.ts';
import {checkWaysBack} from '../../recipes/rollback/look-back.ts';
import {checkRights, rightsOf} from '../../recipes/rollback/rights.ts';
import {planRollback, type RollbackPlan} from '../../recipes/rollback/plan.ts';
import {databaseSnapshotsSince, type DatabaseSnapshot} from '../../domain/backups/database-snapshot.ts';
import {toldSteps} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {leftMigrations, type LeftMigrations} from '../migrations/left-migrations.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {planLines, type PlanLine} from '../runs/plan-lines.ts';
import {prepareRollback, type RollbackOptions} from './rollback.ts';
import {usualDurations, type UsualDurations} from '../runs/usual-durations.ts';

/** What a rollback will do, before it does anything. Read at `readAt`, epoch milliseconds of this machine. */
export type RollbackReview = {
	readonly readAt: number;
	/** Epoch milliseconds by the host's clock, at `readAt`. */
	readonly time: number;
	readonly app: AppName;
	readonly environment: string;
	readonly tier: Tier;
	readonly timeZone: string;
	/** `Roll back backend on Production to backend_20260203_113512` */
	readonly title: string;
	/** `ubuntu@10.0.0.7`, the primary host. */
	readonly address: string;
	/** `since`: server time, ISO 8601 UTC. */
	readonly from: {
		readonly release?: string;
		readonly commit?: string;
		readonly since?: string;
		readonly by?: string;
	};
	readonly to: {
		readonly kind: RollbackTarget['kind'];
		readonly name: string;
		readonly release?: string;
		readonly commit?: string;
		readonly sizeBytes?: number | undefined;
		/** Local time of the environment, `20260203_113512`. */
		readonly stamp?: string | undefined;
		/** Whether it was gone back from once. */
		readonly hasFailed?: true;
	};
	readonly steps: ReturnType<typeof toldSteps>;
	/** They stay in the database; undefined when that could not be found out. */
	readonly migrationsSince: readonly string[] | undefined;
	/**
	 * Made before the migrations of runs since what is gone back to became live, also of those that went back: oldest first.
	 * Restoring one is nobody's but the team's.
	 */
	readonly databaseSnapshots?: readonly DatabaseSnapshot[];
	/** What they did, and how they could be taken back by hand; absent where none is known. */
	readonly migrations?: LeftMigrations;
	readonly usual: UsualDurations;
	readonly expected: {readonly durationMs: number | undefined; readonly downtimeMs: number | undefined};
	/** The run that keeps the lock and of which nothing is alive: it is ended first. `since`: server time, ISO 8601 UTC. */
	readonly takesOver?: {
		readonly run: string;
		readonly name: string;
		readonly machine: string;
		readonly since: string;
	};
	readonly refusal: Refusal | undefined;
	readonly plan: readonly PlanLine[];
};

/**
 * Asks the host what a rollback would do. Changes nothing. Throws DeployError as `prepareRollback` and as the session
 * do; what else can't be found out is left out, since it must not keep anybody from going back.
 */
export const reviewRollback = async (services: AppServices, options: RollbackOptions): Promise<RollbackReview> => {
	const {environment, app} = options;
	const pipeline = await prepareRollback(services, {...options, isDraft: true});
	const plan = planRollback({record: pipeline.record, environment});
	const {goal, host} = plan;
	const ways = await askWaysBack(services, environment, plan);
	const release = goal.kind === 'snapshot' ? (goal.release === 'previous' ? ways.previous : goal.release) : undefined;
	const {between, migrations} = await askDifference(services, environment, plan, {release, live: ways.live});
	const {project, name} = environment;
	const usual = usualDurations(services.runs, {project, environment: name, kind: 'rollback', app, goal: goal.kind});
	const {at: since, ...live} = between.live;
	const {commit} = between.target;
	const databaseSnapshots = databaseSnapshotsSince(
		ways.notes.filter(({file}) => parseBackupName(file)?.app === app),
		goal.kind === 'backup' ? {file: `${goal.name}.tar.gz`} : {release},
	);
	return {
		readAt: services.clock.now(),
		time: ways.time * 1000,
		app,
		environment: name,
		tier: environment.tier,
		timeZone: environment.timeZone,
		title: pipeline.title,
		address: addressOf(host),
		from: {
			...live,
			...(since === undefined ? {} : {since}),
			...(ways.live === undefined ? {} : {release: ways.live}),
		},
		to: {
			...targetOf(goal, ways),
			...(release === undefined ? {} : {release}),
			...(commit === undefined ? {} : {commit}),
			...(release !== undefined && ways.failed.includes(release) ? {hasFailed: true} : {}),
		},
		steps: toldSteps(pipeline),
		migrationsSince: between.migrationsSince,
		...(databaseSnapshots.length > 0 ? {databaseSnapshots} : {}),
		...(migrations ? {migrations} : {}),
		usual,
		expected: {durationMs: usual.totalMs, downtimeMs: usual.downtimeMs},
		...(ways.lock && isDead(ways.lock) ? {takesOver: takenOverIn(ways.lock)} : {}),
		refusal: checkWaysBack(plan, ways) ?? checkRights(plan, ways),
		plan: planLines(pipeline),
	};
};

const takenOverIn = ({run, name, machine, since}: LockHolder): NonNullable<RollbackReview['takesOver']> => ({
	run,
	name,
	machine,
	since,
});

/** What is said of it before the word. */
export const takesOverText = ({
	takesOver,
	timeZone,
}: Pick<RollbackReview, 'takesOver' | 'timeZone'>): string | undefined =>
	takesOver &&
	`run ${takesOver.run} of ${takesOver.name} on ${takesOver.machine}, since ${moment(Date.parse(takesOver.since), timeZone)}: nothing of it is alive, and it is ended first`;

const targetOf = (
	goal: RollbackTarget,
	{backups, notes}: WaysBack,
): Pick<RollbackReview['to'], 'kind' | 'name' | 'release' | 'commit' | 'sizeBytes' | 'stamp'> => {
	const {kind} = goal;
	if (kind === 'snapshot') return {kind, name: 'snapshot beside live'};
	const {name} = goal;
	const sizeBytes = backups.find(({file}) => file === `${name}.tar.gz`)?.sizeBytes;
	const {release = '', commit = ''} = notes.find(({file}) => file === `${name}.tar.gz`) ?? {};
	return {
		kind,
		name,
		...(release === '' ? {} : {release}),
		...(commit === '' ? {} : {commit}),
		sizeBytes,
		stamp: parseBackupName(name)?.stamp,
	};
};

const askWaysBack = async (services: AppServices, environment: Environment, plan: RollbackPlan): Promise<WaysBack> => {
	const backups = environment.backups.directory;
	const {record, layout, state} = plan;
	const {app} = record;
	const command = lookBack({stateDirectory: state.directory, app, layout, backups, rights: rightsOf(plan)});
	return cleanText(await ask(services, environment, command, parseWaysBack));
};

/** What lies between live and what is gone back to. */
const askDifference = async (
	services: AppServices,
	environment: Environment,
	plan: RollbackPlan,
	{release = '', live}: {readonly release: string | undefined; readonly live: string | undefined},
) => {
	const {state, layout, archive, target} = plan;
	const php = target.recipe === 'laravel' ? target.php : '';
	const command = askBetween(state, {layout, release, archive, owner: target.owner, php});
	const between = await ask(services, environment, command, parseBetween);
	const migrations =
		target.recipe === 'laravel' ? await leftMigrations(services, plan, {between, target, live}) : undefined;
	const {live: from, target: to, migrationsSince} = between;
	return {between: cleanText({live: from, target: to, migrationsSince}), migrations};
};

const ask = async <Value>(
	services: AppServices,
	environment: Environment,
	command: Command,
	read: (stdout: string) => Value,
): Promise<Value> => {
	const options = {lane: 'poll', timeoutMs: 60_000} as const;
	const answer = await execOn(services, environment, command, options);
	const {code, stderr} = answer;
	if (code === 0) return understand(primaryHost(environment).name, answer, read);
	throw stepFailed({
		what: `${primaryHost(environment).name} could not be asked`,
		why: stderr.trim() || `exit ${code}`,
		now: 'Nothing was changed.',
		next: 'Look at the host, then ask again. Rolling back does not wait for this answer.',
	});
};
