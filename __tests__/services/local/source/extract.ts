import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync} from 'node:fs';
import {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';

/** Extracts an archive with the system's tar, as a host does. Rejects with what tar says unless it says nothing. */
export const extract = async (archive: AsyncIterable<Uint8Array>, to: string): Promise<void> => {
	mkdirSync(to, {recursive: true});
	const tar = spawn('tar', ['-xpf', '-', '-C', to], {stdio: ['pipe', 'ignore', 'pipe']});
	const ended = Promise.all([once(tar, 'close') as Promise<[number | null]>, text(tar.stderr)]);
	const sent = await pipeline(Readable.from(archive), tar.stdin).then(
		() => undefined,
		(error: unknown) => error,
	);
	const [[code], stderr] = await ended;
	// A tar that stops early breaks the pipe too, but knows the reason.
	if (code !== 0 || stderr !== '') throw new Error(`tar exited with ${code}: ${stderr}`, {cause: sent});
	if (sent !== undefined) throw sent;
};
