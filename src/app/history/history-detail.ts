import {shortCommit} from '../../domain/build.ts';
import {duration, exactMoment, moment} from '../../domain/format.ts';
import {members, runFacts, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import {witnessesIn} from '../../domain/ledger/witness.ts';
import {cleanText} from '../clean-text.ts';
import {pairOf, pairText} from './history-pair.ts';
import {oneLine} from '../ledger/entry-text.ts';
import {holdTime, releaseLabel, runTitle, type LedgerLine, type NamedLedger} from '../ledger/ledger-lines.ts';

/** A name and what is known by it. `isFault`: it is wrong. */
export type Fact = {readonly label: string; readonly text: string; readonly isFault?: true};

/** A gate as the run that went by it found it. */
export type PastGate = {readonly gate: string; readonly state: string; readonly text: string};

/** What is known of one line. No text holds a control character or a line break. */
export type HistoryDetail = {
	/** `Deploy backend 7f3a9c2`, `Result on "Home page loads"`. */
	readonly title: string;
	readonly facts: readonly Fact[];
	/** Empty where nothing was promoted. */
	readonly gates: readonly PastGate[];
	readonly chain: readonly Fact[];
};

/** A ledger by the name people have for its environment. */
export type TitledLedger = NamedLedger & {readonly title: string};

/** First eight digits of a digest or hash, as people compare them. */
const shortHash = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);

const textIn = (data: LedgerEntry['data'], name: string): string => oneLine(data[name]);

const fact = (label: string, text: string | undefined): readonly Fact[] =>
	text === undefined || text === '' ? [] : [{label, text}];

/** What the entries of a line remember of the policy the run went by. */
const policyFacts = ({entries}: LedgerLine): readonly Fact[] => {
	const {digest, commit, accepted} = members(entries.find(({data}) => data['policy'] !== undefined)?.data['policy']);
	return [
		...fact('policy', shortHash(oneLine(digest))),
		...fact('of commit', shortCommit(oneLine(commit))),
		...(Array.isArray(accepted) && accepted.length > 0 ? fact('accepted', accepted.map(oneLine).join('; ')) : []),
	];
};

/** What the entries of a line remember of the evidence the run went by. */
const promotionIn = ({entries}: LedgerLine): Readonly<Record<string, unknown>> =>
	members(entries.find(({data}) => data['promotion'] !== undefined)?.data['promotion']);

const gatesIn = (line: LedgerLine): readonly PastGate[] => {
	const {gates} = promotionIn(line);
	if (!Array.isArray(gates)) return [];
	return gates.map(members).map(({gate, state, text}) => ({
		gate: oneLine(gate),
		state: oneLine(state),
		text: oneLine(text),
	}));
};

/** What was live when a run began, by the entries before it. */
const replacedBy = ({entries: [first], apps: [app]}: LedgerLine, ledger: NamedLedger | undefined): string => {
	if (!first || !app || !ledger || !/^(deploy|rollback)\./.test(first.type)) return '';
	const before = liveRelease(
		ledger.entries.filter(({seq}) => seq < first.seq),
		app,
	);
	if (!before) return '';
	const commit = shortCommit(oneLine(before.build?.commit));
	return commit === '' ? releaseLabel(oneLine(before.release)) : commit;
};

const buildFacts = (entry: LedgerEntry): readonly Fact[] => {
	const {build} = runFacts(entry);
	return [
		...fact('build', shortCommit(oneLine(build?.commit))),
		...fact('digest', oneLine(build?.digest).slice(0, 8)),
	];
};

const goalFact = ({entry: {data}}: LedgerLine): readonly Fact[] => {
	const {kind, name, release} = members(data['target']);
	return fact('target', kind === 'backup' ? oneLine(name) : oneLine(release));
};

const listed = (value: unknown): string =>
	Array.isArray(value) ? value.map(one => (typeof one === 'number' ? String(one) : oneLine(one))).join(', ') : '';

/** What of the release before stayed behind, as the host has written it down. */
const leftOutFact = ({entry: {data}}: LedgerLine): readonly Fact[] => {
	const {count, files, release} = members(data['leftOut']);
	if (typeof count !== 'number' || !Array.isArray(files)) return [];
	const more = count > files.length ? ` and ${count - files.length} more` : '';
	return fact('left out', `${listed(files)}${more}; in release ${oneLine(release)}`);
};

/** What was so when the run was closed, as whoever drove it has found it. */
const endFacts = ({data}: LedgerEntry): readonly Fact[] => {
	const {live, is, health} = members(data['end']);
	const {state, answer} = members(health);
	const name = oneLine(live);
	const whose: Readonly<Record<string, string>> = {
		before: 'what was live before it',
		new: 'what it made live',
		other: 'what somebody else put there',
	};
	const what = whose[oneLine(is)];
	return [
		...fact('live then', [name, what].filter(Boolean).join(', ')),
		...fact('answered', state === 'good' || state === 'bad' ? oneLine(answer) : ''),
	];
};

const runFactsOf = (line: LedgerLine, ledger: NamedLedger | undefined, timeZone: string): readonly Fact[] => {
	const {entry, entries, run, tookMs, outcome, wasResumed} = line;
	const [first = entry] = entries;
	const {emergency, from} = promotionIn(line);
	const isOver = outcome !== 'started';
	const pair = pairOf(line, ledger?.entries ?? []);
	return [
		...fact('run', run),
		...(isOver && entry === first ? [] : fact('started', exactMoment(first.at, timeZone))),
		...(isOver ? fact('ended', exactMoment(entry.at, timeZone)) : []),
		...fact('took', tookMs === undefined ? '' : `${duration(tookMs)}${wasResumed ? ', with a break' : ''}`),
		...(isOver ? [] : fact('ended', 'not yet, or nobody wrote it down')),
		...fact('release', entry.data['release'] === 'previous' ? '' : textIn(entry.data, 'release')),
		...goalFact(line),
		...buildFacts(entry),
		...fact('replaced', replacedBy(line, ledger)),
		...fact('pair', pair && pairText(pair)),
		...(entry.data['byHand'] === true
			? fact('then', 'somebody went back by hand: the release before is live again')
			: entry.data['wentBack'] === true
				? fact('then', 'went back: the release before is live again')
				: []),
		...endFacts(entry),
		...leftOutFact(line),
		...fact('from', oneLine(from)),
		...policyFacts(line),
		...fact('emergency', oneLine(emergency)),
	];
};

const signOffFacts = ({entry}: LedgerLine): readonly Fact[] => {
	const {data} = entry;
	const builds = Object.entries(members(data['builds'])).map(
		([app, digest]) => `${oneLine(app)} ${oneLine(digest).slice(0, 8)}`,
	);
	return [
		...fact('item', textIn(data, 'item')),
		...fact('title', textIn(data, 'title')),
		...fact('result', textIn(data, 'result')),
		...fact('value', textIn(data, 'value')),
		...fact('note', textIn(data, 'note')),
		...(data['build'] === undefined ? [] : buildFacts(entry)),
		...fact('builds', builds.join(', ')),
		...fact('text', shortHash(textIn(data, 'itemDigest'))),
		...fact('replaces', listed(data['supersedes'])),
	];
};

const lockFacts = ({entry: {data}, run}: LedgerLine): readonly Fact[] => [
	...fact('run', run),
	...fact('apps', listed(data['apps']) || textIn(data, 'app')),
	...fact('reason', textIn(data, 'reason')),
	...fact('for', typeof data['minutes'] === 'number' ? holdTime(data['minutes']) : ''),
	...fact('to', textIn(data, 'to')),
];

const ledgerFacts = ({entry: {data}}: LedgerLine): readonly Fact[] => {
	const {seq, hash} = members(data['before']);
	return [
		...fact('project', textIn(data, 'project')),
		...fact('machine', textIn(data, 'machineId')),
		...fact('host key', textIn(data, 'hostKey')),
		...fact('reason', textIn(data, 'reason')),
		...(typeof seq === 'number'
			? fact('ended at', `${seq.toLocaleString('en')}, ${shortHash(oneLine(hash))}`)
			: []),
	];
};

/** Everything an entry carries: whoever wrote it meant something by it. */
const allFacts = ({entry}: LedgerLine): readonly Fact[] => [
	...fact('type', oneLine(entry.type)),
	...Object.entries(entry.data).flatMap(([name, value]) =>
		fact(oneLine(name) || '?', typeof value === 'string' ? oneLine(value) : cleanText(JSON.stringify(value) ?? '')),
	),
];

const numbered = (entries: readonly LedgerEntry[]): string =>
	entries.map(({seq}) => seq.toLocaleString('en')).join(', ');

/** Nothing here checks signatures, so that a name is what its writer says. */
const whoText = ({entry: {actor, signature}, who}: LedgerLine): string => {
	if (!actor) return who;
	const on = actor.machine === '' ? '' : ` on ${oneLine(actor.machine)}`;
	const by = who === 'probe' ? `probe, run by ${oneLine(actor.name)}` : oneLine(actor.name);
	return `${by}${on}, ${signature === undefined ? 'claimed' : 'signed, not checked here'}`;
};

const chainOf = (line: LedgerLine, ledgers: readonly TitledLedger[]): readonly Fact[] => {
	const {entry, environment} = line;
	const own = ledgers.find(ledger => ledger.environment === environment);
	const before = own?.entries.find(({seq}) => seq === entry.seq - 1);
	const seen = ledgers
		.filter(other => other.environment !== environment)
		.flatMap(({entries, title}) => witnessesIn(entries, environment, title))
		.filter(({seq}) => seq >= entry.seq)
		// The nearest one says most about this entry.
		.at(-1);
	const held = seen && own?.entries.find(({seq}) => seq === seen.seq);
	const {environment: other, seq, hash} = members(promotionIn(line)['witness']);
	return [
		{label: 'this', text: shortHash(entry.hash)},
		{
			label: 'before',
			text: entry.seq === 1 ? 'none: it is the first' : before ? shortHash(before.hash) : 'not known',
		},
		...(seen
			? held?.hash === seen.hash
				? fact('witness', `${seen.who} saw ${seen.seq.toLocaleString('en')} as it is`)
				: [
						{
							label: 'witness',
							text: `${seen.who} saw another ${seen.seq.toLocaleString('en')}`,
							isFault: true as const,
						},
					]
			: fact('witness', 'not yet in another ledger')),
		...(typeof seq === 'number'
			? fact('saw', `${oneLine(other)} ${seq.toLocaleString('en')}, ${shortHash(oneLine(hash))}`)
			: []),
	];
};

const titleOf = ({entry, kind, outcome}: LedgerLine): string => {
	switch (kind) {
		case 'run':
			return runTitle(entry) ?? 'Run';
		case 'sign-off':
			return outcome === 'approved' ? 'Approval' : `Result on ${oneLine(entry.data['item'])}`;
		case 'lock':
			return outcome === 'held' ? 'Hold' : outcome === 'unlocked' ? 'End of a hold' : 'Lease';
		case 'watch':
			if (entry.type === 'health.observed') return 'Health';
			return entry.type === 'promotion.told' ? 'Message' : 'Watch';
		case 'ledger':
			return 'Ledger';
		case 'unknown':
			return 'Not known here';
	}
};

const own: Readonly<Record<LedgerLine['kind'], (line: LedgerLine) => readonly Fact[]>> = {
	run: () => [],
	'sign-off': signOffFacts,
	lock: lockFacts,
	watch: allFacts,
	ledger: ledgerFacts,
	unknown: allFacts,
};

/** What the ledgers know of one line. `timeZone`: in which times are told. */
export const historyDetail = (
	line: LedgerLine,
	{ledgers, timeZone}: {readonly ledgers: readonly TitledLedger[]; readonly timeZone: string},
): HistoryDetail => {
	const {entry, entries, kind} = line;
	const ledger = ledgers.find(({environment}) => environment === line.environment);
	const others = entries.filter(one => one !== entry);
	return {
		title: titleOf(line),
		facts: [
			...fact(
				'entry',
				`${entry.seq.toLocaleString('en')}${others.length > 0 ? `, begun with ${numbered(others)}` : ''}`,
			),
			...fact('by', whoText(line)),
			...(kind === 'run' ? runFactsOf(line, ledger, timeZone) : fact('at', exactMoment(entry.at, timeZone))),
			...own[kind](line),
		],
		gates: gatesIn(line),
		chain: chainOf(line, ledgers),
	};
};

/** `entry 1,849 of 10 Feb 11:29 IST`: how far a ledger is known that could not be asked. */
export const knownUntil = (entries: readonly LedgerEntry[], timeZone: string): string => {
	const last = entries.at(-1);
	return last ? `entry ${last.seq.toLocaleString('en')} of ${moment(last.at, timeZone)}` : 'nothing';
};
