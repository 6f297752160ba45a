import {posix} from 'node:path';
import {isRecord, textAt, valueAt} from '../yaml/data.ts';
import {isInside} from '../is-inside.ts';
import type {ConfigProblem} from '../problem.ts';
import {problemAt} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Entry = {
	readonly yaml: YamlFile;
	readonly name: string | undefined;
	readonly project: string | undefined;
	readonly promotedFrom: string | undefined;
};

const checkNames = (entries: readonly Entry[]): readonly ConfigProblem[] =>
	entries.flatMap(({yaml, name}, index) => {
		const first = entries.findIndex(entry => entry.name === name);
		return name === undefined || first === index
			? []
			: [
					problemAt(
						yaml,
						['name'],
						`${name} is also the name in ${entries[first]?.yaml.file}`,
						'give each file its own',
					),
				];
	});

const checkProjects = (entries: readonly Entry[]): readonly ConfigProblem[] => {
	const first = entries.find(({project}) => project !== undefined);
	return entries
		.filter(({project}) => project !== undefined && project !== first?.project)
		.map(({yaml, project}) =>
			problemAt(
				yaml,
				['project'],
				`${project} is not the project of ${first?.yaml.file}, which is ${first?.project}`,
				'use the same project in all files',
			),
		);
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
		if (!known.includes(promotedFrom))
			return isComplete
				? [
						problemAt(
							yaml,
							['promotedFrom'],
							`there is no environment ${promotedFrom}`,
							`use one of ${known.join(', ')}`,
						),
					]
				: [];
		const way = chain(entries, name);
		return way.length > 1 && way.at(-1) === name
			? [
					problemAt(
						yaml,
						['promotedFrom'],
						`leads back to itself: ${way.join(' <- ')}`,
						'let the first have none',
					),
				]
			: [];
	});
};

/** Address and port of each host, as one word; who logs in, and by which way, makes it no other machine. */
const hostsOf = ({yaml}: Entry): readonly string[] => {
	const hosts = valueAt(yaml.data, ['hosts']);
	return (Array.isArray(hosts) ? hosts : []).flatMap((host: unknown) => {
		const address = textAt(host, ['address']);
		const port = valueAt(host, ['port']);
		return address === undefined
			? []
			: [`${address.toLowerCase().replace(/\.$/, '')}:${typeof port === 'number' ? port : 22}`];
	});
};

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
	some.some(path => others.some(other => isInside(path, other) || isInside(other, path)));

const clashes = (entry: Entry, before: Entry): readonly ConfigProblem[] => {
	const host = hostsOf(entry).find(one => hostsOf(before).includes(one));
	if (host === undefined) return [];
	const {yaml} = entry;
	const there = `${before.yaml.file}, on the same host ${host}`;
	const paths = livePaths(entry).flatMap(({app, path, places}) =>
		livePaths(before)
			.filter(other => overlap(places, other.places))
			.map(other =>
				problemAt(
					yaml,
					['apps', app, 'path'],
					`${path} ${path === other.path ? 'is' : 'overlaps'} the live path of ${other.app} in ${there}`,
					'let one environment have it: choose another path, or another host',
				),
			),
	);
	const [own, its] = [entry, before].map(one => textAt(one.yaml.data, ['stateDirectory']));
	const isShared = own !== undefined && its !== undefined && withoutSlash(own) === withoutSlash(its);
	const [kept, itsKept] = [entry, before].map(one => textAt(one.yaml.data, ['backups', 'directory']));
	const isMixed = kept !== undefined && itsKept !== undefined && withoutSlash(kept) === withoutSlash(itsKept);
	const backups = isMixed
		? [
				problemAt(
					yaml,
					['backups', 'directory'],
					`${kept} is the backups directory of ${there}`,
					'give each environment its own: old ones are removed by name and age',
				),
			]
		: [];
	return isShared
		? [
				...paths,
				...backups,
				problemAt(
					yaml,
					['stateDirectory'],
					`${own} is the state directory of ${there}`,
					'give each environment its own: it holds lock and ledger',
				),
			]
		: [...paths, ...backups];
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
