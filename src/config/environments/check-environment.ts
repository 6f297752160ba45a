import {basename} from 'node:path';
import {isRecord, textAt, valueAt} from '../yaml/data.ts';
import {isInside} from '../is-inside.ts';
import type {ConfigProblem} from '../problem.ts';
import {problemAt} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const checkName = (yaml: YamlFile): readonly ConfigProblem[] => {
	const name = textAt(yaml.data, ['name']);
	const expected = basename(yaml.file, '.yaml');
	return name === undefined || name === expected
		? []
		: [problemAt(yaml, ['name'], `${name} is not the name of the file`, `write ${expected}, or rename the file`)];
};

const checkHosts = (yaml: YamlFile): readonly ConfigProblem[] => {
	const [tier, hosts] = [textAt(yaml.data, ['tier']), valueAt(yaml.data, ['hosts'])];
	const names = asList(hosts).map(host => textAt(host, ['name']));
	const repeated = names.flatMap((name, index) =>
		name !== undefined && names.indexOf(name) < index
			? [problemAt(yaml, ['hosts', index, 'name'], `${name} is the name of two hosts`, 'give each its own')]
			: [],
	);
	if (tier === 'local' && names.length > 0)
		return [...repeated, problemAt(yaml, ['hosts'], 'a local environment has no hosts', 'write hosts: []', 'key')];
	if (Array.isArray(hosts) && names.length === 0 && (tier === 'preprod' || tier === 'production'))
		return [problemAt(yaml, ['hosts'], `${tier} needs at least one host`, 'add one with name and address', 'key')];
	return repeated;
};

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
			.filter(other => isInside(other.path, path) || isInside(path, other.path))
			.map(other =>
				problemAt(yaml, other.at, `overlaps the live path of ${at[1]}`, `choose one apart from ${path}`),
			),
	);
};

/** Rules over several values of one file. Works on plain data, so that it speaks even where a field is wrong. */
export const checkEnvironment = (yaml: YamlFile): readonly ConfigProblem[] =>
	[checkName, checkHosts, checkPaths].flatMap(check => check(yaml));
