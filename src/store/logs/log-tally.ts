import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import type {LogLevel} from '../../domain/logs/log.ts';

/** Warnings or errors that say the same. */
export type TalliedKind = {
	readonly signature: string;
	readonly level: LogLevel;
	/** How often since the swap. */
	readonly count: number;
	/** The first of them. */
	readonly text: string;
	/** Not seen before the swap. */
	readonly isNew: boolean;
};

/** What came to a source, of each level. */
export type LevelCounts = Readonly<Record<LogLevel, number>>;

/** Kinds that are kept of one source: a log that says something else with each line must not fill the memory. */
const mostKinds = 200;

/** Seconds that count for how busy a source is. */
const rateSeconds = 60;

/** Counts the entries of one source as they come, whatever of them is still held. */
export class LogTally {
	#counts: Record<LogLevel, number> = {debug: 0, info: 0, warn: 0, error: 0};
	#kinds = new Map<string, TalliedKind>();
	#isFull = false;
	/** Entries of each second of the last minutes. */
	#seconds = new Map<number, number>();

	add({at, level, signature, text, isSinceSwap, isNew}: FollowedEntry): void {
		this.#countSecond(Math.floor(at / 1000));
		if (!isSinceSwap) return;
		this.#counts[level] += 1;
		if (signature === undefined) return;
		const known = this.#kinds.get(signature);
		if (known) this.#kinds.set(signature, {...known, count: known.count + 1, isNew: known.isNew || isNew});
		else if (this.#kinds.size < mostKinds) this.#kinds.set(signature, {signature, level, count: 1, text, isNew});
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

	/** Of entries since the swap. */
	get counts(): LevelCounts {
		return this.#counts;
	}

	/** Of warnings and errors since the swap. */
	get kinds(): readonly TalliedKind[] {
		return [...this.#kinds.values()];
	}

	/** Whether there are more kinds than are kept. */
	get isFull(): boolean {
		return this.#isFull;
	}
}
