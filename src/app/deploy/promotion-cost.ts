import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {moment} from '../../domain/format.ts';
import {policyOf} from '../../domain/gates/gates.ts';
import {soakEnd, soakMs} from '../../domain/gates/soak-gate.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import {isMet} from '../../domain/checklist/sign-off.ts';
import {observedOf} from '../../domain/watch/observed.ts';
import {nextSlot} from '../../domain/gates/window.ts';
import {checklistStates} from '../checklist/checklist-states.ts';

/** What a deploy to an environment costs the way on from it. */
export type PromotionCost = {
	/** Title of the environment it goes on to. */
	readonly to: string;
	readonly timeZone: string;
	/** Hours that begin anew. */
	readonly soakHours: number;
	/** Next slot as things are, and after the deploy; epoch milliseconds, undefined when none is in sight. */
	readonly before: number | undefined;
	readonly after: number | undefined;
	/** Items that have to be signed again. */
	readonly voided: number;
};

/**
 * What a deploy of an app to an environment takes back of what has been waited for and signed there. Undefined where
 * nothing goes on from it. Source: design, "Gates to production".
 */
export const promotionCost = (options: {
	readonly environments: readonly Environment[];
	readonly environment: Environment;
	readonly app: AppName;
	readonly checklists: Checklists;
	/** Ledger of the environment. */
	readonly entries: readonly LedgerEntry[];
	/** Epoch milliseconds by its host. */
	readonly now: number;
	/** Of the build that would be deployed. */
	readonly digest: string;
	readonly usualMs: number;
}): PromotionCost | undefined => {
	const {environments, environment, app, checklists, entries, now, digest, usualMs} = options;
	const to = environments.find(({promotedFrom, hosts}) => promotedFrom === environment.name && hosts.length > 0);
	if (!to) return undefined;
	const policy = policyOf(to, environment);
	const live = liveRelease(entries, app);
	const slot = (earliest: number): number | undefined => nextSlot(policy, Math.max(now, earliest), usualMs)?.from;
	const isSame = live?.build?.digest === digest;
	const voided = isSame ? 0 : checklistStates(checklists, environment, entries, app).filter(isMet).length;
	return {
		to: to.title,
		timeZone: to.timeZone,
		soakHours: policy.soakHours,
		before:
			live?.isHealthy === true
				? slot(soakEnd(live, policy, {observed: observedOf(entries, {app, live}), now}))
				: undefined,
		after: slot(now + soakMs(policy)),
		voided,
	};
};

/** `restarts the 24 h soak; the next slot of Production moves from Wed 11 Feb 11:00 IST to Tue 17 Feb 11:00 IST` */
export const costText = ({to, timeZone, soakHours, before, after, voided}: PromotionCost): string => {
	const at = (slot: number | undefined): string => (slot === undefined ? 'none in sight' : moment(slot, timeZone));
	const parts = [
		...(soakHours > 0 ? [`restarts the ${soakHours} h soak`] : []),
		...(voided > 0 ? [`${voided} signed ${voided === 1 ? 'item has' : 'items have'} to be signed again`] : []),
		before === after
			? `the next slot of ${to} stays ${at(after)}`
			: before === undefined
				? `the next slot of ${to} is ${at(after)}`
				: `the next slot of ${to} moves from ${at(before)} to ${at(after)}`,
	];
	return parts.join('; ');
};
