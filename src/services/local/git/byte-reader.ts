const newline = 10;

/** Takes a stream apart into lines and counted runs of bytes. */
export class ByteReader {
	readonly #source: AsyncIterator<Buffer>;
	#rest: Buffer = Buffer.alloc(0);

	constructor(source: AsyncIterator<Buffer>) {
		this.#source = source;
	}

	async #more(): Promise<void> {
		const {done, value} = await this.#source.next();
		if (done) throw new Error('git ended in the middle of an object');
		this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
	}

	async line(): Promise<string> {
		let end = this.#rest.indexOf(newline);
		while (end < 0) {
			await this.#more();
			end = this.#rest.indexOf(newline);
		}
		const line = this.#rest.toString('latin1', 0, end);
		this.#rest = this.#rest.subarray(end + 1);
		return line;
	}

	async *bytes(count: number): AsyncGenerator<Buffer> {
		for (let left = count; left > 0;) {
			if (this.#rest.length === 0) await this.#more();
			const chunk = this.#rest.subarray(0, left);
			this.#rest = this.#rest.subarray(chunk.length);
			left -= chunk.length;
			yield chunk;
		}
	}
}
