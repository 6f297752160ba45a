import type {Build} from '../build.ts';
import type {AppName} from '../environments/environment.ts';

/** Entries this version can judge. One that names a higher `min_reader` closes the gates: it says something unknown. */
export const readerVersion = 1;

/** Who wrote an entry, as the entry says. */
export type EntryActor = {readonly name: string; readonly machine: string; readonly key?: string};

/** One line of a ledger. `data` is as untrusted as any other thing a host sends: readers look at what they know. */
export type LedgerEntry = {
	readonly seq: number;
	/** Epoch milliseconds by the host's clock: of what it tells, not of when a full disk let it be written. */
	readonly at: number;
	readonly type: string;
	readonly actor: EntryActor | undefined;
	readonly data: Readonly<Record<string, unknown>>;
	/** Armoured SSH signature over the entry, where the writer has a key. */
	readonly signature?: string;
	/** Lower-case hex sha256 of the line without its newline. */
	readonly hash: string;
};

/** Line 1: which ledger this is. A copy on another disk or for another environment is noticed. */
export type LedgerHeader = {
	readonly project: string;
	readonly environment: string;
	/** Of the host that opened it; empty where it has none. */
	readonly machineId: string;
	/** `SHA256:...` of the key the host showed. */
	readonly hostKey: string;
};

/** A place in a ledger that somebody saw: the number of an entry and its hash. */
export type Head = {readonly seq: number; readonly hash: string};

/** Why a ledger can't be relied on. `line` counts from 1; 0 where no line is to blame. */
export type LedgerFault = {readonly line: number; readonly problem: string};

/** A ledger as far as its lines hold together. */
export type Chain = {
	/** Up to the first fault, oldest first. */
	readonly entries: readonly LedgerEntry[];
	readonly header: LedgerHeader | undefined;
	/** Undefined for an empty ledger. */
	readonly head: Head | undefined;
	readonly fault: LedgerFault | undefined;
	/** Lines after the fault, or in all when there is none. */
	readonly lines: number;
};

export type Sha256 = (text: string) => string;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Something that should be text. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Members of something that should be an object. */
export const members = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

const actorOf = (value: unknown): EntryActor | undefined => {
	const {name, machine, key} = members(value);
	if (typeof name !== 'string') return undefined;
	return {name, machine: textIn(machine) ?? '', ...(typeof key === 'string' ? {key} : {})};
};

const headerOf = ({type, data}: LedgerEntry): LedgerHeader | undefined =>
	type === 'ledger.opened'
		? {
				project: textIn(data['project']) ?? '',
				environment: textIn(data['environment']) ?? '',
				machineId: textIn(data['machineId']) ?? '',
				hostKey: textIn(data['hostKey']) ?? '',
			}
		: undefined;

/** An empty ledger before its first line. */
export const emptyChain: Chain = {entries: [], header: undefined, head: undefined, fault: undefined, lines: 0};

const readLine = (
	line: string,
	expected: {readonly seq: number; readonly previous: string},
	sha256: Sha256,
): LedgerEntry | string => {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return 'is not readable';
	}
	if (!isRecord(value)) return 'is not an entry';
	const {seq, time, happened, prev, type, actor, data, signature, min_reader: minReader} = value;
	if (seq !== expected.seq) return `has number ${JSON.stringify(seq) ?? 'none'} where ${expected.seq} belongs`;
	if (prev !== sha256(expected.previous)) return 'does not follow from the line before';
	const writtenAt = typeof time === 'string' ? Date.parse(time) : Number.NaN;
	if (Number.isNaN(writtenAt)) return 'has no time';
	const happenedAt = typeof happened === 'string' ? Date.parse(happened) : Number.NaN;
	// Nothing is written before it happens.
	const at = happenedAt < writtenAt ? happenedAt : writtenAt;
	if (typeof type !== 'string') return 'has no type';
	// Something else than a number asks for a reader as well, and one that is not known.
	if (minReader !== undefined && !(typeof minReader === 'number' && minReader <= readerVersion))
		return `needs a newer cockpit: it says something this version does not understand (${type})`;
	return {
		seq: expected.seq,
		at,
		type,
		actor: actorOf(actor),
		data: members(data),
		...(typeof signature === 'string' ? {signature} : {}),
		hash: sha256(line),
	};
};

/**
 * Reads on from where a chain ends. `text`: whole lines, each ended by a newline; what follows the last newline is a
 * line somebody is still writing, or that was torn, and is a fault when `isWhole`. Pure; a fault stays one. Source:
 * design, "State", ledger.
 */
export const readOn = (
	chain: Chain,
	text: string,
	{
		sha256,
		previous,
		isWhole = true,
	}: {readonly sha256: Sha256; readonly previous: string; readonly isWhole?: boolean},
): {readonly chain: Chain; readonly previous: string} => {
	if (chain.fault || text === '') return {chain, previous};
	const entries = [...chain.entries];
	let {header} = chain;
	let last = previous;
	const lines = text.split('\n');
	const rest = lines.pop() ?? '';
	const state = (fault?: LedgerFault): {chain: Chain; previous: string} => {
		const end = entries.at(-1);
		return {
			chain: {
				entries,
				header,
				head: end ? {seq: end.seq, hash: end.hash} : undefined,
				fault,
				lines: chain.lines + lines.length,
			},
			previous: last,
		};
	};
	for (const [index, line] of lines.entries()) {
		const place = chain.lines + index + 1;
		const entry = readLine(line, {seq: entries.length + 1, previous: last}, sha256);
		if (typeof entry === 'string') return state({line: place, problem: `line ${place} ${entry}`});
		if (entry.seq === 1) header = headerOf(entry);
		entries.push(entry);
		last = line;
	}
	if (rest !== '' && isWhole) {
		const place = chain.lines + lines.length + 1;
		return state({line: place, problem: `line ${place} is not complete`});
	}
	return state();
};

/** Reads a ledger from its beginning. */
export const readChain = (text: string, sha256: Sha256): Chain =>
	readOn(emptyChain, text, {sha256, previous: ''}).chain;

/**
 * Somebody who saw a head of a ledger. `who`, for people: `entry 12 of Production`, `this machine`. `at`: epoch
 * milliseconds at which it was written down. `began`: which beginning of the ledger it belongs to, where that is known.
 */
export type Witness = Head & {readonly who: string; readonly at?: number; readonly began?: string};

/**
 * Which beginning of a ledger this is: empty for the first one, else the hash of the entry by which a team began it
 * anew. All that was evidence before is void then, so that older heads prove nothing against it.
 */
export const beginningOf = ({entries}: Pick<Chain, 'entries'>): string =>
	entries[1]?.type === 'ledger.adopted' ? entries[1].hash : '';

/**
 * Whether a ledger still holds what was seen of it. Undefined when it does; else a sentence about how it does not.
 * A ledger that was cut, replaced by an older copy or written anew holds together in itself, so only what somebody
 * else saw of it shows that.
 */
export const contradicts = (
	{entries, head}: Pick<Chain, 'entries' | 'head'>,
	{seq, hash, who, at, began}: Witness,
): string | undefined => {
	const beginning = beginningOf({entries});
	const isOlder = began === undefined ? at !== undefined && at < (entries[1]?.at ?? 0) : began !== beginning;
	if (beginning !== '' && isOlder) return undefined;
	if (!head || head.seq < seq)
		return `went back from ${seq.toLocaleString('en')} to ${(head?.seq ?? 0).toLocaleString('en')} entries: ${who} has seen more`;
	return entries[seq - 1]?.hash === hash
		? undefined
		: `entry ${seq.toLocaleString('en')} is not the one that ${who} has seen`;
};

/** Whether this is the ledger of that environment on that host. Undefined when it is. Empty values are not known. */
export const isOther = (header: LedgerHeader | undefined, expected: LedgerHeader): string | undefined => {
	if (!header) return 'does not say whose ledger it is';
	if (header.project !== expected.project || header.environment !== expected.environment)
		return `is the ledger of ${header.project} ${header.environment}`;
	if (header.machineId !== '' && expected.machineId !== '' && header.machineId !== expected.machineId)
		return 'was begun on another machine';
	if (header.hostKey !== '' && expected.hostKey !== '' && header.hostKey !== expected.hostKey)
		return 'was begun by a host with another key';
	return undefined;
};

/** What an entry says about a run of an app. */
export type RunFacts = {
	readonly app: AppName | undefined;
	readonly run: string | undefined;
	readonly release: string | undefined;
	readonly build: Pick<Build, 'commit' | 'digest'> | undefined;
};

/** Reads what entries about runs carry. */
export const runFacts = ({data}: Pick<LedgerEntry, 'data'>): RunFacts => {
	const {app, run, release, build} = data;
	const {commit, digest} = members(build);
	return {
		app: app === 'backend' || app === 'frontend' ? app : undefined,
		run: textIn(run),
		release: textIn(release),
		build: typeof commit === 'string' && typeof digest === 'string' ? {commit, digest} : undefined,
	};
};
