import {logLevelRank} from './log-level.ts';
import type {LogLevel} from '../../domain/logs/log.ts';
import {LogRing, type LogLine, type RingLimits} from './log-ring.ts';

/** What is listed, and what is looked for in it. */
export type LogQuery = {
	/** Ids of sources; several are merged by time. */
	readonly sources: readonly string[];
	/** Entries below it are left out. */
	readonly level: LogLevel;
	/** Marks what holds it, in either case; empty: nothing. */
	readonly search: string;
};

const holding = (search: string): ((line: LogLine) => boolean) => {
	if (search === '') return () => false;
	// One expression rather than texts in lower case: nothing is made for each of thousands of lines.
	const wanted = new RegExp(search.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), 'iu');
	return ({entry}) => wanted.test(entry.text) || entry.trace.some(line => wanted.test(line));
};

const byTime = (a: LogLine, b: LogLine): number => a.entry.at - b.entry.at || a.number - b.number;

/**
 * The lines a person looks at, in order, with an index of those that match: both grow with what comes and are never made
 * anew for a frame.
 */
export class LogListing {
	readonly #query: LogQuery;
	readonly #ring: LogRing;
	readonly #sources: ReadonlySet<string>;
	#holds: (line: LogLine) => boolean;
	#search: string;
	#matches: LogLine[] = [];
	#masked = 0;
	#added = 0;

	constructor(query: LogQuery, limits: RingLimits) {
		this.#query = query;
		this.#ring = new LogRing(limits);
		this.#sources = new Set(query.sources);
		this.#search = query.search;
		this.#holds = holding(query.search);
	}

	/** Adds those of the lines that are asked for; the lines of each source in the order of their file. */
	add(lines: readonly LogLine[]): void {
		const least = logLevelRank(this.#query.level);
		const wanted = lines.filter(({entry}) => this.#sources.has(entry.source) && logLevelRank(entry.level) >= least);
		if (wanted.length === 0) return;
		for (const {entry} of wanted) this.#masked += entry.masked;
		this.#added += wanted.length;
		const inOrder = this.#sources.size > 1 ? this.#merged(wanted) : wanted;
		for (const line of inOrder) if (this.#holds(line)) this.#matches.push(line);
		const gone = this.#ring.push(inOrder);
		this.#forget(gone);
	}

	/** Several sources: what is later than the first of the new lines is put in order with them. */
	#merged(wanted: readonly LogLine[]): readonly LogLine[] {
		const first = wanted.reduce((least, {entry}) => Math.min(least, entry.at), Number.POSITIVE_INFINITY);
		const later = this.#ring.takeAfter(first);
		if (later.length > 0) {
			const taken = new Set(later);
			while (this.#matches.length > 0 && taken.has(this.#matches.at(-1) as LogLine)) this.#matches.pop();
		}
		return [...later, ...wanted].sort(byTime);
	}

	#forget(gone: readonly LogLine[]): void {
		if (gone.length === 0) return;
		const lost = new Set(gone);
		const kept = this.#matches.findIndex(line => !lost.has(line));
		this.#matches = kept < 0 ? [] : this.#matches.slice(kept);
		for (const {entry} of gone) this.#masked -= entry.masked;
	}

	/** Looks for something else. What only goes on with the same letters is looked for among what was found. */
	search(text: string): void {
		if (text === this.#search) return;
		const among = this.#search !== '' && text.startsWith(this.#search) ? this.#matches : this.#ring.lines;
		this.#search = text;
		this.#holds = holding(text);
		this.#matches = among.filter(this.#holds);
	}

	get lines(): readonly LogLine[] {
		return this.#ring.lines;
	}

	/** Those that hold what is looked for, in the same order. */
	get matches(): readonly LogLine[] {
		return this.#matches;
	}

	/** Lines that ever were in it. */
	get added(): number {
		return this.#added;
	}

	/** Lines that had to go. */
	get dropped(): number {
		return this.#ring.dropped;
	}

	/** Values that are masked in its lines. */
	get masked(): number {
		return this.#masked;
	}
}

/** Place of the line of a number; of the nearest one behind it, else the last, where that one is not listed. */
export const placeOfLine = (lines: readonly LogLine[], number: number): number => {
	const found = lines.findLastIndex(line => line.number === number);
	if (found >= 0) return found;
	const next = lines.findIndex(line => line.number > number);
	return next >= 0 ? next : Math.max(0, lines.length - 1);
};
