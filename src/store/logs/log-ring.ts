import type {FollowedEntry} from '../../app/logs/new-kinds.ts';

/** An entry as the screen holds it. */
export type LogLine = {
	/** Counted over all sources in the order in which they came; what is frozen at a number stays where it is. */
	readonly number: number;
	readonly entry: FollowedEntry;
	/** What it takes of the memory, about. */
	readonly cost: number;
};

export type RingLimits = {readonly lines: number; readonly bytes: number};

/** Objects and arrays of an entry beside its text. */
const objectBytes = 200;

/** What an entry takes of the memory, in bytes; text from a host is mostly one byte a character. */
export const costOf = ({text, trace, signature = ''}: FollowedEntry): number =>
	trace.reduce((sum, line) => sum + line.length + 40, objectBytes + text.length + signature.length);

/** How many lines at the begin have to go so that both limits hold; none before they are passed by a fifth. */
const surplus = (lines: readonly LogLine[], bytes: number, limits: RingLimits): number => {
	if (lines.length <= limits.lines * 1.2 && bytes <= limits.bytes * 1.2) return 0;
	let left = bytes;
	let count = 0;
	while (count < lines.length && (lines.length - count > limits.lines || left > limits.bytes)) {
		left -= lines[count]?.cost ?? 0;
		count += 1;
	}
	return count;
};

/** The last lines, outside React. Trimmed in bulk: shifting one line at a time would move all of them for each. */
export class LogRing {
	readonly #limits: RingLimits;
	#lines: LogLine[] = [];
	#bytes = 0;
	#dropped = 0;

	constructor(limits: RingLimits) {
		this.#limits = limits;
	}

	/** Adds lines at the end; answers with those that had to go. */
	push(lines: readonly LogLine[]): readonly LogLine[] {
		for (const line of lines) {
			this.#lines.push(line);
			this.#bytes += line.cost;
		}
		return this.trim(this.#limits);
	}

	/** Takes the last lines out again, from the first one that comes after `at`. */
	takeAfter(at: number): readonly LogLine[] {
		let from = this.#lines.length;
		while ((this.#lines[from - 1]?.entry.at ?? at) > at) from -= 1;
		const taken = this.#lines.splice(from);
		for (const {cost} of taken) this.#bytes -= cost;
		return taken;
	}

	trim(limits: RingLimits): readonly LogLine[] {
		const count = surplus(this.#lines, this.#bytes, limits);
		if (count === 0) return [];
		const gone = this.#lines.slice(0, count);
		this.#lines = this.#lines.slice(count);
		for (const {cost} of gone) this.#bytes -= cost;
		this.#dropped += count;
		return gone;
	}

	get lines(): readonly LogLine[] {
		return this.#lines;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Lines that were here and had to go. */
	get dropped(): number {
		return this.#dropped;
	}
}
