import {basename} from 'node:path';
import {isRecord, listAt, repeats, textAt, valueAt} from '../yaml/data.ts';
import {isWithin} from '../../domain/environments/excludes.ts';
import type {ConfigProblem} from '../problem.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

const checkName = (yaml: YamlFile): readonly ConfigProblem[] => {
	const name = textAt(yaml.data, ['name']);
	const expected = basename(yaml.file, '.yaml');
	return name === undefined || name === expected
		? []
		: [yaml.problem(['name'], `${name} is not the name of the file`, `write ${expected}, or rename the file`)];
};

const checkHosts = (yaml: YamlFile): readonly ConfigProblem[] => {
	const tier = textAt(yaml.data, ['tier']);
	const names = listAt(yaml.data, ['hosts']).map(host => textAt(host, ['name']));
	const repeated = repeats(names, name => name).map(({item, index}) =>
		yaml.problem(['hosts', index, 'name'], `${item} is the name of two hosts`, 'give each its own'),
	);
	if (tier === 'local' && names.length > 0)
		return [...repeated, yaml.problem(['hosts'], 'a local environment has no hosts', 'write hosts: []', 'key')];
	if (
		names.length === 0 &&
		Array.isArray(valueAt(yaml.data, ['hosts'])) &&
		(tier === 'preprod' || tier === 'production')
	)
		return [yaml.problem(['hosts'], `${tier} needs at least one host`, 'add one with name and address', 'key')];
	return [...repeated, ...checkWatched(yaml)];
};

/** Nobody is to believe that a host was deployed to which was left out. */
const checkWatched = (yaml: YamlFile): readonly ConfigProblem[] =>
	listAt(yaml.data, ['hosts']).flatMap((host, index) => {
		const isWatchedOnly = valueAt(host, ['watchedOnly']) === true;
		const at = ['hosts', index];
		if (index === 0)
			return isWatchedOnly
				? [
						yaml.problem(
							[...at, 'watchedOnly'],
							'the first host is the one that is deployed to',
							'take it away, or put another host first',
						),
					]
				: [];
		return isWatchedOnly
			? []
			: [
					yaml.problem(
						at,
						'only one host is deployed to yet, the first',
						'write watchedOnly: true, and deploy to it by other means; or take it away',
					),
				];
	});

/** Two live trees may not hold each other, and what outlives a release may not lie in one. */
const checkPaths = (yaml: YamlFile): readonly ConfigProblem[] => {
	const apps = valueAt(yaml.data, ['apps']);
	const places = (paths: ReadonlyArray<readonly string[]>) =>
		paths.flatMap(at => {
			const path = textAt(yaml.data, at);
			return path === undefined ? [] : [{at, path}];
		});
	const live = places(Object.keys(isRecord(apps) ? apps : {}).map(app => ['apps', app, 'path']));
	const kept = places([['backups', 'directory'], ['stateDirectory']]);
	return live.flatMap(({at, path}, index) =>
		[...live.slice(index + 1), ...kept]
			.filter(other => isWithin(other.path, path) || isWithin(path, other.path))
			.map(other =>
				yaml.problem(other.at, `overlaps the live path of ${at[1]}`, `choose one apart from ${path}`),
			),
	);
};

/** Ids name jobs and logs, and some moments never come. */
const checkHooks = (yaml: YamlFile): readonly ConfigProblem[] => {
	const apps = valueAt(yaml.data, ['apps']);
	return Object.keys(isRecord(apps) ? apps : {}).flatMap(app => {
		const at = ['apps', app, 'hooks'];
		const hooks = valueAt(yaml.data, at);
		if (!isRecord(hooks)) return [];
		const repeated = Object.keys(hooks).flatMap(moment => {
			const ids = listAt(yaml.data, [...at, moment]).map(hook => textAt(hook, ['id']));
			return repeats(ids, id => id).map(({item, index}) =>
				yaml.problem([...at, moment, index, 'id'], `${item} is the id of two hooks`, 'give each its own'),
			);
		});
		const never = [
			...(app === 'frontend' && 'beforeMigrate' in hooks
				? [
						yaml.problem(
							[...at, 'beforeMigrate'],
							'a frontend has no migrations',
							'move it to the backend',
							'key',
						),
					]
				: []),
			...('afterBackup' in hooks && textAt(yaml.data, ['backups', 'policy']) === 'after-deploy'
				? [
						yaml.problem(
							[...at, 'afterBackup'],
							'by backups.policy after-deploy the archive is written behind the run',
							'write backups.policy: before-swap, or move it to afterDeploy',
							'key',
						),
					]
				: []),
		];
		return [...repeated, ...never];
	});
};

/** Rules over several values of one file. Works on plain data, so that it speaks even where a field is wrong. */
export const checkEnvironment = (yaml: YamlFile): readonly ConfigProblem[] =>
	[checkName, checkHosts, checkPaths, checkHooks].flatMap(check => check(yaml));
