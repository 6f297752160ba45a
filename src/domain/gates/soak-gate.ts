import type {LiveRelease} from '../releases/live-releases.ts';
import {clockTime, lasted} from '../format.ts';
import {usualSoak} from '../environments/watched.ts';
import {everMs, within, without, type SeenHealth} from '../watch/observed.ts';
import {ledgerFault, skewOf, valueOf, type GateFacts} from './facts.ts';
import {verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';

const is = verdictsOf('soak');

const hourMs = 3_600_000;

export const soakMs = ({soakHours}: Pick<GatePolicy, 'soakHours'>): number => soakHours * hourMs;

/** What was seen of a build since it is live, and the host's clock. */
type Seen = {readonly observed: SeenHealth | undefined; readonly now: number};

/** How far a build has soaked. Times: epoch milliseconds by the host it soaks on. */
type Soak = {
	/** Where it begins: the healthy end of the deploy, or that of the last unhealthy stretch that restarts it. */
	readonly from: number;
	/** How long the stretch was; absent: nothing restarted it. */
	readonly unhealthyMs?: number;
	/** The changed value that restarted it last, where one did. */
	readonly envChange?: NonNullable<LiveRelease['envChange']>;
	readonly countedMs: number;
	/** When it is over at the earliest. */
	readonly end: number;
};

const nothing: SeenHealth = {seen: [], unhealthy: []};

const soakOf = ({since, envChange}: LiveRelease, policy: GatePolicy, {observed = nothing, now}: Seen): Soak => {
	const {samples, unhealthyMs, envChange: onChange} = policy.soak ?? usualSoak;
	const restart = observed.unhealthy.findLast(
		({from, until}) => until - from >= (unhealthyMs ?? Number.POSITIVE_INFINITY),
	);
	const changed = onChange === 'keep' || !envChange || envChange.at <= since ? undefined : envChange;
	const from = Math.max(since, restart?.until ?? since, changed?.at ?? since);
	// Of the two the later one is told.
	const restarted =
		changed?.at === from ? {envChange: changed} : restart && {unhealthyMs: restart.until - restart.from};
	if (samples === 'optional') return {from, ...restarted, countedMs: now - from, end: from + soakMs(policy)};
	const countedMs = everMs(without(within(observed.seen, {from, until: now}), observed.unhealthy));
	return {from, ...restarted, countedMs, end: now + Math.max(0, soakMs(policy) - countedMs)};
};

/**
 * Epoch milliseconds, by the host it soaks on, at which a build has soaked at the earliest. It starts with the healthy
 * end of the last deploy of the app there: see `liveRelease`.
 */
export const soakEnd = (live: LiveRelease, policy: GatePolicy, seen: Seen): number => soakOf(live, policy, seen).end;

/** `23 h 10 min of 24 h seen healthy on Pre-Prod; 50 min not watched` */
const soakText = (
	{from, countedMs, unhealthyMs, envChange}: Soak,
	{from: {title, observed = nothing}}: GateFacts,
	{policy, now}: {readonly policy: GatePolicy; readonly now: number},
): string => {
	const isWatched = policy.soak?.samples === 'required';
	const counted = `${lasted(countedMs)} of ${policy.soakHours} h ${isWatched ? 'seen healthy ' : ''}on ${title}`;
	const unseenMs = now - from - everMs(within(observed.seen, {from, until: now}));
	return [
		counted,
		...(isWatched && unseenMs >= 60_000 ? [`${lasted(unseenMs)} not watched`] : []),
		...(unhealthyMs === undefined ? [] : [`restarted: not healthy for ${lasted(unhealthyMs)}`]),
		...(envChange
			? [
					`soak restarted at ${clockTime(envChange.at, policy.timeZone)} by env.set ${envChange.key}, ${envChange.by}`,
				]
			: []),
	].join('; ');
};

/** Whether the build was live, healthy and unchanged on the environment before for as long as it has to be. */
export const soakGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const {from} = facts;
	const broken = ledgerFault(facts);
	const health = valueOf(from.health);
	if (health?.isGood === false) return is.failed(`${from.title} is not healthy: ${health.text}`, 'put it right');
	if (broken !== undefined) return is.unknown(broken);
	const known = valueOf(from.live);
	if (known?.isHealthy === false && known.envChange)
		return is.failed(`setting ${known.envChange.key} on ${from.title} did not end healthy`, 'set it right');
	if (known?.isHealthy === false)
		return is.failed(`its deploy to ${from.title} did not end healthy`, `deploy it to ${from.title} again`);
	const skew = skewOf(facts);
	if (skew !== undefined) return is.unclear(skew, 'set the clocks');
	if ('unknown' in from.live) return is.unknown(from.live.unknown);
	if ('unknown' in from.now) return is.unknown(from.now.unknown);
	if ('unknown' in facts.to.now) return is.unknown(facts.to.now.unknown);
	if ('unknown' in from.health) return is.unknown(from.health.unknown);
	const live = from.live.value;
	const now = from.now.value;
	if (live.since > now) return is.unclear(`deployed to ${from.title} in the future by its clock`, 'set its clock');
	const soak = soakOf(live, policy, {observed: from.observed, now});
	const text = soakText(soak, facts, {policy, now});
	if (soak.countedMs >= soakMs(policy)) return is.met(text);
	const isWatched = policy.soak?.samples === 'required';
	return is.waiting(text, `${isWatched ? 'keep it watched' : 'wait'}, and deploy nothing else there`, soak.end);
};
