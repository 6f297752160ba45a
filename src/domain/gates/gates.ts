import {Temporal} from 'temporal-polyfill';
import type {AppName, EmergencyProfile, Environment, Tier} from '../environments/environment.ts';
import type {LiveRelease} from '../releases/live-releases.ts';
import {digestWord} from './policy.ts';
import {countItems, type ItemState} from '../checklist/sign-off.ts';
import {nextSlot, windowAt, type Calendar} from './window.ts';

/** The conditions of a promotion. Source: design, "Gates to production". */
export type GateName = 'policy' | 'identity' | 'checklist' | 'probes' | 'soak' | 'window' | 'approvals' | 'lock';

/** `met`: open. `failed`: something is wrong. `open`: a person has to do something. `waiting`: for time. `unknown`: closed. */
export type GateState = 'met' | 'failed' | 'open' | 'waiting' | 'unknown';

export type Gate = {
	readonly gate: GateName;
	readonly state: GateState;
	/** What is so, for people. */
	readonly text: string;
	/** What would open it; absent when it is met. */
	readonly clears?: string;
	/** Epoch milliseconds at which it opens by itself, as far as that is known. */
	readonly at?: number;
	/** The run that holds the lock. */
	readonly run?: string;
	/** Digest of the policy that a person may accept, by typing its beginning. */
	readonly accept?: string;
};

/** `GO`: every gate is met. `HOLD`: something is missing, waiting or not known. `NO-GO`: something failed. */
export type Verdict = 'GO' | 'HOLD' | 'NO-GO';

/** What a probe found out when it was run for this decision. */
export type ProbeResult = {
	readonly item: string;
	readonly title: string;
	readonly outcome: 'passed' | 'failed' | 'unclear';
	/** What it saw, beside its limit. */
	readonly text: string;
};

/** Whoever holds a lock. */
export type LockFacts =
	| {readonly state: 'free'}
	| {readonly state: 'mine'}
	| {
			readonly state: 'held';
			readonly text: string;
			readonly clears: string;
			readonly at?: number;
			readonly run?: string;
	  };

/** Something that is known, or why it is not. */
export type Known<Value> = {readonly value: Value} | {readonly unknown: string};

/** The policy that counts, beside what the ledger of the environment remembers of the last one. */
export type PolicyFacts = {
	/** Commit it was read from; undefined: it is not committed. */
	readonly commit: string | undefined;
	/** Lower-case hex sha256. */
	readonly digest: string;
	/** What it asks less of, or why it may be somebody else's, for people; empty: nothing has to be said. */
	readonly changes: readonly string[];
	/** Whether somebody accepted exactly this one. */
	readonly isAccepted: boolean;
	/** The tier the last run went by; absent: the ledger remembers none. */
	readonly lastTier?: Tier;
	/** Files of the work tree that say something else, and do not count. */
	readonly differs: readonly string[];
};

/** What is known of one app on its way to an environment. Every fact that could not be found out is a reason instead. */
export type GateFacts = {
	readonly app: AppName;
	readonly policy: Known<PolicyFacts>;
	/** The build that would be deployed. */
	readonly build: Known<{
		readonly commit: string;
		readonly digest: string;
		/** Changed or untracked files of the app. */
		readonly uncommitted: number;
	}>;
	/** The app on the environment before. */
	readonly from: {
		readonly title: string;
		/** Why its ledger can't be relied on. */
		readonly ledgerFault: string | undefined;
		/** As its ledger says. */
		readonly live: Known<LiveRelease>;
		/** As its host says: id of the release live points to. */
		readonly release: Known<string>;
		/** Why what its host says is live is not what its ledger says; absent when it is. */
		readonly liveFault?: string;
		/** What of the live release is not as deployed, each as `added public/shell.php`. */
		readonly drift: Known<readonly string[]>;
		readonly health: Known<{readonly isGood: boolean; readonly text: string}>;
		/** Epoch milliseconds by its primary host. */
		readonly now: Known<number>;
	};
	/** Items that speak of the app, as they stand. */
	readonly items: Known<readonly ItemState[]>;
	readonly probes: Known<readonly ProbeResult[]>;
	readonly to: {
		readonly title: string;
		/** As of the environment before. */
		readonly liveFault?: string;
		/** Epoch milliseconds by its primary host. */
		readonly now: Known<number>;
		readonly lock: Known<LockFacts>;
	};
	/** Names of those other than the deployer who signed this build. */
	readonly approvals: Known<readonly string[]>;
	/** How long such a run usually takes, in milliseconds; 0 when not known. */
	readonly usualMs: number;
};

/** What has to hold. */
export type GatePolicy = Calendar & {
	readonly soakHours: number;
	readonly approvals: number;
	/** The reason of an emergency, when its profile is used. */
	readonly emergency?: string;
};

/** Most by which the clocks of two hosts may differ. Source: design, "Gates to production". */
export const mostSkewMs = 60_000;
const hourMs = 3_600_000;

/** The usual policy of a promotion, or its emergency profile. */
export const policyOf = (
	to: Pick<Environment, 'timeZone' | 'window' | 'holidays' | 'approvals' | 'emergency'>,
	from: Pick<Environment, 'soakHours'>,
	emergency?: {readonly reason: string; readonly profile: EmergencyProfile},
): GatePolicy => {
	const {timeZone, window, holidays} = to;
	const calendar = {timeZone, ...(holidays ? {holidays} : {})};
	if (emergency) {
		const {profile, reason} = emergency;
		return {
			...calendar,
			...(profile.window ? {window: profile.window} : {}),
			soakHours: profile.soakHours,
			approvals: profile.approvals,
			emergency: reason,
		};
	}
	return {...calendar, ...(window ? {window} : {}), soakHours: from.soakHours, approvals: to.approvals};
};

const met = (gate: GateName, text: string): Gate => ({gate, state: 'met', text});
const shut = (gate: GateName, state: Exclude<GateState, 'met'>, text: string, clears: string, at?: number): Gate => ({
	gate,
	state,
	text,
	clears,
	...(at === undefined ? {} : {at}),
});
const unknown = (gate: GateName, why: string): Gate =>
	shut(gate, 'unknown', `not known: ${why}`, 'find that out first');
const plural = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;
const short = (commit: string): string => commit.slice(0, 7);
const listed = (names: readonly string[], most = 3): string =>
	names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const valueOf = <Value>(known: Known<Value>): Value | undefined => ('value' in known ? known.value : undefined);

/** What is wrong with the release that is live, whatever else is missing or not known. */
const wrongLive = ({app, from, to}: GateFacts): Gate | undefined => {
	const gate = 'identity';
	if (from.ledgerFault !== undefined)
		return shut(
			gate,
			'failed',
			`the ledger of ${from.title} ${from.ledgerFault}`,
			'cockpit ledger verify says more; cockpit ledger adopt begins it anew',
		);
	const live = valueOf(from.live);
	const release = valueOf(from.release);
	if (live && release !== undefined && release !== live.release)
		return shut(
			gate,
			'failed',
			`${from.title} runs release ${release}, its ledger says ${live.release}`,
			`deploy the ${app} to ${from.title} again`,
		);
	if (from.liveFault !== undefined)
		return shut(gate, 'failed', `${from.title}: ${from.liveFault}`, `deploy the ${app} to ${from.title} again`);
	if (to.liveFault !== undefined)
		return shut(
			gate,
			'failed',
			`${to.title}: ${to.liveFault}`,
			`roll the ${app} of ${to.title} back, so that its ledger says what is live`,
		);
	const drift = valueOf(from.drift) ?? [];
	return drift.length > 0
		? shut(
				gate,
				'failed',
				`${plural(drift.length, 'file')} on ${from.title} not as deployed: ${listed(drift, 2)}`,
				`deploy the ${app} to ${from.title} again`,
			)
		: undefined;
};

/**
 * Closed while the policy asks less than the last time, or comes from elsewhere, until somebody accepts it. Undefined
 * where nothing has to be said of it.
 */
const policyGate = ({policy: found, to}: Pick<GateFacts, 'policy' | 'to'>): Gate | undefined => {
	const gate = 'policy';
	// A host that does not answer is said once, at its lock.
	if ('unknown' in found) return 'unknown' in to.lock ? undefined : unknown(gate, found.unknown);
	const {changes, isAccepted, commit, digest} = found.value;
	if (changes.length === 0) return undefined;
	const text = `not as at the last run: ${listed(changes)}`;
	if (isAccepted) return met(gate, `accepted, ${text}`);
	if (commit === undefined)
		return shut(
			gate,
			'open',
			text,
			'commit environments/ and checklists/: what is not committed can not be accepted',
		);
	const closed = shut(
		gate,
		'open',
		text,
		`accept it, if it is meant: --accept-policy ${digestWord(digest)}; on screen by typing ${digestWord(digest)}`,
	);
	return {...closed, accept: digest};
};

/** What in the work tree is not what counts. */
const differsText = ({policy}: Pick<GateFacts, 'policy'>): string => {
	const {commit, differs} = valueOf(policy) ?? {commit: undefined, differs: []};
	return differs.length === 0 ? '' : `; ${listed(differs, 2)} here: not as in ${short(commit ?? '')}, which counts`;
};

const identity = (facts: GateFacts): Gate => {
	const gate = 'identity';
	const {app, build, from, policy} = facts;
	const wrong = wrongLive(facts);
	if (wrong) return wrong;
	if ('unknown' in build) return unknown(gate, build.unknown);
	const {commit, digest, uncommitted} = build.value;
	if (uncommitted > 0)
		return shut(
			gate,
			'open',
			`${plural(uncommitted, 'changed file')} not committed`,
			'commit or put aside your changes',
		);
	if ('value' in policy && policy.value.commit === undefined)
		return shut(
			gate,
			'open',
			'environments/ and checklists/ are not committed',
			'commit the policy, so that everybody goes by the same',
		);
	if ('unknown' in from.live) return unknown(gate, from.live.unknown);
	if ('unknown' in from.release) return unknown(gate, from.release.unknown);
	const live = from.live.value;
	if (!live.build)
		return shut(
			gate,
			'open',
			`which build ${from.title} runs is not recorded`,
			`deploy the ${app} to ${from.title}`,
		);
	if (live.build.digest !== digest)
		return shut(
			gate,
			'open',
			`${from.title} runs ${short(live.build.commit)}, not ${short(commit)}`,
			`deploy ${short(commit)} to ${from.title} first`,
		);
	if ('unknown' in from.drift) return unknown(gate, from.drift.unknown);
	return met(
		gate,
		`${short(commit)}, source ${digest.slice(0, 8)}, as ${from.title} runs it now${differsText(facts)}`,
	);
};

const checklist = ({from, items}: GateFacts, {emergency}: GatePolicy): Gate => {
	const gate = 'checklist';
	if (from.ledgerFault !== undefined) return unknown(gate, `the ledger ${from.ledgerFault}`);
	if ('unknown' in items) return unknown(gate, items.unknown);
	const counts = countItems(items.value);
	if (counts.all === 0) return unknown(gate, 'checklists/ lists no items for this app');
	const sum = `${counts.met} of ${counts.all}`;
	const named = (state: ItemState['state']): string =>
		listed(
			items.value.filter(one => one.state === state).map(({item}) => item.title),
			2,
		);
	if (counts.failed > 0)
		return shut(
			gate,
			'failed',
			`${sum}, ${counts.failed} failed: ${named('failed')}`,
			'put it right and test it again',
		);
	if (emergency !== undefined) return met(gate, `${sum}, none failed; the rest is waived in an emergency`);
	if (counts.unclear > 0)
		return shut(
			gate,
			'open',
			`${sum}, ${counts.unclear} unclear: ${named('unclear')}`,
			'find out, and sign it again',
		);
	if (counts.open > 0)
		return shut(gate, 'open', `${sum}, ${counts.open} open: ${named('open')}`, 'test and sign what is open');
	return met(gate, `${sum}${counts.carried > 0 ? `, ${counts.carried} carried over` : ''}`);
};

const probes = ({probes: found}: GateFacts): Gate => {
	const gate = 'probes';
	if ('unknown' in found) return unknown(gate, found.unknown);
	const all = found.value;
	if (all.length === 0) return met(gate, 'none configured');
	const passed = `${all.filter(({outcome}) => outcome === 'passed').length} of ${all.length} pass`;
	const failed = all.filter(({outcome}) => outcome === 'failed');
	const [first] = failed;
	if (first)
		return shut(
			gate,
			'failed',
			`${passed}; ${first.title}: ${first.text}`,
			'put it right; the probes run again by themselves',
		);
	const unclear = all.find(({outcome}) => outcome === 'unclear');
	return unclear ? unknown(gate, `${passed}; ${unclear.title}: ${unclear.text}`) : met(gate, passed);
};

const skewOf = ({from, to}: GateFacts): string | undefined => {
	if ('unknown' in from.now || 'unknown' in to.now) return undefined;
	const skew = Math.abs(from.now.value - to.now.value);
	return skew > mostSkewMs
		? `the clocks of ${from.title} and ${to.title} differ by ${Math.round(skew / 1000)} s`
		: undefined;
};

/** Epoch milliseconds, by the host it soaks on, at which a build has soaked. */
const soakEnd = ({since}: LiveRelease, {soakHours}: GatePolicy): number => since + soakHours * hourMs;

const lasted = (ms: number): string => {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	return minutes < 60
		? `${minutes} min`
		: `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
};

const soak = (facts: GateFacts, policy: GatePolicy): Gate => {
	const gate = 'soak';
	const {from} = facts;
	const health = valueOf(from.health);
	if (health?.isGood === false)
		return shut(gate, 'failed', `${from.title} is not healthy: ${health.text}`, 'put it right');
	if (from.ledgerFault !== undefined) return unknown(gate, `the ledger ${from.ledgerFault}`);
	if (valueOf(from.live)?.isHealthy === false)
		return shut(
			gate,
			'failed',
			`its deploy to ${from.title} did not end healthy`,
			`deploy it to ${from.title} again`,
		);
	const skew = skewOf(facts);
	if (skew !== undefined) return shut(gate, 'unknown', skew, 'set the clocks');
	if ('unknown' in from.live) return unknown(gate, from.live.unknown);
	if ('unknown' in from.now) return unknown(gate, from.now.unknown);
	if ('unknown' in facts.to.now) return unknown(gate, facts.to.now.unknown);
	if ('unknown' in from.health) return unknown(gate, from.health.unknown);
	const live = from.live.value;
	const end = soakEnd(live, policy);
	const now = from.now.value;
	if (live.since > now)
		return shut(gate, 'unknown', `deployed to ${from.title} in the future by its clock`, 'set its clock');
	const soaked = `${lasted(now - live.since)} of ${policy.soakHours} h on ${from.title}`;
	return now >= end ? met(gate, soaked) : shut(gate, 'waiting', soaked, 'wait, and deploy nothing else there', end);
};

const windowGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const skew = skewOf(facts);
	return skew === undefined
		? windowOf(facts.to, policy, facts.usualMs)
		: shut('window', 'unknown', skew, 'set the clocks');
};

const windowOf = (to: GateFacts['to'], policy: Calendar, usualMs: number): Gate => {
	const gate = 'window';
	if ('unknown' in to.now) return unknown(gate, to.now.unknown);
	const now = to.now.value;
	const state = windowAt(policy, now);
	if (state.isOpen)
		return met(
			gate,
			state.until === undefined ? 'none set' : `open until ${clockTime(state.until, policy.timeZone)}`,
		);
	const slot = nextSlot(policy, now, usualMs);
	return slot
		? shut(gate, 'waiting', state.why, 'wait', slot.from)
		: shut(gate, 'waiting', state.why, 'there is no slot ahead: extend the holiday file or the window');
};

/** Wall time with the zone as configured: `14:00 IST`. */
export const clockTime = (instant: number, timeZone: string): string => {
	const moment = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
	return `${String(moment.hour).padStart(2, '0')}:${String(moment.minute).padStart(2, '0')}`;
};

const approvals = ({from, approvals: given}: GateFacts, policy: GatePolicy): Gate => {
	const gate = 'approvals';
	if (policy.approvals === 0) return met(gate, 'none asked');
	if (from.ledgerFault !== undefined) return unknown(gate, `the ledger ${from.ledgerFault}`);
	if ('unknown' in given) return unknown(gate, given.unknown);
	const names = [...new Set(given.value)];
	const sum = `${names.length} of ${policy.approvals}${names.length > 0 ? `: ${listed(names)}` : ''}`;
	return names.length >= policy.approvals
		? met(gate, sum)
		: shut(gate, 'open', sum, 'somebody else signs it: cockpit approve');
};

const lock = ({to}: Pick<GateFacts, 'to'>): Gate => {
	const gate = 'lock';
	if ('unknown' in to.lock) return unknown(gate, to.lock.unknown);
	const found = to.lock.value;
	if (found.state === 'held') {
		const {text, clears, at, run} = found;
		return {...shut(gate, 'waiting', text, clears, at), ...(run === undefined ? {} : {run})};
	}
	return met(gate, found.state === 'mine' ? 'held by this run' : 'free');
};

/** All gates, in order, and what follows from them. */
export type GateReport = {
	readonly app: AppName;
	readonly gates: readonly Gate[];
	readonly verdict: Verdict;
	/**
	 * Epoch milliseconds of the first moment at which all that waits for time has come, with what a person has to do
	 * done: soak end, end of a hold, window, holidays, and room for the usual duration. Undefined when none is in sight or not known.
	 */
	readonly nextSlot: number | undefined;
	readonly policy: GatePolicy;
};

const verdictOf = (gates: readonly Gate[]): Verdict => {
	if (gates.some(({state}) => state === 'failed')) return 'NO-GO';
	return gates.every(({state}) => state === 'met') ? 'GO' : 'HOLD';
};

/** End of a hold on the environment, as far as one is known; a run that holds the lock has none. */
const holdEnd = ({to}: Pick<GateFacts, 'to'>): number => {
	const found = valueOf(to.lock);
	return found?.state === 'held' ? (found.at ?? 0) : 0;
};

/** When it could go: of a build that has to be deployed again, that much later. */
const slotFor = (facts: GateFacts, policy: GatePolicy): number | undefined => {
	const {from, to, build, usualMs} = facts;
	if ('unknown' in to.now) return undefined;
	const now = to.now.value;
	const live = valueOf(from.live);
	const isThis = live?.build !== undefined && live.build.digest === valueOf(build)?.digest && live.isHealthy;
	const soaked = isThis && !wrongLive(facts) ? soakEnd(live, policy) : now + policy.soakHours * hourMs;
	return nextSlot(policy, Math.max(now, soaked, holdEnd(facts)), usualMs)?.from;
};

/**
 * Whether a build may go on to the next environment, and why not. Pure: every fact and both clocks come in. What is
 * not known is closed. Source: design, "Gates to production"; workflow, "Workflow Enforcement".
 */
export const decide = (facts: GateFacts, policy: GatePolicy): GateReport => {
	const policyRow = policyGate(facts);
	const gates = [
		...(policyRow ? [policyRow] : []),
		identity(facts),
		checklist(facts, policy),
		probes(facts),
		soak(facts, policy),
		windowGate(facts, policy),
		approvals(facts, policy),
		lock(facts),
	];
	return {app: facts.app, gates, verdict: verdictOf(gates), nextSlot: slotFor(facts, policy), policy};
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
	const policyRow = policyGate(facts);
	const gates = [...(policyRow ? [policyRow] : []), windowOf(to, policy, usualMs), lock(facts)];
	const now = 'unknown' in to.now ? undefined : to.now.value;
	return {
		app: facts.app,
		gates,
		verdict: verdictOf(gates),
		nextSlot: now === undefined ? undefined : nextSlot(policy, Math.max(now, holdEnd({to})), usualMs)?.from,
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
