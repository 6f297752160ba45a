import {holdApps, liftHolds, parseHold} from '../../commands/lock/hold.ts';
import {lockHeld} from '../../commands/lock/lock.ts';
import {parseNotOwner} from '../../commands/lock/marker.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, blocked, locked} from '../../domain/errors.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {claimsOn} from '../claim-of.ts';
import type {RunGuard} from '../runs/execute.ts';
import {decideDeploy, requireOpen} from './gate.ts';
import {promotionTo} from './promotion.ts';

/** How long the environment before stays as it is for a run that is never heard of again. */
const leaseMinutes = 120;

const leased = (record: RunRecord, from: Environment, text: string): DeployError => {
	const hold = parseHold(text.replace(/^hold\n/, ''));
	return locked({
		what: `${from.title} ${record.app} can't be kept as it is`,
		why: hold ? `${hold.name} on ${hold.machine} holds it: ${hold.reason}` : text.trim() || 'its host refused',
		now: 'Nothing was changed; the lock is given back.',
		next: 'Ask first, then start again.',
	});
};

/**
 * Holds a deploy to its gates once it has the lock: the environment before is kept as it is until the swap, and every
 * gate is asked again. Source: design, "Gates to production".
 */
export const guardDeploy = (
	services: AppServices,
	{
		record,
		environment,
		environments,
		checklists,
		attempt = 1,
	}: {
		readonly record: RunRecord;
		readonly environment: Environment;
		readonly environments: readonly Environment[];
		readonly checklists: Checklists;
		/** One that drives a run on gives back what the driver before has taken. */
		readonly attempt?: number;
	},
): RunGuard => {
	const promotion = promotionTo(environments, environment);
	const {run, app, actor} = record;
	let hasLease = attempt > 1;
	let releasing: Promise<void> | undefined;

	const keep = async (from: Environment, signal: AbortSignal): Promise<void> => {
		const about = {name: actor.name, machine: actor.machine, reason: `${environment.title} takes this build`, run};
		const command = holdApps(from.stateDirectory, [app], {
			claims: claimsOn(from, [app]),
			owner: run,
			minutes: leaseMinutes,
			about,
			entry: {type: 'environment.leased', actor, data: {app, run, to: environment.name}},
			ledger: {project: from.project, environment: from.name},
		});
		const session = services.sessions.session(primaryHost(from));
		hasLease = true;
		const {code, stdout, stderr} = await session.exec(renderCommand(command), {
			lane: 'run',
			timeoutMs: 30_000,
			signal,
		});
		if (code === 0) return;
		hasLease = false;
		throw leased(record, from, code === lockHeld ? stdout : (parseNotOwner(stderr)?.why ?? stderr));
	};
	const giveBack = async (from: Environment): Promise<void> => {
		const command = liftHolds(from.stateDirectory, [app], {owner: run, entry: undefined});
		try {
			await services.sessions
				.session(primaryHost(from))
				.exec(renderCommand(command), {lane: 'run', timeoutMs: 15_000});
		} catch (error) {
			// It ends by itself: the run must not fail for it.
			if (!(error instanceof DeployError)) throw error;
		}
	};

	return {
		underLock: async signal => {
			if (promotion) await keep(promotion.from, signal);
			const emergency = record.promotion?.emergency;
			const {policy, commit, digest} = record;
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
				emergency,
				acceptPolicy: policy?.accepted ? policy.digest : undefined,
				// What is prepared there is the build of the run, whatever is checked out where it is driven on.
				build: isDrivenOn ? {value: {commit, digest, uncommitted: 0}} : undefined,
			});
			requireOpen(decision, {
				environment,
				app,
				now,
			});
			const found = decision.evidence?.facts.build;
			if (found && 'value' in found && found.value.digest !== digest)
				throw blocked({
					what: `DEPLOYMENT BLOCKED: ${app} to ${environment.name}`,
					why: 'the sources here have changed since the run was prepared',
					now,
					next: 'Start again from what you mean to deploy.',
				});
		},
		release: async () => {
			if (!promotion || !hasLease) return;
			releasing ??= giveBack(promotion.from);
			await releasing;
		},
	};
};
