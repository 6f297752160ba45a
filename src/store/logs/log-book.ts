import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import {LogListing, type LogQuery} from './log-listing.ts';
import {costOf, LogRing, type LogLine, type RingLimits} from './log-ring.ts';
import {LogTally} from './log-tally.ts';

export type BookLimits = {
	/** Of each source, and of what is listed. */
	readonly ring: RingLimits;
	/** Of all sources together. */
	readonly bytes: number;
};

const usualLimits: BookLimits = {ring: {lines: 20_000, bytes: 8 * 1024 * 1024}, bytes: 24 * 1024 * 1024};

/**
 * The last lines of every log that is followed, outside React: thousands a second may arrive, and only those in sight are
 * ever drawn. A busy source takes no room from a quiet one.
 */
export class LogBook {
	readonly #limits: BookLimits;
	#rings = new Map<string, LogRing>();
	#tallies = new Map<string, LogTally>();
	#listing: {readonly key: string; readonly listing: LogListing} | undefined;
	#next = 0;

	constructor(limits: BookLimits = usualLimits) {
		this.#limits = limits;
	}

	/** Takes what came; the entries of each source in the order of their file. */
	push(entries: readonly FollowedEntry[]): void {
		const lines = entries.map((entry): LogLine => ({number: this.#next++, entry, cost: costOf(entry)}));
		for (const [source, own] of Map.groupBy(lines, ({entry}) => entry.source)) {
			this.#ring(source).push(own);
			const tally = this.#tally(source);
			for (const {entry} of own) tally.add(entry);
		}
		this.#listing?.listing.add(lines);
		this.#shrink();
	}

	/** Forgets everything but the numbers: none is given twice. */
	clear(): void {
		this.#rings = new Map();
		this.#tallies = new Map();
		this.#listing = undefined;
	}

	/** Forgets one source. */
	forget(source: string): void {
		this.#rings.delete(source);
		this.#tallies.delete(source);
		this.#listing = undefined;
	}

	/**
	 * The app of a source was swapped while it was followed: what it wrote before is what was known then, and is not counted
	 * any more. Lines stay where they are. Answers whether there were any.
	 */
	moveSwap(source: string, swapAt: number): boolean {
		const lines = this.#rings.get(source)?.lines ?? [];
		if (lines.length === 0) return false;
		const known = new Set(lines.flatMap(({entry}) => (entry.at < swapAt ? (entry.signature ?? []) : [])));
		this.forget(source);
		const ring = this.#ring(source);
		const tally = this.#tally(source);
		const moved = lines.map(({entry, ...line}): LogLine => {
			const isSinceSwap = entry.at >= swapAt;
			const isNew = isSinceSwap && entry.isNew && !known.has(entry.signature ?? '');
			return {...line, entry: {...entry, isSinceSwap, isNew}};
		});
		ring.push(moved);
		for (const {entry} of moved) tally.add(entry);
		return true;
	}

	/** What is asked for, in order. The same list grows as long as the question is the same. */
	listing(query: LogQuery): LogListing {
		const key = [query.level, ...query.sources].join('\n');
		if (this.#listing?.key !== key) {
			const listing = new LogListing(query, this.#limits.ring);
			listing.add(query.sources.flatMap(source => this.#rings.get(source)?.lines ?? []));
			this.#listing = {key, listing};
		}
		const {listing} = this.#listing;
		listing.search(query.search);
		return listing;
	}

	/** What was counted of a source; undefined as long as nothing came. */
	tally(source: string): LogTally | undefined {
		return this.#tallies.get(source);
	}

	/** Number the next line will get. */
	get next(): number {
		return this.#next;
	}

	/** Bytes that are held of all sources, about. */
	get bytes(): number {
		return [...this.#rings.values()].reduce((sum, {bytes}) => sum + bytes, 0);
	}

	#ring(source: string): LogRing {
		const ring = this.#rings.get(source) ?? new LogRing(this.#limits.ring);
		this.#rings.set(source, ring);
		return ring;
	}

	#tally(source: string): LogTally {
		const tally = this.#tallies.get(source) ?? new LogTally();
		this.#tallies.set(source, tally);
		return tally;
	}

	/** The one with the most gives way. */
	#shrink(): void {
		if (this.bytes <= this.#limits.bytes) return;
		const [largest] = [...this.#rings.values()].sort((a, b) => b.bytes - a.bytes);
		if (largest) largest.trim({lines: this.#limits.ring.lines, bytes: Math.floor(largest.bytes / 2)});
	}
}
