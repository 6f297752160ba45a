/* Scripts are texts of one character a byte, so that each byte outside of the banner stays what it is. */

/** First and last line of the banner, whatever is between them. */
export const bannerMarks = {
	first: '# --- deprecated by cockpit: first line of the warning; cockpit deprecate --undo takes it out ---',
	last: '# --- deprecated by cockpit: last line of the warning ---',
} as const;

/** What has to stay on top: the line that names the interpreter, and one that names the encoding. */
const headOf = (script: string): string =>
	/^(?:#![^\n]*(?:\n|$))?(?:[ \t\f]*#[^\n]*?coding[:=][ \t]*[-\w.]+[^\n]*(?:\n|$))?/.exec(script)?.[0] ?? '';

/** A comment at the end of each line keeps its carriage return from what a shell reads. */
const lineEndOf = (script: string): string => (/^[^\n]*\r\n/.test(script) ? ' #\r\n' : '\n');

/** The script with `banner`, its lines from the first mark to the last, in front of all that it does. */
export const putBanner = (script: string, banner: readonly string[]): string => {
	const head = headOf(script);
	const end = lineEndOf(script);
	const block = banner.map(line => `${line}${end}`).join('');
	return head === '' || head.endsWith('\n')
		? `${head}${block}${script.slice(head.length)}`
		: `${head}\n${block.slice(0, -1)}`;
};

export type WithBanner = {
	/** The script as it would be without. */
	readonly without: string;
	/** The lines of the banner. */
	readonly banner: readonly string[];
};

/** Takes the banner out of a script. Undefined: it has none; `damaged`: it has the first line of one alone. */
export const takeBanner = (script: string): WithBanner | 'damaged' | undefined => {
	const head = headOf(script);
	const rest = script.slice(head.length);
	if (!rest.startsWith(bannerMarks.first)) return undefined;
	const lastAt = rest.indexOf(`\n${bannerMarks.last}`) + 1;
	if (lastAt === 0) return 'damaged';
	const end = /^(?: #\r)?(\n|$)/.exec(rest.slice(lastAt + bannerMarks.last.length));
	if (!end) return 'damaged';
	const length = lastAt + bannerMarks.last.length + end[0].length;
	const banner = rest
		.slice(0, length)
		.replace(/\n$/, '')
		.split('\n')
		.map(line => line.replace(/ #\r$/, ''));
	// Only a head without a line end has brought one, and then the banner has none behind it.
	const without = end[1] === '' ? head.slice(0, -1) : `${head}${rest.slice(length)}`;
	return {without, banner};
};
