import {textAt} from './data.ts';
import type {Problem} from './problem.ts';
import {problemAt} from './yaml-file.ts';
import type {YamlFile} from './yaml-file.ts';

type Entry = {
	readonly yaml: YamlFile;
	readonly name: string | undefined;
	readonly project: string | undefined;
	readonly promotedFrom: string | undefined;
};

const checkNames = (entries: readonly Entry[]): readonly Problem[] =>
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

const checkProjects = (entries: readonly Entry[]): readonly Problem[] => {
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

const checkPromotion = (entries: readonly Entry[]): readonly Problem[] => {
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

/** Rules over all files together: one project, names that differ, promotion that starts somewhere. */
export const checkSet = (files: readonly YamlFile[]): readonly Problem[] => {
	const entries = files.map(yaml => ({
		yaml,
		name: textAt(yaml.data, ['name']),
		project: textAt(yaml.data, ['project']),
		promotedFrom: textAt(yaml.data, ['promotedFrom']),
	}));
	return [checkNames, checkProjects, checkPromotion].flatMap(check => check(entries));
};
