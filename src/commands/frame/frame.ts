import {gzipSync} from 'node:zlib';
import beginFrame from './begin-frame.sh';
import endFrame from './end-frame.sh';
import {opening, packed} from './out-of-frame.ts';

/** What does not stand for itself between single quotes in every shell there is, or in `printf %b`. */
const special = /[^ "-&(-[\]-~]/gu;

/** Two characters for what programs are full of. A backslash is none of them: fish reads two of them as one. */
const short: Readonly<Record<string, string>> = {'\n': String.raw`\n`, '\t': String.raw`\t`};

/**
 * One physical line of one quoted word that sh, bash, zsh, tcsh and fish read alike, for `printf %b`: tcsh takes no newline
 * and obeys `!` between quotes, fish reads `\'` there.
 */
const encode = (text: string): string =>
	text.replaceAll(
		special,
		character =>
			short[character] ??
			[...Buffer.from(character)].map(byte => String.raw`\0${byte.toString(8).padStart(3, '0')}`).join(''),
	);

/** No server has to take a packet of more than 35,000 bytes (RFC 4253, 6.1); what comes near is packed. */
const longestPlain = 24_000;

/**
 * A line for any login shell, whose answer stands between two marks on both streams: what a start-up file prints is none of
 * it. `mark`: letters and digits that nobody can know before.
 */
export const inFrame = (line: string, mark: string): string => {
	const text = `${beginFrame}\n(${line}\n)\n${endFrame}`;
	const plain = encode(text);
	return plain.length <= longestPlain
		? `${opening}${mark} '${plain}'`
		: `${packed}${mark} '${gzipSync(text).toString('base64')}'`;
};

/** What the frame prints around an answer; for hosts that only play one. */
export const marksOf = (mark: string) => ({
	begin: `\u001Ebegin ${mark}\u001E`,
	end: (code: number): string => `\u001Eend ${mark} ${code}\u001E`,
});

const separator = 0x1e;
/** Of what came outside of the marks, for people. */
const keptOutside = 2048;
const empty = Buffer.alloc(0);

/**
 * Reads one stream of an answer as it comes. `take` gives back what belongs to it; nothing is held but what may be a part
 * of a mark.
 */
export const createFrameReader = (mark: string) => {
	const begin = Buffer.from(marksOf(mark).begin);
	const end = Buffer.from(`\u001Eend ${mark} `);
	let state: 'before' | 'within' | 'ended' = 'before';
	let held: Buffer = empty;
	let outside: Buffer = empty;
	let outsideBytes = 0;
	let code: number | undefined;

	const leaveOut = (bytes: Buffer): void => {
		outsideBytes += bytes.length;
		if (outside.length < keptOutside)
			outside = Buffer.concat([outside, bytes.subarray(0, keptOutside - outside.length)]);
	};
	const take = (chunk: Uint8Array): Buffer => {
		if (state === 'ended') return empty;
		let bytes: Buffer =
			held.length === 0
				? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
				: Buffer.concat([held, chunk]);
		held = empty;
		if (state === 'before') {
			const at = bytes.indexOf(begin);
			if (at < 0) {
				const from = mayBegin(bytes, begin);
				held = Buffer.from(bytes.subarray(from));
				leaveOut(bytes.subarray(0, from));
				return empty;
			}
			leaveOut(bytes.subarray(0, at));
			bytes = bytes.subarray(at + begin.length);
			state = 'within';
		}
		const at = bytes.indexOf(end);
		if (at < 0) {
			const from = mayBegin(bytes, end);
			held = Buffer.from(bytes.subarray(from));
			return bytes.subarray(0, from);
		}
		const rest = bytes.subarray(at + end.length);
		const stop = rest.indexOf(separator);
		if (stop < 0 && rest.length <= 3) {
			held = Buffer.from(bytes.subarray(at));
			return bytes.subarray(0, at);
		}
		const said = rest.subarray(0, Math.max(stop, 0)).toString('latin1');
		if (/^\d{1,3}$/.test(said)) code = Number(said);
		state = 'ended';
		return bytes.subarray(0, at);
	};
	return {
		take,
		get state() {
			return state;
		},
		/** What is left when the stream is over before its end mark. */
		rest: (): Buffer => (state === 'within' ? held : empty),
		/** Exit code; undefined before the end mark. */
		get code() {
			return code;
		},
		/** What came before the answer, its beginning, and how much it was. */
		outside: (): string => Buffer.concat([outside, state === 'before' ? held : empty]).toString('utf8'),
		get outsideBytes() {
			return outsideBytes;
		},
	};
};

/** Where a mark may begin that is not here in full yet; the length where none may. */
const mayBegin = (bytes: Buffer, mark: Buffer): number => {
	const least = Math.max(bytes.length - mark.length + 1, 0);
	for (let at = bytes.indexOf(separator, least); at >= 0; at = bytes.indexOf(separator, at + 1)) {
		if (mark.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
	}
	return bytes.length;
};
