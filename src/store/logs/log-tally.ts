import type {LogEntry, LogLevel} from '../../domain/logs/log.ts';

/** Warnings or errors that say the same. */
export type TalliedKind = {
	readonly signature: string;
	readonly level: LogLevel;
	/** How often since the swap. */
	readonly count: number;
	/** One of them. */
	readonly text: string;
};

/** What came to a source, of each level. */
export type LevelCounts = Readonly<Record<LogLevel, number>>;

export const noCounts: LevelCounts = {debug: 0, info: 0, warn: 0, error: 0};

/** Kinds that are kept of one source: a log that says something else with each line must not fill the memory. */
const mostKinds = 200;

/** Seconds that count for how busy a source is. */
const rateSeconds = 60;

/** Counts the entries of one source as they come, whatever of them is still held. */
export class LogTally {
	#since: number | undefined;
	#counts: Record<LogLevel, number> = {...noCounts};
	#kinds = new Map<string, TalliedKind>();
	#before = new Set<string>();
	#isFull = false;
	#firstAt: number | undefined;
	/** Entries of each second of the last minutes. */
	#seconds = new Map<number, number>();

	/** `since`: the swap, epoch milliseconds by the host; undefined: nothing counts. */
	constructor(since: number | undefined) {
		this.#since = since;
	}

	add(entry: LogEntry): void {
		const {at, level, signature} = entry;
		this.#firstAt = Math.min(at, this.#firstAt ?? at);
		this.#countSecond(Math.floor(at / 1000));
		if (this.#since === undefined) return;
		if (at < this.#since) {
			if (signature !== undefined && this.#before.size < mostKinds) this.#before.add(signature);
			return;
		}
		this.#counts[level] += 1;
		if (signature === undefined) return;
		const known = this.#kinds.get(signature);
		if (known) this.#kinds.set(signature, {...known, count: known.count + 1});
		else if (this.#kinds.size < mostKinds)
			this.#kinds.set(signature, {signature, level, count: 1, text: entry.text});
		else this.#isFull = true;
	}

	#countSecond(second: number): void {
		this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
		if (this.#seconds.size <= 4 * rateSeconds) return;
		const latest = Math.max(...this.#seconds.keys());
		for (const one of this.#seconds.keys()) if (one < latest - 2 * rateSeconds) this.#seconds.delete(one);
	}

	/** Entries of the minute before `now`, epoch milliseconds by the host. */
	perMinute(now: number): number {
		const until = Math.floor(now / 1000);
		let sum = 0;
		for (const [second, count] of this.#seconds)
			if (second > until - rateSeconds && second <= until + 1) sum += count;
		return sum;
	}

	/** Undefined as long as it is not known when the swap was. */
	get counts(): LevelCounts | undefined {
		return this.#since === undefined ? undefined : this.#counts;
	}

	get kinds(): readonly TalliedKind[] {
		return [...this.#kinds.values()];
	}

	/** Whether there are more kinds than are kept. */
	get isFull(): boolean {
		return this.#isFull;
	}

	/** Whether the same was said before the swap, in what was read here. */
	wasBefore(signature: string): boolean {
		return this.#before.has(signature);
	}

	/** Epoch milliseconds, by the host, of the first entry that was read. */
	get firstAt(): number | undefined {
		return this.#firstAt;
	}
}
