import {keptLine} from '../../domain/long-line.ts';

/** One line of output, as the screen shows it. */
export type OutputLine = {
	/** Absolute number, from 0; a view frozen at a number stays where it is. */
	readonly number: number;
	/** Epoch milliseconds. */
	readonly at: number;
	readonly source: string;
	readonly text: string;
};

/** A line is cut here: what a tool prints on one line without end must not fill the memory. */
const longest = 2000;

/** A text of its own: a slice would keep the whole line in memory. */
const bounded = (text: string): string =>
	text.length > longest ? Buffer.from(keptLine(text, longest)).toString() : text;

/**
 * The last lines of a run, outside React: thousands a second may arrive, and only the visible ones are ever drawn.
 * Everything stays on disk in the run's log. `capacity`: lines kept at least.
 */
export class OutputRing {
	readonly #capacity: number;
	#lines: OutputLine[] = [];
	#next = 0;

	constructor(capacity = 5000) {
		this.#capacity = capacity;
	}

	push(at: number, source: string, texts: readonly string[]): void {
		for (const text of texts) {
			this.#lines.push({number: this.#next++, at, source, text: bounded(text)});
		}
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
		return this.#next - this.#lines.length;
	}

	/** Lines from `from`, at most `count`. */
	slice(from: number, count: number): readonly OutputLine[] {
		const first = Math.max(0, from - this.start);
		return this.#lines.slice(first, first + Math.max(0, count));
	}

	/** Number of the nearest line at or beyond `from` whose text holds `needle` in either case; -1 when none does. */
	find(needle: string, from: number, direction: 'forward' | 'backward'): number {
		const wanted = needle.toLowerCase();
		const step = direction === 'forward' ? 1 : -1;
		const last = this.#lines.length - 1;
		const first = Math.min(
			Math.max(from - this.start, direction === 'forward' ? 0 : -1),
			last + (direction === 'forward' ? 1 : 0),
		);
		for (let index = first; index >= 0 && index <= last; index += step) {
			const line = this.#lines[index];
			if (line?.text.toLowerCase().includes(wanted)) return line.number;
		}
		return -1;
	}
}
