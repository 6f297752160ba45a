import {randomBytes} from 'node:crypto';
import {buffer} from 'node:stream/consumers';
import {gunzipSync, zstdDecompressSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {compress} from '../../../src/runner/actions/compress.ts';

const undo = {
	none: (bytes: Buffer) => bytes,
	gzip: (bytes: Buffer) => gunzipSync(bytes),
	zstd: (bytes: Buffer) => zstdDecompressSync(bytes),
} as const;

describe.each(['none', 'gzip', 'zstd'] as const)('compress: %s', codec => {
	test('what comes out is what went in', async () => {
		const chunks = Array.from({length: 40}, () => randomBytes(100_000));
		const source = async function* () {
			yield* chunks;
		};

		expect(undo[codec](await buffer(compress(source(), codec))).equals(Buffer.concat(chunks))).toBe(true);
		expect(undo[codec](await buffer(compress((async function* () {})(), codec)))).toHaveLength(0);
	});

	test('an error of the source is the error of the stream', async () => {
		const source = async function* () {
			yield randomBytes(300_000);
			throw new Error('the file is gone');
		};

		await expect(buffer(compress(source(), codec))).rejects.toThrow('the file is gone');
	});

	test('leaving early leaves the source, however much it has still to say', async () => {
		const left = Promise.withResolvers<string>();
		const source = async function* () {
			try {
				for (;;) yield randomBytes(300_000);
			} finally {
				left.resolve('left');
			}
		};
		for await (const chunk of compress(source(), codec)) if (chunk.length > 0) break;

		expect(await left.promise).toBe('left');
	});
});
