import {gunzipSync} from 'node:zlib';

const long: Readonly<Record<string, string>> = {n: '\n', t: '\t'};

const decode = (text: string): string =>
	Buffer.from(
		text.replaceAll(/\\(?:([nt])|0([0-7]{3}))/g, (_, letter: string | undefined, octal = '') =>
			letter === undefined ? String.fromCodePoint(Number.parseInt(String(octal), 8)) : (long[letter] ?? ''),
		),
		'latin1',
	).toString();

/** How a line begins whose frame is written out, and one that is packed. */
export const opening = `/bin/sh -c 'unset -f printf;eval "$(printf %b "$2")"' cockpit `;
export const packed = `/bin/sh -c 'unset -f printf base64 gzip;eval "$(printf %s "$2"|base64 -d|gzip -dc)"' cockpit `;
const framePattern = /^\/bin\/sh -c '[^']*' cockpit (\w+) '([^']*)'/;

/** What `inFrame` was given; undefined for any other line. The line is what stands in brackets of its own. */
export const outOfFrame = (line: string): {readonly line: string; readonly mark: string} | undefined => {
	const [, mark, encoded] = framePattern.exec(line) ?? [];
	if (mark === undefined || encoded === undefined) return undefined;
	const text = line.startsWith(packed) ? gunzipSync(Buffer.from(encoded, 'base64')).toString() : decode(encoded);
	return {mark, line: text.slice(text.indexOf('\n(') + 2, text.lastIndexOf('\n)\n'))};
};
