/** Text from elsewhere on one line: control characters gone, at most `max` characters. */
export const printable = (text: string, max = 200): string => {
	const line = text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ').trim();
	return line.length > max ? `${line.slice(0, max)}…` : line;
};
