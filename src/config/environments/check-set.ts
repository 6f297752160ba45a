import {posix} from 'node:path';
import {isRecord, listAt, repeats, textAt, valueAt} from '../yaml/data.ts';
import {isWithin} from '../../domain/environments/excludes.ts';
import type {ConfigProblem} from '../problem.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Entry = {
	readonly yaml: YamlFile;
	readonly name: string | undefined;
	readonly project: string | undefined;
	readonly promotedFrom: string | undefined;
};

const checkNames = (entries: readonly Entry[]): readonly ConfigProblem[] =>
	repeats(entries, ({name}) => name).map(({item: {yaml, name}, first}) =>
		yaml.problem(['name'], `${name} is also the name in ${first.yaml.file}`, 'give each file its own'),
	);

const checkProjects = (entries: readonly Entry[]): readonly ConfigProblem[] => {
	const first = entries.find(({project}) => project !== undefined);
	const fix = 'use the same project in all files';
	return entries
		.filter(({project}) => project !== undefined && project !== first?.project)
		.map(({yaml, project}) => {
			const problem = `${project} is not the project of ${first?.yaml.file}, which is ${first?.project}`;
			return yaml.problem(['project'], problem, fix);
		});
};

/** The way back from an environment through `promotedFrom`, until it ends or repeats itself. */
const chain = (entries: readonly Entry[], name: string): readonly string[] => {
	const seen: string[] = [];
	for (let next: string | undefined = name; next !== undefined && !seen.includes(next);) {
		const current: string = next;
		seen.push(current);
		next = entries.find(entry => entry.name === current)?.promotedFrom;
		if (next === name) return [...seen, name];
	}
	return seen;
};

const checkPromotion = (entries: readonly Entry[]): readonly ConfigProblem[] => {
	// While a file cannot be read, what it is called is unknown, and naming it is no mistake.
	const isComplete = entries.every(({name}) => name !== undefined);
	const known = entries.flatMap(({name}) => name ?? []);
	return entries.flatMap(({yaml, name, promotedFrom}) => {
		if (promotedFrom === undefined || name === undefined) return [];
		const refuse = (problem: string, fix: string) => [yaml.problem(['promotedFrom'], problem, fix)];
		if (!known.includes(promotedFrom))
			return isComplete
				? refuse(`there is no environment ${promotedFrom}`, `use one of ${known.join(', ')}`)
				: [];
		const way = chain(entries, name);
		return way.length > 1 && way.at(-1) === name
			? refuse(`leads back to itself: ${way.join(' <- ')}`, 'let the first have none')
			: [];
	});
};

/** Address and port of each host, as one word; who logs in, and by which way, makes it no other machine. */
const hostsOf = ({yaml}: Entry): readonly string[] =>
	listAt(yaml.data, ['hosts']).flatMap(host => {
		const address = textAt(host, ['address'])?.toLowerCase().replace(/\.$/, '');
		const port = valueAt(host, ['port']);
		// Nothing of an environment lies on a host that it only watches.
		if (valueAt(host, ['watchedOnly']) === true) return [];
		return address === undefined ? [] : [`${address}:${typeof port === 'number' ? port : 22}`];
	});

const withoutSlash = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');

/** Where each app is live, and what is kept beside it. */
const livePaths = ({
	yaml,
}: Entry): ReadonlyArray<{readonly app: string; readonly path: string; readonly places: readonly string[]}> => {
	const apps = valueAt(yaml.data, ['apps']);
	return Object.keys(isRecord(apps) ? apps : {}).flatMap(app => {
		const stated = textAt(yaml.data, ['apps', app, 'path']);
		if (stated === undefined) return [];
		const path = withoutSlash(stated);
		return [{app, path, places: [path, posix.join(posix.dirname(path), `.${posix.basename(path)}`)]}];
	});
};

const overlap = (some: readonly string[], others: readonly string[]): boolean =>
	some.some(path => others.some(other => isWithin(path, other) || isWithin(other, path)));

/** Directories that each environment has to itself on a host, and why. */
const ownDirectories = [
	[['backups', 'directory'], 'backups directory', 'old ones are removed by name and age'],
	[['stateDirectory'], 'state directory', 'it holds lock and ledger'],
] as const;

const clashes = (entry: Entry, before: Entry): readonly ConfigProblem[] => {
	const host = hostsOf(entry).find(one => hostsOf(before).includes(one));
	if (host === undefined) return [];
	const {yaml} = entry;
	const there = `${before.yaml.file}, on the same host ${host}`;
	const paths = livePaths(entry).flatMap(({app, path, places}) =>
		livePaths(before)
			.filter(other => overlap(places, other.places))
			.map(other =>
				yaml.problem(
					['apps', app, 'path'],
					`${path} ${path === other.path ? 'is' : 'overlaps'} the live path of ${other.app} in ${there}`,
					'let one environment have it: choose another path, or another host',
				),
			),
	);
	const directories = ownDirectories.flatMap(([at, what, why]) => {
		const [own, its] = [textAt(yaml.data, at), textAt(before.yaml.data, at)];
		const isShared = own !== undefined && its !== undefined && withoutSlash(own) === withoutSlash(its);
		return isShared
			? [yaml.problem(at, `${own} is the ${what} of ${there}`, `give each environment its own: ${why}`)]
			: [];
	});
	return [...paths, ...directories];
};

/** One live path with two locks has none, and two environments with one ledger have no history. */
const checkPlaces = (entries: readonly Entry[]): readonly ConfigProblem[] =>
	entries.flatMap((entry, index) => entries.slice(0, index).flatMap(before => clashes(entry, before)));

/**
 * Rules over all files together: one project, names that differ, promotion that starts somewhere, and live paths and
 * state directories that belong to one environment each.
 */
export const checkSet = (files: readonly YamlFile[]): readonly ConfigProblem[] => {
	const entries = files.map(yaml => ({
		yaml,
		name: textAt(yaml.data, ['name']),
		project: textAt(yaml.data, ['project']),
		promotedFrom: textAt(yaml.data, ['promotedFrom']),
	}));
	return [checkNames, checkProjects, checkPromotion, checkPlaces].flatMap(check => check(entries));
};
