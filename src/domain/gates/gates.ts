import type {AppName} from '../environments/environment.ts';
import {approvalsGate} from './approvals-gate.ts';
import {checklistGate} from './checklist-gate.ts';
import {doubtOf, skewOf, valueOf, type GateFacts} from './facts.ts';
import type {Gate} from './gate.ts';
import {identityGate, wrongLive} from './identity-gate.ts';
import {holdEnd, lockGate} from './lock-gate.ts';
import {policyGate} from './policy-gate.ts';
import {probesGate} from './probes-gate.ts';
import {soakEnd, soakGate, soakMs} from './soak-gate.ts';
import type {GatePolicy} from './terms.ts';
import {windowGate, windowOf} from './window-gate.ts';
import {nextSlot, type Calendar} from './window.ts';

// The door of this folder: one gate is one file, and outside nobody needs to know which.
export {
	ledgerFault,
	seenText,
	type GateFacts,
	type Known,
	type LockFacts,
	type PolicyFacts,
	type ProbeResult,
} from './facts.ts';
export type {Gate, GateName, GateState} from './gate.ts';
export {policyOf, type GatePolicy} from './terms.ts';

/** `GO`: every gate is met. `HOLD`: something is missing, waiting or not known. `NO-GO`: something failed. */
export type Verdict = 'GO' | 'HOLD' | 'NO-GO';

/** All gates, in order, and what follows from them. */
export type GateReport = {
	readonly app: AppName;
	readonly gates: readonly Gate[];
	readonly verdict: Verdict;
	/**
	 * Epoch milliseconds of the first moment at which all that waits for time has come, with what a person has to do
	 * done: soak end, end of a hold, window, holidays, and room for the usual duration. Undefined when none is in sight
	 * or not known.
	 */
	readonly nextSlot: number | undefined;
	/** Why no time of it is sure, for people; absent: the clocks agree. */
	readonly clock?: string;
	readonly policy: GatePolicy;
};

const verdictOf = (gates: readonly Gate[]): Verdict => {
	if (gates.some(({state}) => state === 'failed')) return 'NO-GO';
	return gates.every(({state}) => state === 'met') ? 'GO' : 'HOLD';
};

/** A time by a clock that can't be right is none. */
const withoutTime = (gate: Gate): Gate => {
	const {at, ...rest} = gate;
	return at === undefined ? gate : rest;
};

const clockOf = (clock: string | undefined): {readonly clock?: string} => (clock === undefined ? {} : {clock});

/** A slot as it is told: never as sure where a clock is in doubt. `sure`: how one is told that is. */
export const slotText = (
	{nextSlot: slot, clock}: Pick<GateReport, 'nextSlot' | 'clock'>,
	sure: (at: number) => string,
): string => {
	if (slot === undefined) return clock === undefined ? 'none in sight' : `not known: ${clock}`;
	return clock === undefined ? sure(slot) : `${sure(slot)}, not sure: ${clock}`;
};

/** When it could go: of a build that has to be deployed again, that much later. */
const slotFor = (facts: GateFacts, policy: GatePolicy): number | undefined => {
	const {from, to, build, usualMs} = facts;
	if ('unknown' in to.now || skewOf(facts) !== undefined) return undefined;
	const now = to.now.value;
	const live = valueOf(from.live);
	const isThis = live?.build !== undefined && live.build.digest === valueOf(build)?.digest && live.isHealthy;
	const soaked =
		isThis && !wrongLive(facts)
			? soakEnd(live, policy, {observed: from.observed, now: valueOf(from.now) ?? now})
			: now + soakMs(policy);
	return nextSlot(policy, Math.max(now, soaked, holdEnd(facts)), usualMs)?.from;
};

/**
 * Whether a build may go on to the next environment, and why not. Pure: every fact and both clocks come in. What is
 * not known is closed. Source: design, "Gates to production"; workflow, "Workflow Enforcement".
 */
export const decide = (facts: GateFacts, policy: GatePolicy): GateReport => {
	const gates = [
		...policyGate(facts),
		identityGate(facts),
		checklistGate(facts, policy),
		probesGate(facts),
		soakGate(facts, policy),
		windowGate(facts, policy),
		approvalsGate(facts, policy),
		lockGate(facts),
	];
	const skew = skewOf(facts);
	return {
		app: facts.app,
		gates: skew === undefined ? gates : gates.map(withoutTime),
		verdict: verdictOf(gates),
		nextSlot: slotFor(facts, policy),
		...clockOf(skew ?? doubtOf(facts.to)),
		policy,
	};
};

/**
 * Whether a deploy may start on an environment that nothing is promoted to from another host: its window and its lock.
 * Source: workflow, "Deployment Schedule"; design, "Gates to production".
 */
export const decideStart = (
	facts: Pick<GateFacts, 'app' | 'to' | 'usualMs' | 'policy'>,
	policy: Calendar,
): GateReport => {
	const terms: GatePolicy = {...policy, soakHours: 0, approvals: 0};
	const {to, usualMs} = facts;
	const gates = [...policyGate(facts), windowOf(to, policy, usualMs), lockGate(facts)];
	const now = 'unknown' in to.now || to.clockFault !== undefined ? undefined : to.now.value;
	return {
		app: facts.app,
		gates,
		verdict: verdictOf(gates),
		nextSlot: now === undefined ? undefined : nextSlot(policy, Math.max(now, holdEnd({to})), usualMs)?.from,
		...clockOf(to.clockFault ?? doubtOf(to)),
		policy: terms,
	};
};

/** Digest of the policy that would have to be accepted, when nothing else holds it up. */
export const acceptable = ({gates}: Pick<GateReport, 'gates'>): string | undefined => {
	const [closed, ...more] = gates.filter(({state}) => state !== 'met');
	return more.length === 0 ? closed?.accept : undefined;
};

/** Whether nothing holds it up. */
export const isOpen = ({verdict}: Pick<GateReport, 'verdict'>): boolean => verdict === 'GO';
