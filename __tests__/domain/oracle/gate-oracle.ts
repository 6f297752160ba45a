import type {ChecklistItem} from '../../../src/domain/checklist/checklist.ts';
import type {AppName, DeployWindow} from '../../../src/domain/environments/environment.ts';
import type {GateName, Known, Verdict} from '../../../src/domain/gates/gates.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import type {Calendar} from '../../../src/domain/gates/window.ts';
import type {Situation} from './situation.ts';
import {soakedOf} from './soak-oracle.ts';

/*
 * What should be true, worked out a second time and as plainly as it can be said. Nothing here may come from src/ but
 * types: a mistake that both share would not be found. Slow on purpose where slow is simpler.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

// Window: the wall clock as Intl prints it, looked at minute by minute.

const formats = new Map<string, Intl.DateTimeFormat>();

const formatIn = (timeZone: string): Intl.DateTimeFormat => {
	const format =
		formats.get(timeZone) ??
		new Intl.DateTimeFormat('en-US', {
			timeZone,
			hourCycle: 'h23',
			weekday: 'short',
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
		});
	formats.set(timeZone, format);
	return format;
};

/** What a clock on the wall shows: `2026-02-10`, `11:00`, `Tue`. */
export const wallClock = (timeZone: string, instant: number) => {
	const shown: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
	for (const {type, value} of formatIn(timeZone).formatToParts(instant)) shown[type] = value;
	return {
		date: `${shown.year}-${shown.month}-${shown.day}`,
		time: `${shown.hour}:${shown.minute}`,
		weekday: shown.weekday ?? '',
		hour: Number(shown.hour),
		minute: Number(shown.minute),
	};
};

/** The date so many days after a date of the calendar, which has no zone. */
export const dayAfter = (date: string, days = 1): string => {
	const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
	return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
};

const isOpenDay = (window: DeployWindow, {holidays}: Calendar, date: string, weekday: string): boolean => {
	if (!(window.days as readonly string[]).includes(weekday)) return false;
	if (!holidays) return true;
	const asked = window.notBeforeHolidays ? [date, dayAfter(date)] : [date];
	const isKnown = asked.every(day => day >= holidays.covers.from && day <= holidays.covers.until);
	return isKnown && !holidays.days.some(holiday => asked.includes(holiday.date));
};

/** Whether a deploy may start. */
export const mayStart = (calendar: Calendar, instant: number): boolean => {
	const {timeZone, window} = calendar;
	if (!window) return true;
	const {date, time, weekday} = wallClock(timeZone, instant);
	return isOpenDay(window, calendar, date, weekday) && time >= window.from && time < window.until;
};

const nextMinute = (instant: number): number => (Math.floor(instant / minuteMs) + 1) * minuteMs;

/** The first instant from which no deploy may start any more, of one at which it may. */
export const closesAt = (calendar: Calendar, instant: number): number => {
	let at = nextMinute(instant);
	while (mayStart(calendar, at)) at = nextMinute(at);
	return at;
};

/** Days after the first one within which there is a slot, or none is said to be. */
const horizonDays = 400;

/** The first instant from `earliest` on at which a deploy may start and so much time is left. */
export const firstSlot = (calendar: Calendar, earliest: number, durationMs: number): number | undefined => {
	const {timeZone, window} = calendar;
	if (!window) return earliest;
	const lastDate = dayAfter(wallClock(timeZone, earliest).date, horizonDays);
	let at = earliest;
	for (;;) {
		const now = wallClock(timeZone, at);
		if (now.date > lastDate) return undefined;
		if (mayStart(calendar, at)) {
			const until = closesAt(calendar, at);
			if (until - at >= durationMs) return at;
			at = until;
			continue;
		}
		// An hour of a closed day, or on one side of the hours, is left out at once when no clock was changed in it.
		const later = wallClock(timeZone, at + hourMs);
		const isPlainHour = later.date === now.date && later.hour === now.hour + 1 && later.minute === now.minute;
		const isShut =
			!isOpenDay(window, calendar, now.date, now.weekday) || later.time < window.from || now.time >= window.until;
		at = isPlainHour && isShut ? Math.floor(at / minuteMs) * minuteMs + hourMs : nextMinute(at);
	}
};

// What is live, by the ledger: asked from the last entry backwards.

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
	value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export type OracleLive = {
	readonly release: string;
	/** Empty: nobody wrote down from which source. */
	readonly digest: string;
	readonly commit: string;
	readonly since: number;
	readonly isHealthy: boolean;
	/** When a value under it was changed last. */
	readonly changedAt?: number;
	/** Number of the last entry that changed something. */
	readonly seq: number;
};

const buildOf = (entries: readonly LedgerEntry[], count: number, app: AppName, release: string) => {
	const deploy = entries.findLast(({type, data}, index) => {
		if (index >= count) return false;
		const isDeploy = type === 'deploy.finished' || type === 'deploy.failed';
		return (
			isDeploy &&
			data['app'] === app &&
			data['release'] === release &&
			(fieldsOf(data['build'])['digest'] ?? '') !== ''
		);
	});
	const {commit, digest} = fieldsOf(deploy?.data['build']);
	return {commit: textOf(commit), digest: textOf(digest)};
};

/** What is live of an app after the first `count` entries; undefined when nobody knows. */
export const liveByLedger = (
	entries: readonly LedgerEntry[],
	app: AppName,
	count = entries.length,
): OracleLive | undefined => {
	const last = entries[count - 1];
	if (!last) return undefined;
	const {type, data, at, seq} = last;
	const before = (): OracleLive | undefined => liveByLedger(entries, app, count - 1);
	const restarted = (): OracleLive | undefined => {
		const live = before();
		return live && {...live, since: at, seq};
	};
	if (type === 'ledger.adopted') return restarted();
	if (data['app'] !== app) return before();
	const madeLive = (isHealthy: boolean): OracleLive | undefined => {
		const {release} = data;
		return typeof release === 'string'
			? {release, ...buildOf(entries, count, app, release), since: at, isHealthy, seq}
			: undefined;
	};
	if (type === 'deploy.finished' || type === 'rollback.finished' || type === 'adopt.finished') return madeLive(true);
	if (type === 'deploy.failed') return data['wentBack'] === true ? restarted() : madeLive(false);
	if (type === 'set-env.finished' || type === 'set-env.failed') {
		const live = before();
		if (!live) return undefined;
		const isBad = type === 'set-env.failed' && data['wentBack'] !== true;
		const isHealed = type === 'set-env.finished' && !live.isHealthy;
		const changed = {...live, changedAt: at, isHealthy: isHealed || (live.isHealthy && !isBad)};
		return isHealed ? {...changed, since: at, seq} : changed;
	}
	if (['rollback.failed', 'adopt.failed', 'adopt-undo.failed', 'adopt-undo.finished'].includes(type))
		return undefined;
	return before();
};

// Sign-offs: every entry is held against every other one.

type Mark = {
	readonly seq: number;
	readonly who: string;
	readonly result: string;
	readonly isUndo: boolean;
	readonly names: readonly unknown[];
	/** `failed` and `unclear` always, the others as far as the item allows them. */
	readonly counts: boolean;
};

const results = ['passed', 'failed', 'unclear', 'not-applicable'];

const mayBeGiven = (
	{answer, mayNotApply}: ChecklistItem,
	{result, value, note}: Readonly<Record<string, unknown>>,
): boolean => {
	if (result === 'failed' || result === 'unclear') return true;
	if (result === 'not-applicable') return mayNotApply && typeof note === 'string' && note.trim().length >= 10;
	if (answer.kind === 'tick') return true;
	const seen = typeof value === 'string' ? value.trim() : '';
	if (answer.kind === 'choice') return answer.passing.some(choice => choice === seen);
	const {atMost, atLeast} = answer;
	if (seen === '') return false;
	if (atMost === undefined && atLeast === undefined) return true;
	return (
		Number.isFinite(Number(seen)) && Number(seen) <= (atMost ?? Infinity) && Number(seen) >= (atLeast ?? -Infinity)
	);
};

const marksOn = (
	item: ChecklistItem,
	{entries, has, untrusted}: Pick<Situation, 'entries' | 'has' | 'untrusted'>,
): readonly Mark[] => {
	const asked = has.filter(app => item.scope === 'both' || item.scope === app);
	const live = asked.map(app => liveByLedger(entries, app)?.digest ?? '');
	return entries.flatMap(({seq, type, actor, data}): readonly Mark[] => {
		const isUndo = type === 'checklist.undone';
		const isSigned = type === 'checklist.signed' && results.includes(String(data['result']));
		if (!(isUndo || isSigned) || !actor || data['item'] !== item.id || data['itemDigest'] !== item.digest)
			return [];
		const isBad = isSigned && ['failed', 'unclear'].includes(String(data['result']));
		if ((untrusted.includes(seq) && !isBad) || asked.length === 0) return [];
		const isSameBuild = asked.every(
			(app, index) => live[index] !== '' && fieldsOf(data['builds'])[app] === live[index],
		);
		if (!isSameBuild) return [];
		return [
			{
				seq,
				who: JSON.stringify([actor.name, actor.key]),
				result: String(data['result']),
				isUndo,
				names:
					!untrusted.includes(seq) && Array.isArray(data['supersedes'])
						? (data['supersedes'] as unknown[])
						: [],
				counts: isUndo || mayBeGiven(item, data),
			},
		];
	});
};

const isNamedBy = (mark: Mark, later: Mark): boolean => later.seq > mark.seq && later.names.includes(mark.seq);

/** An undo takes back what its own writer wrote, another undo too. */
const isTakenBack = (mark: Mark, all: readonly Mark[]): boolean =>
	all.some(later => later.isUndo && isNamedBy(mark, later) && later.who === mark.who && !isTakenBack(later, all));

/** A result replaces those it names until it is taken back. One that does not count puts nothing bad right. */
const isReplaced = (mark: Mark, all: readonly Mark[]): boolean =>
	all.some(
		later =>
			!later.isUndo &&
			isNamedBy(mark, later) &&
			!isTakenBack(later, all) &&
			(later.counts || mark.result === 'passed' || mark.result === 'not-applicable'),
	);

const fromWorst = ['failed', 'unclear', 'not-applicable', 'passed'] as const;

/** Where an item stands, and which entries a new result would have to name. */
export const standingOf = (
	item: ChecklistItem,
	situation: Pick<Situation, 'entries' | 'has' | 'untrusted'>,
): {readonly state: (typeof fromWorst)[number] | 'open'; readonly standing: readonly number[]} => {
	const all = marksOn(item, situation);
	const standing = all.filter(mark => !mark.isUndo && !isTakenBack(mark, all) && !isReplaced(mark, all));
	const counting = standing.filter(({counts}) => counts);
	const state = fromWorst.find(result => counting.some(mark => mark.result === result)) ?? 'open';
	return {state, standing: standing.map(({seq}) => seq)};
};

// Gates: what is known to be bad, and what is known to be good.

const valueOf = <Value>(known: Known<Value>): Value | undefined => ('value' in known ? known.value : undefined);

export type Expected = {
	readonly verdict: Verdict;
	readonly met: readonly GateName[];
	readonly failed: readonly GateName[];
};

const policyOf = ({calendar, approvals, soakHours, emergency}: Situation) => {
	if (!emergency) return {calendar, approvals, soakHours};
	const {window: _usual, ...always} = calendar;
	const {window, ...asked} = emergency.profile;
	return {...asked, calendar: window ? {...always, window} : always};
};

const soakedBy = (
	{app, entries, untrusted, soak}: Situation,
	{digest, since, changedAt = since}: OracleLive,
	{now, hours}: {readonly now: number; readonly hours: number},
) =>
	soakedOf({
		entries,
		untrusted,
		app,
		digest,
		since: soak.envChange === 'keep' ? since : Math.max(since, changedAt),
		now,
		soak,
		hours,
	});

/** What the gates should say. */
export const expected = (situation: Situation): Expected => {
	const {app, entries, tampering, isLedgerAway, set, emergency} = situation;
	const policy = policyOf(situation);
	const isLedgerGood = !isLedgerAway && tampering === undefined;
	const live = isLedgerGood ? liveByLedger(entries, app) : undefined;
	const build = valueOf(situation.build);
	const release = valueOf(situation.hostRelease);
	const drift = valueOf(situation.drift);
	const health = valueOf(situation.health);
	const probes = valueOf(situation.probes);
	const lock = valueOf(situation.lock);
	const names = valueOf(situation.approvedBy);
	const there = valueOf(situation.fromNow);
	const here = valueOf(situation.toNow);
	const isSkewed = there !== undefined && here !== undefined && Math.abs(there - here) > minuteMs;
	const states = set
		.filter(({scope}) => scope === 'both' || scope === app)
		.map(item => (isLedgerGood ? standingOf(item, situation).state : 'unknown'));

	const failed = new Set<GateName>();
	if (tampering && !isLedgerAway) failed.add('identity');
	if (live && release !== undefined && release !== live.release) failed.add('identity');
	if (drift && drift.length > 0) failed.add('identity');
	if (states.includes('failed')) failed.add('checklist');
	if (probes?.some(({outcome}) => outcome === 'failed')) failed.add('probes');
	if (live?.isHealthy === false) failed.add('soak');
	if (health?.isGood === false) failed.add('soak');

	const policyFacts = valueOf(situation.policy);
	const isCommitted = policyFacts === undefined || policyFacts.commit !== undefined;
	const isClean = build?.uncommitted === 0 && isCommitted;
	// It is a row only where something has to be said of it; a silent host is told by its lock.
	const hasPolicyRow = policyFacts ? policyFacts.changes.length > 0 : lock !== undefined;
	const isSource = isClean && live !== undefined && live.digest !== '' && live.digest === build.digest;
	const isAsDeployed = release !== undefined && release === live?.release && drift?.length === 0;
	const isDone = (state: string): boolean => state === 'passed' || state === 'not-applicable';
	const isChecked =
		isLedgerGood && states.length > 0 && (emergency ? !states.includes('failed') : states.every(isDone));
	const isSoaked =
		live?.isHealthy === true &&
		health?.isGood === true &&
		there !== undefined &&
		here !== undefined &&
		!isSkewed &&
		live.since <= there &&
		soakedBy(situation, live, {now: there, hours: policy.soakHours}).countedMs >= policy.soakHours * hourMs;
	const signed = isLedgerGood && names ? new Set(names).size : 0;

	const isMet: Readonly<Record<GateName, boolean>> = {
		policy: hasPolicyRow && policyFacts?.isAccepted === true,
		identity: isSource && isAsDeployed,
		checklist: isChecked,
		probes: probes?.every(({outcome}) => outcome === 'passed') === true,
		soak: isSoaked,
		window: here !== undefined && !isSkewed && mayStart(policy.calendar, here),
		approvals: signed >= policy.approvals,
		lock: lock !== undefined && lock.state !== 'held',
	};
	const met = (Object.keys(isMet) as GateName[]).filter(gate => isMet[gate]);
	const rows = hasPolicyRow ? 8 : 7;
	const verdict = failed.size > 0 ? 'NO-GO' : met.length === rows ? 'GO' : 'HOLD';
	return {verdict, met, failed: [...failed]};
};

/** When the build could go, with what people have to do done: what has to be deployed again soaks again. */
export const expectedSlot = (situation: Situation): number | undefined => {
	const {app, entries, tampering, isLedgerAway, hostRelease, drift, build, usualMs} = situation;
	const now = valueOf(situation.toNow);
	const there = valueOf(situation.fromNow);
	if (now === undefined || (there !== undefined && Math.abs(there - now) > minuteMs)) return undefined;
	const {calendar, soakHours} = policyOf(situation);
	const live = isLedgerAway || tampering ? undefined : liveByLedger(entries, app);
	const isOther = live && (valueOf(hostRelease) ?? live.release) !== live.release;
	const isChanged = (valueOf(drift) ?? []).length > 0;
	const stays =
		live?.isHealthy && live.digest !== '' && live.digest === valueOf(build)?.digest && !isOther && !isChanged;
	const lock = valueOf(situation.lock);
	const free = lock?.state === 'held' && lock.at !== undefined ? lock.at : now;
	const soaked = stays
		? soakedBy(situation, live, {now: valueOf(situation.fromNow) ?? now, hours: soakHours}).end
		: now + soakHours * hourMs;
	return firstSlot(calendar, Math.max(now, free, soaked), usualMs);
};
