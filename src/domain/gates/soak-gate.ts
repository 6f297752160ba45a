import type {LiveRelease} from '../releases/live-releases.ts';
import {ledgerFault, skewOf, valueOf, type GateFacts} from './facts.ts';
import {verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';

const is = verdictsOf('soak');

const hourMs = 3_600_000;

export const soakMs = ({soakHours}: Pick<GatePolicy, 'soakHours'>): number => soakHours * hourMs;

/**
 * Epoch milliseconds, by the host it soaks on, at which a build has soaked. It starts with the healthy end of the last
 * deploy of the app there: see `liveRelease`.
 */
export const soakEnd = ({since}: LiveRelease, policy: GatePolicy): number => since + soakMs(policy);

/** `45 min`, `23 h`, `23 h 15 min`: it stands beside a limit in whole hours. */
const lasted = (ms: number): string => {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	return minutes < 60
		? `${minutes} min`
		: `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
};

/** Whether the build was live, healthy and unchanged on the environment before for as long as it has to be. */
export const soakGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const {from} = facts;
	const broken = ledgerFault(facts);
	const health = valueOf(from.health);
	if (health?.isGood === false) return is.failed(`${from.title} is not healthy: ${health.text}`, 'put it right');
	if (broken !== undefined) return is.unknown(broken);
	if (valueOf(from.live)?.isHealthy === false)
		return is.failed(`its deploy to ${from.title} did not end healthy`, `deploy it to ${from.title} again`);
	const skew = skewOf(facts);
	if (skew !== undefined) return is.unclear(skew, 'set the clocks');
	if ('unknown' in from.live) return is.unknown(from.live.unknown);
	if ('unknown' in from.now) return is.unknown(from.now.unknown);
	if ('unknown' in facts.to.now) return is.unknown(facts.to.now.unknown);
	if ('unknown' in from.health) return is.unknown(from.health.unknown);
	const live = from.live.value;
	const end = soakEnd(live, policy);
	const now = from.now.value;
	if (live.since > now) return is.unclear(`deployed to ${from.title} in the future by its clock`, 'set its clock');
	const soaked = `${lasted(now - live.since)} of ${policy.soakHours} h on ${from.title}`;
	return now >= end ? is.met(soaked) : is.waiting(soaked, 'wait, and deploy nothing else there', end);
};
