import {dateFormat} from './date-format.ts';

/**
 * Each English names the zones of its own people, `IST` in India, `EST` in America, and writes others as an offset. British
 * first, which names those of Europe too. Source: Unicode CLDR, "commonlyUsed" of time zone names.
 */
const englishes = ['en-GB', 'en-US', 'en-IN', 'en-AU', 'en-CA', 'en-ZA', 'en-HK', 'en-SG', 'en-IE'] as const;

const hourMs = 3_600_000;
const names = new Map<string, string>();

/**
 * What the people of a zone call it at an instant: `IST`, `CET`, `EDT`; an offset such as `GMT+9` where English has no
 * word.
 */
export const zoneName = (epochMs: number, timeZone: string): string => {
	// Names change with summer time, not within an hour.
	const key = `${timeZone} ${Math.floor(epochMs / hourMs)}`;
	const known = names.get(key);
	if (known !== undefined) return known;
	const all = englishes.map(locale => nameIn(locale, epochMs, timeZone));
	const name = all.find(one => !/^(?:GMT|UTC)[+-]/.test(one)) ?? all[0] ?? timeZone;
	if (names.size > 1000) names.clear();
	names.set(key, name);
	return name;
};

const nameIn = (locale: string, epochMs: number, timeZone: string): string =>
	dateFormat(timeZone, {timeZoneName: 'short'}, locale)
		.formatToParts(epochMs)
		.find(({type}) => type === 'timeZoneName')?.value ?? timeZone;
