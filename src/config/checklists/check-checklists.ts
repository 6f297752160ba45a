import {covers} from '../../domain/checklist/checklist.ts';
import type {Scope} from '../../domain/checklist/checklist.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {textAt, valueAt} from '../yaml/data.ts';
import {didYouMean} from '../yaml/did-you-mean.ts';
import {readId} from '../yaml/fields.ts';
import type {Path, ConfigProblem} from '../problem.ts';
import {problemAt} from '../yaml/yaml-file.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Part = {
	readonly yaml: YamlFile;
	readonly path: Path;
	readonly id: string | undefined;
	readonly title: string | undefined;
};
type Item = Part & {readonly section: Part; readonly scope: string | undefined; readonly phase: string | undefined};

const partsAt = (yaml: YamlFile, path: Path): readonly Part[] => {
	const list = valueAt(yaml.data, path);
	return (Array.isArray(list) ? list : []).map((part, index) => ({
		yaml,
		path: [...path, index],
		id: textAt(part, ['id']),
		title: textAt(part, ['title']),
	}));
};

const sectionsOf = (yaml: YamlFile): readonly Part[] => partsAt(yaml, ['sections']);

const itemsOf = (section: Part): readonly Item[] =>
	partsAt(section.yaml, [...section.path, 'items']).map(part => ({
		...part,
		section,
		scope: textAt(part.yaml.data, [...part.path, 'scope']),
		phase: textAt(part.yaml.data, ['phase']),
	}));

/** Sections and items share one set of names: a sign-off must not be readable in two ways. */
const checkIds = (parts: readonly Part[]): readonly ConfigProblem[] =>
	parts.flatMap(({yaml, path, id}, index) => {
		const first = parts.find(part => part.id === id);
		if (id === undefined || first === undefined || parts.indexOf(first) === index) return [];
		const place = `${first.yaml.file}:${first.yaml.at([...first.path, 'id']).line}`;
		return [problemAt(yaml, [...path, 'id'], `${id} is also the id at ${place}`, 'give each its own')];
	});

const plain = (title: string | undefined): string | undefined => title?.trim().toLowerCase();

const checkTitles = (section: Part): readonly ConfigProblem[] => {
	const items = itemsOf(section);
	return items.flatMap(({yaml, path, title}, index) =>
		title === undefined || items.findIndex(item => plain(item.title) === plain(title)) === index
			? []
			: [
					problemAt(
						yaml,
						[...path, 'title'],
						`${title} is the title of two items of this section`,
						'say how they differ, or keep one',
					),
				],
	);
};

/** The rules of the lists together. Works on plain data, so that it speaks even where a field is wrong. */
export const checkChecklists = (lists: readonly YamlFile[]): readonly ConfigProblem[] => {
	const sections = lists.flatMap(sectionsOf);
	return [...checkIds(sections.flatMap(section => [section, ...itemsOf(section)])), ...sections.flatMap(checkTitles)];
};

const isScope = (scope: string | undefined): scope is Scope =>
	scope === 'backend' || scope === 'frontend' || scope === 'both';

/** Why an item is no proof for the app, and what to do about it. */
const unfit = ({id, scope, phase}: Item, app: AppName): readonly [string, string] | undefined => {
	if (phase === 'after-production' || phase === 'rollback-triggers')
		return [`${id} is in a list of ${phase}`, 'name items of a list with phase before-production'];
	return isScope(scope) && !covers(scope, app)
		? [`${id} speaks of the ${scope} alone`, `name items of scope ${app} or both`]
		: undefined;
};

const notThere = (id: string, items: readonly Item[]): readonly [string, string] => {
	const guess = didYouMean(
		id,
		items.flatMap(item => item.id ?? []),
	);
	return [`there is no item ${id}`, guess === undefined ? 'use the id of an item' : `did you mean ${guess}?`];
};

const isNamed = ({id}: Part): boolean => id !== undefined && typeof readId(id) === 'string';

/**
 * Whether what proves a verification exists and speaks of its app. `isRead` says that all lists could be parsed: while one
 * could not, or an item has no proper id yet, an id that is not found is no mistake.
 */
export const checkVerifications = (
	yaml: YamlFile,
	lists: readonly YamlFile[],
	isRead: boolean,
): readonly ConfigProblem[] => {
	const items = lists.flatMap(sectionsOf).flatMap(itemsOf);
	const isComplete = isRead && items.every(isNamed);
	const mistake = (app: AppName, id: string): readonly [string, string] | undefined => {
		const item = items.find(item => item.id === id);
		if (item) return unfit(item, app);
		return isComplete ? notThere(id, items) : undefined;
	};
	const checkItems = (app: AppName, {path}: Part): readonly ConfigProblem[] => {
		const list = valueAt(yaml.data, [...path, 'items']);
		const ids = (Array.isArray(list) ? list : []).map(String);
		return ids.flatMap((id, index) => {
			const found = ids.indexOf(id) < index ? ([`${id} is named twice`, 'keep one'] as const) : mistake(app, id);
			return found ? [problemAt(yaml, [...path, 'items', index], ...found)] : [];
		});
	};

	return (['backend', 'frontend'] as const).flatMap(app => {
		const proofs = partsAt(yaml, [app]);
		const repeated = proofs.filter(
			({title}, index) => title !== undefined && proofs.findIndex(proof => proof.title === title) < index,
		);
		return [
			...repeated.map(({path, title}) =>
				problemAt(yaml, [...path, 'title'], `${title} is given twice`, 'make one of the two'),
			),
			...proofs.flatMap(proof => checkItems(app, proof)),
		];
	});
};
