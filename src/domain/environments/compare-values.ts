import type {EnvEntry, EnvFile} from './env-file.ts';
import {envFindings, type EnvCell, type EnvColumn, type EnvFinding, type EnvRow} from './env-table.ts';
import type {AppName} from './environment.ts';
import {isHarmless, looksSecret, mayBeSecret, referenceIn} from './secret-values.ts';

type Entry = Pick<EnvEntry, 'key' | 'value' | 'line'>;

/** What was read for one column. The values in it are as they are: nothing of this may leave whoever compares. */
export type EnvReading = {
	readonly column: EnvColumn;
	/** In the order of the file; undefined where `column.problem` says why. */
	readonly entries: readonly Entry[] | undefined;
	/** What the template of this environment says. */
	readonly template: readonly Entry[];
};

type Known = {
	/** Four hex digits of a secret. */
	readonly print: (secret: string) => string;
	/** Places of the sources that ask for a key. */
	readonly askedFor: ReadonlyMap<string, readonly string[]>;
	/** By environment, then by key. */
	readonly setBy: ReadonlyMap<string, ReadonlyMap<string, {readonly at: number; readonly by: string}>>;
};

/** What belongs to the frontend is compiled into it, and named so that Next does; the rest is the backend's. */
export const appOfKey = (key: string): AppName =>
	key === 'NODE_ENV' || key.startsWith('NEXT_PUBLIC_') ? 'frontend' : 'backend';

/** The entries of a template that one app reads. */
export const entriesOf = ({entries}: Pick<EnvFile, 'entries'>, app: AppName): readonly EnvEntry[] =>
	entries.filter(({key}) => appOfKey(key) === app);

const last = (entries: readonly Entry[], key: string): Entry | undefined => entries.findLast(one => one.key === key);

type Told = Pick<Known, 'print'> & {readonly isSecret: (entry: Entry) => boolean};

const cellOf = (entry: Entry, {print, isSecret}: Told): EnvCell => {
	const {value, line} = entry;
	if (value === '') return {kind: 'empty', line};
	return isSecret(entry) ? {kind: 'secret', print: print(value), line} : {kind: 'value', text: value, line};
};

/** Shorter ones are words that stand in other values for good reasons. */
const leastSecret = 8;

/**
 * What of all that was read is a secret: by its template, by its name or shape, because no template has its key, or
 * because it is one elsewhere. What is compiled in stands in a file that everybody may read.
 */
const secretsAmong = (readings: readonly EnvReading[]): Told['isSecret'] => {
	const stated = readings.flatMap(({template}) => template);
	const named = new Set(stated.flatMap(({key, value}) => (referenceIn(value) === 'secret' ? [key] : [])));
	const known = new Set(stated.map(({key}) => key));
	const writtenOut = stated.flatMap(({value}) => (referenceIn(value) === undefined ? [value] : []));
	// A secret that was never filled in, or switched off, is none, and people look for exactly that.
	const saysSecret = (entry: Entry): boolean =>
		mayBeSecret(entry) || (named.has(entry.key) && !isHarmless(entry.value));
	const secrets = new Set(
		readings
			.flatMap(({entries = []}) =>
				entries.filter(entry => saysSecret(entry) && entry.value.length >= leastSecret),
			)
			// What a template has written out is known to everybody: it makes no other value a secret.
			.filter(entry => looksSecret(entry) || !writtenOut.some(text => text.includes(entry.value)))
			.map(({value}) => value),
	);
	return entry =>
		saysSecret(entry) ||
		(!known.has(entry.key) && entry.line > 0 && !isHarmless(entry.value)) ||
		[...secrets].some(secret => entry.value.includes(secret));
};

/** What the templates say of a key, as one cell. What differs between them is each environment's own. */
const templateCell = (stated: readonly Entry[], told: Told): EnvCell => {
	const [first] = stated;
	if (!first) return {kind: 'missing'};
	const references = stated.map(({value}) => referenceIn(value));
	if (references.includes('secret')) return {kind: 'reference', of: 'secret'};
	return references.includes('value') || stated.some(({value}) => value !== first.value)
		? {kind: 'reference', of: 'value'}
		: cellOf({...first, line: 0}, told);
};

/** Columns whose values are equal although the templates say two things of them: secrets, or values written out. */
const sameOnes = (key: string, readings: readonly EnvReading[]): readonly EnvReading[] => {
	const stated = readings.flatMap(reading => {
		const value = last(reading.entries ?? [], key)?.value;
		const says = last(reading.template, key)?.value;
		// Nobody says that what is yours to set differs: most of it is the same on all hosts.
		return value === undefined || isHarmless(value) || says === undefined || referenceIn(says) === 'value'
			? []
			: [{reading, value, says}];
	});
	return stated
		.filter(one => stated.some(other => other.value === one.value && other.says !== one.says))
		.map(({reading}) => reading);
};

const listed = (names: readonly string[]): string =>
	[names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');

const titles = (readings: readonly EnvReading[]): string => listed(readings.map(({column}) => column.title));

type Trouble = {readonly finding: EnvFinding; readonly text: string};

/** Everything that is wrong with a key. */
const troubles = (key: string, readings: readonly EnvReading[], isAsked: boolean): readonly Trouble[] => {
	const read = readings.filter(({entries}) => entries !== undefined);
	const has = ({entries = []}: EnvReading): boolean => last(entries, key) !== undefined;
	const says = ({template}: EnvReading): string | undefined => last(template, key)?.value;
	const isStated = readings.some(reading => says(reading) !== undefined);
	const missing = read.filter(reading => says(reading) !== undefined && !has(reading));
	const twice = read.flatMap(reading => {
		const lines = (reading.entries ?? []).filter(one => one.key === key).map(({line}) => line);
		return lines.length > 1 ? [{reading, lines: lines.filter(line => line > 0)}] : [];
	});
	const same = sameOnes(key, read);
	const other = read.filter(reading => {
		const stated = says(reading);
		const value = last(reading.entries ?? [], key)?.value;
		// `${OTHER}` is as people typed it, on both sides.
		return stated !== undefined && value !== undefined && referenceIn(stated) === undefined && value !== stated;
	});
	return [
		...missing.map(({column}): Trouble => ({finding: 'missing', text: `missing on ${column.title}`})),
		...(isStated
			? []
			: [
					{
						finding: 'extra' as const,
						text: `on ${titles(read.filter(has))}, but in no template; ${isAsked ? 'the code here asks for it' : 'no code here asks for it'}`,
					},
				]),
		...twice.map(({reading, lines}): Trouble => ({
			finding: 'twice',
			text: `given more than once on ${reading.column.title}${lines.length > 1 ? `, on lines ${listed(lines.map(String))}` : ''}; the last one counts`,
		})),
		...(same.length > 0
			? [{finding: 'same' as const, text: `the same on ${titles(same)}, where the templates say it differs`}]
			: []),
		...other.map(({column}): Trouble => ({
			finding: 'different',
			text: `on ${column.title} not what its template says`,
		})),
	];
};

const isDifferent = (key: string, readings: readonly EnvReading[]): boolean => {
	const read = readings.filter(({entries}) => entries !== undefined);
	return new Set(read.map(({entries = []}) => last(entries, key)?.value)).size > 1;
};

const worst = (found: readonly EnvFinding[]): EnvFinding | undefined =>
	envFindings.find(finding => found.includes(finding));

const rowOf = (key: string, readings: readonly EnvReading[], known: Known & Told): EnvRow => {
	const stated = readings.flatMap(({template}) => last(template, key) ?? []);
	const found = troubles(key, readings, (known.askedFor.get(key) ?? []).length > 0);
	const cell = (entry: Entry): EnvCell => cellOf(entry, known);
	const cells = readings.map(({column: {id}, entries}): readonly [string, EnvCell] => {
		const entry = last(entries ?? [], key);
		return [id, entries === undefined ? {kind: 'unknown'} : entry ? cell(entry) : {kind: 'missing'}];
	});
	const repeated = readings.flatMap(({column: {id}, entries = []}) => {
		const all = entries.filter(one => one.key === key);
		return all.length > 1 ? [[id, all.map(cell)] as const] : [];
	});
	const setBy = [...known.setBy].flatMap(([environment, byKey]) => {
		const set = byKey.get(key);
		return set ? [[environment, set] as const] : [];
	});
	return {
		key,
		finding: worst(found.map(({finding}) => finding)) ?? (isDifferent(key, readings) ? 'different' : 'equal'),
		cells: Object.fromEntries([['template', templateCell(stated, known)], ...cells]),
		repeated: Object.fromEntries(repeated),
		problems: found.map(({text}) => text),
		askedFor: (known.askedFor.get(key) ?? []).slice(0, 20),
		setBy: Object.fromEntries(setBy),
	};
};

const byWords = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Every key that a template or a place has, with what is to be said of it: by finding, worst first, then by key. What
 * comes out holds no secret, whatever the columns held.
 */
export const compareValues = (readings: readonly EnvReading[], known: Known): readonly EnvRow[] => {
	const keys = new Set(readings.flatMap(({entries = [], template}) => [...template, ...entries].map(({key}) => key)));
	const told = {...known, isSecret: secretsAmong(readings)};
	return [...keys]
		.map(key => rowOf(key, readings, told))
		.sort((a, b) => envFindings.indexOf(a.finding) - envFindings.indexOf(b.finding) || byWords(a.key, b.key));
};

/** Whether a row is worth a look: those that are not are as the templates say. */
export const isTrouble = ({problems}: EnvRow): boolean => problems.length > 0;
