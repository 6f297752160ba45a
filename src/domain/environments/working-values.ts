import type {Sha256} from '../ledger/ledger.ts';
import {parseEnvFile, type EnvEntry} from './env-file.ts';
import {isHarmless, referenceIn} from './secret-values.ts';

/** Whose values a file of the working copy has, as `cockpit env use` wrote it. */
export type ValuesMark = {
	readonly environment: string;
	/** When it was written, epoch milliseconds. */
	readonly at: number;
	/** Whether it is as it was written. */
	readonly isAsWritten: boolean;
	/** Behind the mark. */
	readonly body: string;
};

const firstLine = /^# cockpit env use ([a-z][a-z0-9-]*) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) sha256:([\da-f]{64})\n/;

/** Undefined for a file that somebody wrote by hand. */
export const markOf = (text: string, sha256: Sha256): ValuesMark | undefined => {
	const [line, environment = '', time = '', digest] = firstLine.exec(text) ?? [];
	if (line === undefined) return undefined;
	const body = text.slice(line.length);
	return {environment, at: Date.parse(time), isAsWritten: sha256(body) === digest, body};
};

/** A file with the mark on top by which it is known again. `at`: epoch milliseconds. */
export const marked = (
	body: string,
	{environment, at, sha256}: {readonly environment: string; readonly at: number; readonly sha256: Sha256},
): string =>
	`# cockpit env use ${environment} ${new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')} sha256:${sha256(body)}\n${body}`;

/** Values to fill a template with, and where they are from, for people. */
export type ValuesSource = {readonly from: string; readonly entries: readonly EnvEntry[]};

/** A template with its references filled in, as far as a value was found. */
export type FilledTemplate = {
	readonly body: string;
	/** Keys that were filled, each with the place its value is from. */
	readonly filled: readonly {readonly key: string; readonly from: string; readonly isSecret: boolean}[];
	/** Keys left empty. */
	readonly empty: readonly string[];
};

/** A value as it stood in another file; what is empty, or still a reference, is none. */
const valueFrom = (
	{from, entries}: ValuesSource,
	key: string,
): {readonly from: string; readonly entry: EnvEntry} | undefined => {
	const entry = entries.findLast(one => one.key === key);
	return entry && entry.value !== '' && referenceIn(entry.value) === undefined ? {from, entry} : undefined;
};

/**
 * Writes a template out, in its order, without its comments, which speak of templates. A value that is filled in stands
 * as it stood, quotes included, so that Laravel and Next read it as before. The first source that has a key counts.
 */
export const fillTemplate = (template: readonly EnvEntry[], sources: readonly ValuesSource[]): FilledTemplate => {
	const filled: {readonly key: string; readonly from: string; readonly isSecret: boolean}[] = [];
	const empty: string[] = [];
	const rawOf = ({key, raw, value}: EnvEntry): string => {
		const kind = referenceIn(value);
		if (kind === undefined) return raw;
		const [found] = sources.flatMap(source => valueFrom(source, key) ?? []);
		if (!found) {
			empty.push(key);
			return '';
		}
		filled.push({key, from: found.from, isSecret: kind === 'secret' && !isHarmless(found.entry.value)});
		return found.entry.raw;
	};
	let end = template[0]?.line ?? 1;
	const lines = template.map(entry => {
		const gap = entry.line > end ? '\n' : '';
		end = entry.line + entry.raw.split('\n').length;
		return `${gap}${entry.key}=${rawOf(entry)}\n`;
	});
	return {body: lines.join(''), filled, empty};
};

/**
 * The environment whose template a file written by hand agrees with: in more than half of what differs between the
 * templates, and in more than with any other. Undefined: none.
 */
export const guessEnvironment = (
	text: string,
	templates: readonly {readonly name: string; readonly entries: readonly EnvEntry[]}[],
): string | undefined => {
	const values = new Map(parseEnvFile(text).entries.map(({key, value}) => [key, value]));
	const stated = templates.map(({name, entries}) => ({
		name,
		says: new Map(
			entries.flatMap(({key, value}) => (referenceIn(value) === undefined ? [[key, value] as const] : [])),
		),
	}));
	const telling = [...new Set(stated.flatMap(({says}) => [...says.keys()]))].filter(
		key => new Set(stated.flatMap(({says}) => says.get(key) ?? [])).size > 1,
	);
	const agreeing = stated
		.map(({name, says}) => ({
			name,
			count: telling.filter(key => says.has(key) && says.get(key) === values.get(key)).length,
		}))
		.sort((a, b) => b.count - a.count);
	const [best, second] = agreeing;
	return best && best.count * 2 > telling.length && best.count > (second?.count ?? 0) ? best.name : undefined;
};

/** Files whose values a template was not asked for: a hand put them there, and they are only in the file that is kept. */
export const notTakenOver = (text: string, body: string): readonly string[] => {
	const written = new Map(parseEnvFile(body).entries.map(({key, value}) => [key, value]));
	const had = new Map(parseEnvFile(text).entries.map(({key, value}) => [key, value]));
	return [...had].flatMap(([key, value]) => (written.get(key) === value ? [] : [key]));
};

const keptName = /^\.env\.kept-([a-z][a-z0-9-]*)-(\d{8}_\d{6}(?:_\d+)?)\.local$/;

/** Name under which the file before is kept beside the new one; `.local` is what most projects keep from git. */
export const keptAs = (environment: string, at: number, taken: readonly string[]): string => {
	const [day = '', time = ''] = new Date(at)
		.toISOString()
		.replaceAll(/[-:]|\..*$/g, '')
		.split('T');
	const name = (count: number): string =>
		`.env.kept-${environment}-${day}_${time}${count > 1 ? `_${count}` : ''}.local`;
	let count = 1;
	while (taken.includes(name(count))) count++;
	return name(count);
};

/** The file of an environment that was kept last, among the names of a directory. */
export const lastKept = (names: readonly string[], environment: string): string | undefined => {
	const when = (name: string): readonly [string, number] => {
		const [stamp = '', count = '1'] = (keptName.exec(name)?.[2] ?? '').split(/(?<=_\d{6})_/);
		return [stamp, Number(count)];
	};
	return names
		.filter(name => keptName.exec(name)?.[1] === environment)
		.sort((a, b) => {
			const [stampA, countA] = when(a);
			const [stampB, countB] = when(b);
			return stampA === stampB ? countA - countB : stampA < stampB ? -1 : 1;
		})
		.at(-1);
};
