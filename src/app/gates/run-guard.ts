import {holdApps, liftHolds, parseHold} from '../../commands/lock/hold/hold.ts';
import {lockHeld} from '../../commands/lock/lock.ts';
import {parseNotOwner} from '../../commands/lock/marker/marker.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, blocked, locked} from '../../domain/errors.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {claimsOn} from '../claim-of.ts';
import {headRecord} from '../ledger/leave-head.ts';
import type {RunGuard} from '../runs/execute.ts';
import {decideDeploy, requireOpen} from './gate.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';

/** How long the environment before stays as it is for a run that is never heard of again. */
const leaseMinutes = 120;

const refusedBy = (from: Environment, app: AppName, text: string): DeployError => {
	const hold = parseHold(text.replace(/^hold\n/, ''));
	return locked({
		what: `${from.title} ${app} can't be kept as it is`,
		why: hold ? `${hold.name} on ${hold.machine} holds it: ${hold.reason}` : text.trim() || 'its host refused',
		now: 'Nothing was changed; the lock is given back.',
		next: 'Ask first, then start again.',
	});
};

type GuardOptions = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	/** One that drives a run on gives back what the driver before has taken. */
	readonly attempt?: number;
};

/**
 * Holds a deploy to its gates once it has the lock: the environment before is kept as it is until the swap, and every
 * gate is asked again. Source: design, "Gates to production".
 */
export const guardDeploy = (services: AppServices, options: GuardOptions): RunGuard => {
	const promotion = promotionTo(options.environments, options.environment);
	const lease = promotion && createLease(services, options, promotion.from);
	return {
		underLock: async signal => {
			await lease?.take(signal);
			await decideAgain(services, options, signal);
		},
		release: async () => lease?.giveBack(),
	};
};

/** What holds a run to its gates, for whoever drives it; undefined of what is not gated. */
export const guardFor = (
	services: AppServices,
	{record, environment}: Pick<Pipeline, 'record' | 'environment'>,
	more: Pick<GuardOptions, 'environments' | 'checklists' | 'attempt'>,
): RunGuard | undefined =>
	record.kind === 'deploy' ? guardDeploy(services, {record, environment, ...more}) : undefined;

/** Keeps the app of the environment before as it is for a run. */
const createLease = (
	{sessions, ledgers}: Pick<AppServices, 'sessions' | 'ledgers'>,
	{record: {run, app, actor}, environment, attempt = 1}: GuardOptions,
	from: Environment,
) => {
	const session = sessions.session(primaryHost(from));
	let isTaken = attempt > 1;
	let releasing: Promise<void> | undefined;
	const lift = async (): Promise<void> => {
		const command = liftHolds(from.stateDirectory, [app], {owner: run, entry: undefined});
		try {
			await session.exec(renderCommand(command), {lane: 'run', timeoutMs: 15_000});
		} catch (error) {
			// It ends by itself: the run must not fail for it.
			if (!(error instanceof DeployError)) throw error;
		}
	};
	return {
		/** Throws DeployError `locked`. */
		take: async (signal: AbortSignal): Promise<void> => {
			const {name, machine} = actor;
			const head = headRecord(environment, ledgers.remembered(environment));
			const command = holdApps(from.stateDirectory, [app], {
				claims: claimsOn(from, [app]),
				owner: run,
				minutes: leaseMinutes,
				about: {name, machine, reason: `${environment.title} takes this build`, run},
				entry: {
					type: 'environment.leased',
					actor,
					data: {
						app,
						run,
						to: environment.name,
						// So that a ledger here that is lost or begun behind everybody's back is noticed.
						...(head ? {witness: head} : {}),
					},
				},
				ledger: {project: from.project, environment: from.name},
			});
			// Where the answer never comes it may have been taken.
			isTaken = true;
			const line = renderCommand(command);
			const {code, stdout, stderr} = await session.exec(line, {lane: 'run', timeoutMs: 30_000, signal});
			if (code === 0) return;
			isTaken = false;
			throw refusedBy(from, app, code === lockHeld ? stdout : (parseNotOwner(stderr)?.why ?? stderr));
		},
		giveBack: async (): Promise<void> => {
			if (isTaken) await (releasing ??= lift());
		},
	};
};

/** Throws DeployError `blocked` or `locked` where a gate has closed since the run was prepared. */
const decideAgain = async (
	services: AppServices,
	{record, environment, environments, checklists, attempt = 1}: GuardOptions,
	signal: AbortSignal,
): Promise<void> => {
	const {run, app, policy, promotion, commit, digest} = record;
	const isDrivenOn = attempt > 1;
	const now = isDrivenOn
		? `Live of ${environment.title} is untouched; what was prepared is removed, the lock is given back.`
		: `Nothing was changed on ${environment.title}; the lock is given back.`;
	const decision = await decideDeploy(services, {
		environments,
		environment,
		app,
		checklists,
		run,
		lane: 'run',
		signal,
		emergency: promotion?.emergency,
		acceptPolicy: policy?.accepted ? policy.digest : undefined,
		// What is prepared there is the build of the run, whatever is checked out where it is driven on.
		build: isDrivenOn ? {value: {commit, digest, uncommitted: 0}} : undefined,
	});
	requireOpen(decision, {environment, app, now});
	const build = decision.evidence?.facts.build;
	if (build && 'value' in build && build.value.digest !== digest)
		throw blocked({
			what: `DEPLOYMENT BLOCKED: ${app} to ${environment.name}`,
			why: 'the sources here have changed since the run was prepared',
			now,
			next: 'Start again from what you mean to deploy.',
		});
};
