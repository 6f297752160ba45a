import {pipeline} from 'node:stream/promises';
import {constants, createGzip, createZstdCompress} from 'node:zlib';

export type Codec = 'none' | 'gzip' | 'zstd';

/**
 * Compresses a stream while it is read, for links that are slower than that. Leaving early, as when the link is cut,
 * leaves the source too: what reads files behind it would be waited for at the end of the process.
 */
export async function* compress(chunks: AsyncIterable<Uint8Array>, codec: Codec): AsyncGenerator<Uint8Array> {
	if (codec === 'none') {
		yield* chunks;
		return;
	}
	const level =
		codec === 'gzip'
			? createGzip({level: 1})
			: createZstdCompress({params: {[constants.ZSTD_c_compressionLevel]: 1}});
	const feeding = pipeline(chunks, level);
	// An error of the source arrives by `level`; that it was left early is no error.
	feeding.catch(() => undefined);
	yield* level as AsyncIterable<Uint8Array>;
	await feeding;
}
