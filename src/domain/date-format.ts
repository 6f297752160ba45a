const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A format of dates in a zone, with hours from 0 to 23. Building one costs more than using it a thousand times, and there
 * are as many as zones and ways to write a date: each is kept. Throws RangeError for a zone nobody knows.
 */
export const dateFormat = (
	timeZone: string,
	options: Intl.DateTimeFormatOptions,
	locale = 'en-GB',
): Intl.DateTimeFormat => {
	const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
	const found = formats.get(key) ?? new Intl.DateTimeFormat(locale, {timeZone, hourCycle: 'h23', ...options});
	formats.set(key, found);
	return found;
};
