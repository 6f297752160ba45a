import {StringDecoder} from 'node:string_decoder';
import type {Readable} from 'node:stream';

/** Hands on what a stream brings line by line; of a line without end no more than `most` characters are held. */
export const readLines = async (
	stream: Readable | null,
	most: number,
	onLine: (line: string) => void,
): Promise<void> => {
	if (!stream) return;
	const decoder = new StringDecoder('utf8');
	let rest = '';
	const read = (text: string): void => {
		const [first = '', ...more] = text.split('\n');
		rest = `${rest}${first}`.slice(0, most);
		for (const line of more) {
			onLine(rest.replace(/\r$/, ''));
			rest = line.slice(0, most);
		}
	};
	stream.on('data', (chunk: Buffer) => read(decoder.write(chunk)));
	// Its end is its close, whatever came before.
	stream.on('error', () => undefined);
	await new Promise<void>(resolve => stream.once('close', () => resolve()));
	read(decoder.end());
	if (rest !== '') onLine(rest);
};
