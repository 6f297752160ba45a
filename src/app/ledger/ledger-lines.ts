import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {duration} from '../../domain/format.ts';
import {members, runFacts, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {memoOn} from '../../domain/memo.ts';
import type {PipelineKind} from '../../domain/runs/pipeline.ts';
import {signOffIn} from '../../domain/checklist/sign-off.ts';
import {appNames, oneLine, reasonIn} from './entry-text.ts';
import {watchTellers, type WatchLineOutcome} from './watch-lines.ts';

/** What an entry is about. `unknown`: a type this version does not know, or an entry that says too little to be read. */
export type LineKind = 'run' | 'sign-off' | 'lock' | 'watch' | 'ledger' | 'unknown';

/** How something on a ledger ended. `started`: it has not ended yet. */
export type LineOutcome =
	| 'deployed'
	| 'rolled-back'
	| 'adopted'
	| 'undone'
	| 'value-set'
	| 'failed'
	| 'abandoned'
	| 'started'
	| 'passed'
	| 'unclear'
	| 'not-applicable'
	| 'taken-back'
	| 'approved'
	| 'held'
	| 'unlocked'
	| 'leased'
	| 'opened'
	| 'begun-anew'
	| 'witnessed'
	| WatchLineOutcome
	| 'unknown';

/** One line of the team's memory, for people. Its texts hold no control characters and no line breaks. */
export type LedgerLine = {
	/** Stable: environment and number of its last entry. */
	readonly id: string;
	readonly environment: string;
	/** The entry that is told. */
	readonly entry: LedgerEntry;
	/** All that is told by this line, oldest first: a run has an entry for its beginning, too. */
	readonly entries: readonly LedgerEntry[];
	readonly kind: LineKind;
	readonly outcome: LineOutcome;
	/** Apps it is about; empty: none in particular. */
	readonly apps: readonly AppName[];
	/** Name of whoever wrote it, or `probe`. */
	readonly who: string;
	readonly text: string;
	readonly run: string | undefined;
	/** Milliseconds from a run's beginning to its end; undefined while it has none. */
	readonly tookMs: number | undefined;
	/** Whether the run was taken up again, so that its time says little about the work. */
	readonly wasResumed: boolean;
};

type Told = Pick<LedgerLine, 'kind' | 'outcome' | 'apps' | 'text'> & {readonly who?: string};

const appsIn = (value: unknown): readonly AppName[] =>
	Array.isArray(value) ? appNames.filter(app => value.includes(app)) : [];

type Phase = 'started' | 'finished' | 'failed' | 'abandoned';

type RunKind = {
	readonly done: LineOutcome;
	readonly title: string;
	/** `began to deploy`, `deployed`, `gave up deploying`. */
	readonly verb: readonly [begin: string, past: string, going: string];
};

const runKinds: Readonly<Record<PipelineKind, RunKind>> = {
	deploy: {done: 'deployed', title: 'Deploy', verb: ['deploy', 'deployed', 'deploying']},
	rollback: {done: 'rolled-back', title: 'Rollback', verb: ['roll back', 'rolled back', 'rolling back']},
	adopt: {done: 'adopted', title: 'Adoption', verb: ['adopt', 'adopted', 'adopting']},
	'adopt-undo': {
		done: 'undone',
		title: 'Undoing the adoption',
		verb: ['undo adopting', 'undid adopting', 'undoing the adoption of'],
	},
	'set-env': {done: 'value-set', title: 'Change of', verb: ['set', 'set', 'setting']},
};

const phaseWords = ({verb: [begin, past, going]}: RunKind, phase: Phase): string =>
	({started: `began to ${begin}`, finished: past, failed: `failed to ${begin}`, abandoned: `gave up ${going}`})[
		phase
	];

type RunPhase = {readonly kind: PipelineKind; readonly phase: Phase};

/** Splits `adopt-undo.finished` into kind and phase, `resumed` counting as begun; undefined for what is no run. */
const runPhase = ({type}: LedgerEntry): RunPhase | undefined => {
	const [, kind, last] =
		/^(deploy|rollback|adopt|adopt-undo|set-env)\.(started|resumed|finished|failed|abandoned)$/.exec(type) ?? [];
	return kind === undefined
		? undefined
		: {kind: kind as PipelineKind, phase: last === 'resumed' ? 'started' : (last as Phase)};
};

/** `7f3a9c2` of `20260210T055341Z-7f3a9c2`. */
export const releaseLabel = (release: string): string => release.replace(/^\d{8}T\d{6}Z-/, '');

/** What a rollback goes back to; empty where the entry does not say. */
const goalOf = ({data}: LedgerEntry): string => {
	const {kind, name, release} = members(data['target']);
	const goal = kind === 'backup' ? name : (data['release'] ?? release);
	return typeof goal === 'string' && goal !== 'previous' ? releaseLabel(oneLine(goal)) : '';
};

/** `Deploy backend 7f3a9c2`, `Rollback backend to 1d20b7e`; undefined for what is no run. */
export const runTitle = (entry: LedgerEntry): string | undefined => {
	const run = runPhase(entry);
	return run && `${runKinds[run.kind].title} ${runObject(entry, run.kind)}`;
};

/** Which value a change was about, by its key: `MAIL_HOST of backend`. */
const valueOf = (entry: LedgerEntry): string => {
	const {app} = runFacts(entry);
	return `${oneLine(entry.data['key']) || 'a value'} of ${app ?? 'an app'}`;
};

const runObject = (entry: LedgerEntry, kind: string): string => {
	const {app, build} = runFacts(entry);
	if (kind === 'set-env') return valueOf(entry);
	const commit = shortCommit(oneLine(build?.commit));
	const goal = kind === 'rollback' ? goalOf(entry) : '';
	return [app ?? 'an app', ...(commit === '' ? [] : [commit]), ...(goal === '' ? [] : ['to', goal])].join(' ');
};

const tellRun = (entry: LedgerEntry, {kind, phase}: RunPhase): Told => {
	const {app} = runFacts(entry);
	const removed = entry.data['removed'] === true ? ', taken away' : '';
	const byHand = entry.data['byHand'] === true;
	const wentBack = byHand ? ', put back by hand' : entry.data['wentBack'] === true ? ' and went back' : '';
	const by = oneLine(entry.data['takenOverBy']);
	const takenOver = by === '' ? '' : `, taken over by rollback ${by}`;
	const restored = oneLine(entry.data['restored']);
	const object =
		restored === '' ? runObject(entry, kind) : `${runObject(entry, kind)} back to before run ${restored}`;
	return {
		kind: 'run',
		outcome: phase === 'finished' ? runKinds[kind].done : phase,
		apps: app ? [app] : [],
		text: `${phaseWords(runKinds[kind], phase)} ${object}${removed}${wentBack}${takenOver}`,
	};
};

const signWords = {
	passed: 'passed',
	failed: 'failed',
	unclear: 'unclear',
	'not-applicable': 'does not apply:',
} as const;

const tellSignOff = (entry: LedgerEntry): Told | undefined => {
	const signOff = signOffIn(entry);
	if (!signOff) return undefined;
	const {item, result, by, value, note, builds} = signOff;
	const title = `"${oneLine(entry.data['title']) || oneLine(item)}"`;
	const saw = oneLine(value) || oneLine(note);
	return {
		kind: 'sign-off',
		outcome: result === 'undone' ? 'taken-back' : result,
		apps: appNames.filter(app => builds[app] !== undefined),
		text:
			result === 'undone'
				? `took back the result on ${title}`
				: `${signWords[result]} ${title}${saw === '' ? '' : `: ${saw}`}`,
		...(by === 'probe' ? {who: 'probe'} : {}),
	};
};

const tellApproval = (entry: LedgerEntry): Told | undefined => {
	const {app, build} = runFacts(entry);
	if (!app || !build) return undefined;
	const note = oneLine(entry.data['note']);
	return {
		kind: 'sign-off',
		outcome: 'approved',
		apps: [app],
		text: `approved ${app} ${shortCommit(oneLine(build.commit))}${note === '' ? '' : `: ${note}`}`,
	};
};

const allOf = (apps: readonly AppName[]): string => (apps.length === 0 ? 'everything' : apps.join(' and '));

const tellHold = (entry: LedgerEntry): Told => {
	const {minutes} = entry.data;
	const apps = appsIn(entry.data['apps']);
	const time = typeof minutes === 'number' ? ` for ${holdTime(minutes)}` : '';
	return {kind: 'lock', outcome: 'held', apps, text: `holds ${allOf(apps)}${time}${reasonIn(entry)}`};
};

/** `90 min`, `2 h`: as it was asked for. */
export const holdTime = (minutes: number): string =>
	minutes >= 60 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;

const tellUnlock = (entry: LedgerEntry): Told => {
	const apps = appsIn(entry.data['apps']);
	return {kind: 'lock', outcome: 'unlocked', apps, text: `ended the hold on ${allOf(apps)}${reasonIn(entry)}`};
};

const tellLease = (entry: LedgerEntry): Told => {
	const {app} = runFacts(entry);
	const to = oneLine(entry.data['to']);
	return {
		kind: 'lock',
		outcome: 'leased',
		apps: app ? [app] : [],
		text: `keeps ${app ?? 'an app'} as it is while ${to === '' ? 'a run' : to} takes it`,
	};
};

const tellValue = (entry: LedgerEntry): Told => {
	const {app} = runFacts(entry);
	return {kind: 'run', outcome: 'value-set', apps: app ? [app] : [], text: `set ${valueOf(entry)}`};
};

/** A head of another ledger that was left here. */
const tellWitnessed = (entry: LedgerEntry): Told => {
	const {environment, seq} = members(entry.data['witness']);
	const which = typeof seq === 'number' ? `entry ${seq.toLocaleString('en')}` : 'an entry';
	return {
		kind: 'ledger',
		outcome: 'witnessed',
		apps: [],
		text: `noted ${which} of the ledger of ${oneLine(environment) || 'another environment'}`,
	};
};

/** One sentence for each type the product writes that is no run. */
const tellers: Readonly<Record<string, (entry: LedgerEntry) => Told | undefined>> = {
	...watchTellers,
	'checklist.signed': tellSignOff,
	'checklist.undone': tellSignOff,
	'build.approved': tellApproval,
	'env.set': tellValue,
	'environment.held': tellHold,
	'environment.unlocked': tellUnlock,
	'environment.leased': tellLease,
	'ledger.opened': () => ({kind: 'ledger', outcome: 'opened', apps: [], text: 'began the ledger', who: 'host'}),
	'ledger.witnessed': tellWitnessed,
	'ledger.adopted': entry => ({
		kind: 'ledger',
		outcome: 'begun-anew',
		apps: [],
		text: `began the ledger anew${reasonIn(entry)}`,
	}),
};

/** Never hidden: what this version can't read, somebody else may have to. */
const tellUnknown = (entry: LedgerEntry): Told => {
	const {app} = runFacts(entry);
	const what = Object.hasOwn(tellers, entry.type) ? 'which says too little to be read' : 'a type not known here';
	return {kind: 'unknown', outcome: 'unknown', apps: app ? [app] : [], text: `wrote ${oneLine(entry.type)}, ${what}`};
};

const tell = (entry: LedgerEntry): Told => {
	const run = runPhase(entry);
	if (run) return tellRun(entry, run);
	const teller = Object.hasOwn(tellers, entry.type) ? tellers[entry.type] : undefined;
	return teller?.(entry) ?? tellUnknown(entry);
};

const lineOf = (
	environment: string,
	entry: LedgerEntry,
	{
		entries = [entry],
		tookMs,
		wasResumed = false,
	}: {
		readonly entries?: readonly LedgerEntry[];
		readonly tookMs?: number | undefined;
		readonly wasResumed?: boolean;
	} = {},
): LedgerLine => {
	const {who, ...line} = tell(entry);
	const isAccepted = entries.some(({data}) => Array.isArray(members(data['policy'])['accepted']));
	return {
		...line,
		...(isAccepted ? {text: `${line.text} by an accepted policy`} : {}),
		id: `${environment}:${entry.seq}`,
		environment,
		entry,
		entries,
		who: who ?? (oneLine(entry.actor?.name) || 'unknown'),
		run: oneLine(entry.data['run']) || undefined,
		tookMs,
		wasResumed,
	};
};

/** The line of an entry that is told by itself. A longer ledger has the same ones again, and only new ones are told. */
const alone = memoOn<LedgerEntry, Map<string, LedgerLine>>(() => new Map());

const lineAlone = (environment: string, entry: LedgerEntry): LedgerLine => {
	const lines = alone(entry);
	const line = lines.get(environment) ?? lineOf(environment, entry);
	lines.set(environment, line);
	return line;
};

/** What is known of a run while its entries are read. */
type OpenRun = {
	readonly startedAt: number | undefined;
	readonly waiting: readonly LedgerEntry[];
	readonly resumed: boolean;
};

const linesOf = new WeakMap<readonly LedgerEntry[], readonly LedgerLine[]>();

const tellAll = (environment: string, entries: readonly LedgerEntry[]): readonly LedgerLine[] => {
	const runs = new Map<string, OpenRun>();
	const lines: LedgerLine[] = [];
	for (const entry of entries) {
		const run = runPhase(entry);
		// What a change has done is told by the end of its run.
		const changing = entry.type === 'env.set' ? runs.get(`set-env ${runFacts(entry).run}`) : undefined;
		if (changing) {
			runs.set(`set-env ${runFacts(entry).run}`, {...changing, waiting: [...changing.waiting, entry]});
			continue;
		}
		if (!run) {
			lines.push(lineAlone(environment, entry));
			continue;
		}
		const key = `${run.kind} ${runFacts(entry).run ?? `entry ${entry.seq}`}`;
		const {startedAt, waiting, resumed} = runs.get(key) ?? {startedAt: undefined, waiting: [], resumed: false};
		if (run.phase === 'started') {
			const isResumed = entry.type.endsWith('.resumed');
			runs.set(key, {
				startedAt: startedAt ?? (isResumed ? undefined : entry.at),
				waiting: [...waiting, entry],
				resumed: resumed || isResumed,
			});
			continue;
		}
		const tookMs = startedAt === undefined ? undefined : Math.max(0, entry.at - startedAt);
		lines.push(lineOf(environment, entry, {entries: [...waiting, entry], tookMs, wasResumed: resumed}));
		runs.set(key, {startedAt, waiting: [], resumed});
	}
	for (const {waiting, resumed} of runs.values()) {
		const [first] = waiting;
		if (first) lines.push(lineOf(environment, first, {entries: waiting, wasResumed: resumed}));
	}
	return lines.sort((a, b) => a.entry.seq - b.entry.seq);
};

/**
 * The lines of one ledger, oldest first. A run is one line, where it ended: its beginning says nothing that the end
 * does not, and the time between them is what people look for. One that has not ended stands where it began. The same
 * list for the same entries.
 */
export const tellLedger = (environment: string, entries: readonly LedgerEntry[]): readonly LedgerLine[] => {
	const before = linesOf.get(entries);
	if (before && (before.length === 0 || before[0]?.environment === environment)) return before;
	const lines = tellAll(environment, entries);
	linesOf.set(entries, lines);
	return lines;
};

/** A ledger and whose it is. */
export type NamedLedger = {readonly environment: string; readonly entries: readonly LedgerEntry[]};

/** The lines of several ledgers, merged by time, newest first. */
export const tellLedgers = (ledgers: readonly NamedLedger[]): readonly LedgerLine[] =>
	ledgers
		.flatMap(({environment, entries}) => tellLedger(environment, entries))
		.reverse()
		.sort((a, b) => b.entry.at - a.entry.at);

/** ` in 4 min 47 s` behind a run that was done; else nothing. */
export const tookWords = ({outcome, tookMs}: Pick<LedgerLine, 'outcome' | 'tookMs'>): string =>
	tookMs !== undefined && ['deployed', 'rolled-back', 'adopted', 'undone', 'value-set'].includes(outcome)
		? ` in ${duration(tookMs)}`
		: '';
