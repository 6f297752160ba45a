import {understand} from '../../commands/answers.ts';
import {parseLedgerAnswer, readLedger, type LedgerAnswer} from '../../commands/ledger/ledger.ts';
import {renderCommand} from '../../commands/shell.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {
	beginningOf,
	contradicts,
	emptyChain,
	isOther,
	readOn,
	type Chain,
	type LedgerEntry,
	type Witness,
} from '../../domain/ledger/ledger.ts';
import {aheadBy} from '../../domain/host-clock.ts';
import {memoOn} from '../../domain/memo.ts';
import type {LedgerBook} from '../../domain/ledger/ledger-book.ts';
import type {Clock, LedgerCache, LedgerMemory, SessionManager} from '../../domain/ports.ts';
import {cleanText} from '../clean-text.ts';
import {sha256} from '../sha256.ts';

/** One ledger as far as this process has read it. */
type Page = {
	readonly text: string;
	readonly bytes: number;
	readonly digest: string;
	readonly chain: Chain;
	readonly last: string;
};

/** What a host's clock said, and when by this machine's; both epoch milliseconds. */
type ReadClock = {readonly time: number; readonly readAt: number};

/** Its answer tells whole seconds, and may have been on its way for long. */
const clockBy = (
	known: ReadClock | undefined,
	read: {readonly time: number; readonly askedAt: number; readonly answeredAt: number},
): ReadClock => ({
	time: read.answeredAt + aheadBy(known && known.time - known.readAt, {...read, stepMs: 1000}),
	readAt: read.answeredAt,
});

const emptyPage: Page = {text: '', bytes: 0, digest: sha256(''), chain: emptyChain, last: ''};

const pageOf = (before: Page, added: string): Page => {
	const text = before.text + added;
	const {chain, previous} = readOn(before.chain, added, {sha256, previous: before.last});
	return {text, bytes: Buffer.byteLength(text), digest: sha256(text), chain, last: previous};
};

/** The furthest head ever seen, once this one has been: of the same beginning, or of a new one that was accepted. */
const further = (highest: LedgerMemory['highest'], chain: Chain): LedgerMemory['highest'] => {
	const {head} = chain;
	const began = beginningOf(chain);
	if (!head) return highest;
	return highest && highest.began === began && highest.seq >= head.seq ? highest : {...head, began};
};

const ownWitness = (highest: LedgerMemory['highest']): readonly Witness[] =>
	highest ? [{...highest, who: 'this machine'}] : [];

/** The two that have seen most of it. */
const furthestOf = (witnesses: readonly Witness[]): readonly Pick<Witness, 'who' | 'seq'>[] =>
	witnesses
		.map(({who, seq}) => ({who, seq}))
		.toSorted((one, other) => other.seq - one.seq)
		.slice(0, 2);

const judge = (
	chain: Chain,
	answer: LedgerAnswer,
	{project, name}: Environment,
	witnesses: readonly Witness[],
): {readonly fault: string | undefined; readonly line?: number} => {
	if (chain.fault) return {fault: `is broken: ${chain.fault.problem}`, line: chain.fault.line};
	const contradiction = witnesses.map(witness => contradicts(chain, witness)).find(found => found !== undefined);
	if (contradiction !== undefined) return {fault: contradiction};
	if (chain.entries.length === 0) return {fault: undefined};
	return {fault: isOther(chain.header, {project, environment: name, ...answer.home})};
};

/** A page with what its host has answered. */
const readFurther = (page: Page, {from, text}: LedgerAnswer): Page => {
	// A reading that began before another one ended may have asked from an earlier place.
	if (from === 0 || from !== page.bytes) return pageOf(emptyPage, text);
	return text === '' ? page : pageOf(page, text);
};

/** One book per process: pages are shared by every screen. Source: design, "State", ledger. */
export const createLedgerBook = (
	sessions: SessionManager,
	cache: LedgerCache,
	{now}: Pick<Clock, 'now'> = {now: () => Date.now()},
): LedgerBook => {
	const pages = new Map<string, Page>();
	const clocks = new Map<string, ReadClock>();
	/** What this machine had seen before this process looked: what it saw itself a moment ago proves little. */
	const before = new Map<string, readonly Witness[]>();
	const key = ({project, name}: Environment) => ({project, environment: name});
	const pageFor = (environment: Environment): Page => {
		const page = pages.get(environment.name) ?? pageOf(emptyPage, cache.read(key(environment)).text);
		pages.set(environment.name, page);
		return page;
	};

	return {
		read: async (environment, {witnesses = [], lane = 'poll', ...options} = {}) => {
			const page = pageFor(environment);
			const {highest} = cache.read(key(environment));
			const seenBefore = before.get(environment.name) ?? ownWitness(highest);
			before.set(environment.name, seenBefore);
			const last = page.bytes > 0 && !page.chain.fault ? {sizeBytes: page.bytes, sha256: page.digest} : undefined;
			const command = readLedger(environment.stateDirectory, last);
			const session = sessions.session(primaryHost(environment));
			const askedAt = now();
			const said = await session.exec(renderCommand(command), {
				lane,
				timeoutMs: 30_000,
				maxOutputBytes: 256 * 1024 * 1024,
				...options,
			});
			const answer = understand(primaryHost(environment).name, said, parseLedgerAnswer);
			clocks.set(
				environment.name,
				clockBy(clocks.get(environment.name), {time: answer.time, askedAt, answeredAt: now()}),
			);
			const next = readFurther(page, answer);
			const {chain} = next;
			const {fault, line} = judge(chain, answer, environment, [...ownWitness(highest), ...witnesses]);
			pages.set(environment.name, next);
			const isNew = next !== page || further(highest, chain) !== highest;
			// What a broken or shorter ledger says is not remembered: the proof against it would be gone.
			if (fault === undefined && isNew)
				cache.write(key(environment), {text: next.text, highest: further(highest, chain)});
			return {
				...told(next),
				fault,
				...(line === undefined ? {} : {faultLine: line}),
				time: answer.time,
				seenBy: furthestOf([...seenBefore, ...witnesses]),
			};
		},
		remembered: environment => {
			const page = pageFor(environment);
			if (page.bytes === 0) return undefined;
			const {fault} = page.chain;
			const clock = clocks.get(environment.name);
			return {...told(page), fault: fault && `is broken: ${fault.problem}`, ...(clock ? {clock} : {})};
		},
	};
};

const cleanEntry = memoOn((entry: LedgerEntry): LedgerEntry => cleanText(entry));

/** Entries safe to show; the same list for the same chain. */
const cleaned = memoOn(({entries}: Chain): readonly LedgerEntry[] => entries.map(cleanEntry));

/** What a page says, whoever judges it. */
const told = ({chain, bytes}: Page) => ({
	entries: cleaned(chain),
	head: chain.head,
	header: chain.header,
	sizeBytes: bytes,
});
