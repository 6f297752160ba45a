/** One line of output, as the screen shows it. */
export type OutputLine = {
	/** Absolute number, from 0; a view frozen at a number stays where it is. */
	readonly number: number;
	/** Epoch milliseconds. */
	readonly at: number;
	readonly source: string;
	readonly text: string;
};

/**
 * The last lines of a run, outside React: thousands a second may arrive, and only the visible ones are ever drawn.
 * Everything stays on disk in the run's log.
 */
export class OutputRing {
	readonly #capacity: number;
	#lines: OutputLine[] = [];
	#next = 0;

	constructor(capacity = 5000) {
		this.#capacity = capacity;
	}

	push(at: number, source: string, texts: readonly string[]): void {
		for (const text of texts) this.#lines.push({number: this.#next++, at, source, text});
		// Trimmed in bulk: shifting one line at a time would move the whole array for each.
		if (this.#lines.length > this.#capacity * 1.2) this.#lines = this.#lines.slice(-this.#capacity);
	}

	clear(): void {
		this.#lines = [];
		this.#next = 0;
	}

	/** Number the next line will get. */
	get end(): number {
		return this.#next;
	}

	/** Number of the oldest line still held. */
	get start(): number {
		return this.#lines[0]?.number ?? this.#next;
	}

	/** Lines from `from`, at most `count`. */
	slice(from: number, count: number): readonly OutputLine[] {
		const first = Math.max(0, from - this.start);
		return this.#lines.slice(first, first + count);
	}

	/** Number of the nearest line whose text holds `needle` in either case; -1 when there is none. */
	find(needle: string, from: number, direction: 'forward' | 'backward'): number {
		const wanted = needle.toLowerCase();
		const matches = ({text}: OutputLine): boolean => text.toLowerCase().includes(wanted);
		const found =
			direction === 'forward'
				? this.#lines.find(line => line.number >= from && matches(line))
				: this.#lines.findLast(line => line.number <= from && matches(line));
		return found?.number ?? -1;
	}
}
