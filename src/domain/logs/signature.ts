/** Releases have a directory of their own each, under which everything is the same again. */
const release = /\/releases\/[^/\s]+/g;
const uuid = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
/** Hashes and commits: hex that has a digit, so that no word is taken for one. */
const hex = /\b(?:0x[\da-f]+|(?=[a-f]*\d)[\da-f]{6,})\b/gi;
const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

/** Names of classes are quoted as values are, but they are what an error is about. */
const isName = (value: string): boolean => /^.[\w]+(?:\\+[\w]+)+.$/.test(value);

/**
 * What kind of entry it is: its text without what differs from time to time, such as numbers, ids and quoted values. The
 * same text gives the same, on every machine and in every version that keeps this rule.
 */
export const signatureOf = (text: string): string =>
	text
		.slice(0, 1000)
		.replaceAll(release, '/releases/*')
		.replaceAll(uuid, '*')
		.replaceAll(quoted, value => (isName(value) ? value : '*'))
		.replaceAll(hex, '*')
		.replaceAll(/\d+/g, '*')
		.replaceAll(/\*(?:[-_.,:*+TZ]*\*)+/g, '*')
		.replaceAll(/\s+/g, ' ')
		.trim()
		.slice(0, 200);
