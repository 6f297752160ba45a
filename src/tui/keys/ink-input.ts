import {EventEmitter} from 'node:events';

/**
 * The input stream that Ink's own components see: one key at a time, only while one of them has focus. Everything else
 * is answered by the dispatcher and never reaches them.
 */
export class InkInput extends EventEmitter {
	readonly isTTY = true;
	#pending: string | null = null;

	/** Hands one key to whatever Ink component listens. */
	send(sequence: string): void {
		this.#pending = sequence;
		this.emit('readable');
		this.#pending = null;
	}

	read(): string | null {
		const pending = this.#pending;
		this.#pending = null;
		return pending;
	}

	// Raw mode of the real terminal belongs to the terminal guard, not to whichever component mounts.
	setRawMode(): this {
		return this;
	}

	setEncoding(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}
