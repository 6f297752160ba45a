import type {DeployError} from '../../domain/errors.ts';
import {streamGit} from './git.ts';
import {sourceBlocked} from './source-blocked.ts';

/** Content of one file. `content` must be read to its end before the next file is asked for. */
export type StoredFile<File> = {
	readonly file: File;
	readonly sizeBytes: number;
	readonly content: AsyncIterable<Buffer>;
};

const newline = 10;

/** Takes a stream apart into lines and counted runs of bytes. */
class ByteReader {
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

const contentMissing = (directory: string, object: string): DeployError =>
	sourceBlocked(
		'the repository is incomplete',
		`the repository of ${directory} lacks the content ${object}`,
		'Fetch it completely, then check it with git fsck.',
	);

/**
 * Contents of files, in the order given, from one `git cat-file` that reads ahead of its consumer.
 * Throws DeployError `blocked` when git fails or the repository lacks one.
 */
export async function* readBlobs<File extends {readonly object: string}>(
	directory: string,
	files: readonly File[],
): AsyncGenerator<StoredFile<File>> {
	if (files.length === 0) return;
	const objects = files.map(({object}) => object);
	const output = streamGit(directory, ['cat-file', '--batch', '--buffer'], `${objects.join('\n')}\n`);
	const reader = new ByteReader(output);
	try {
		for (const file of files) {
			const [, type, size] = (await reader.line()).split(' ');
			if (type !== 'blob') throw contentMissing(directory, file.object);
			yield {file, sizeBytes: Number(size), content: reader.bytes(Number(size))};
			if ((await reader.line()) !== '') throw new TypeError(`content ${file.object} was not read to its end`);
		}
	} finally {
		await output.return(undefined);
	}
}
