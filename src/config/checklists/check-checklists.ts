import {covers, type Scope} from '../../domain/checklist/checklist.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {listAt, repeats, textAt} from '../yaml/data.ts';
import {didYouMean} from '../yaml/did-you-mean.ts';
import {readId} from '../yaml/fields.ts';
import type {Path, ConfigProblem} from '../problem.ts';
import type {YamlFile} from '../yaml/yaml-file.ts';

type Part = {
	readonly yaml: YamlFile;
	readonly path: Path;
	readonly id: string | undefined;
	readonly title: string | undefined;
};
type Item = Part & {readonly scope: string | undefined; readonly phase: string | undefined};

const partsAt = (yaml: YamlFile, path: Path): readonly Part[] =>
	listAt(yaml.data, path).map((part, index) => ({
		yaml,
		path: [...path, index],
		id: textAt(part, ['id']),
		title: textAt(part, ['title']),
	}));

const sectionsOf = (yaml: YamlFile): readonly Part[] => partsAt(yaml, ['sections']);

const itemsOf = (section: Part): readonly Item[] =>
	partsAt(section.yaml, [...section.path, 'items']).map(part => ({
		...part,
		scope: textAt(part.yaml.data, [...part.path, 'scope']),
		phase: textAt(part.yaml.data, ['phase']),
	}));

/** Sections and items share one set of names: a sign-off must not be readable in two ways. */
const checkIds = (parts: readonly Part[]): readonly ConfigProblem[] =>
	repeats(parts, ({id}) => id).map(({item: {yaml, path, id}, first}) => {
		const place = `${first.yaml.file}:${first.yaml.at([...first.path, 'id']).line}`;
		return yaml.problem([...path, 'id'], `${id} is also the id at ${place}`, 'give each its own');
	});

const checkTitles = (section: Part): readonly ConfigProblem[] =>
	repeats(itemsOf(section), ({title}) => title?.trim().toLowerCase()).map(({item: {yaml, path, title}}) => {
		const problem = `${title} is the title of two items of this section`;
		return yaml.problem([...path, 'title'], problem, 'say how they differ, or keep one');
	});

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
 * Whether what proves a verification exists and speaks of its app. While a list could not be parsed, or an item has no
 * proper id yet, an id that is not found is no mistake.
 */
export const checkVerifications = (yaml: YamlFile, lists: readonly YamlFile[]): readonly ConfigProblem[] => {
	const items = lists.flatMap(sectionsOf).flatMap(itemsOf);
	const isComplete = lists.every(({data}) => data !== undefined) && items.every(isNamed);
	const mistake = (app: AppName, id: string): readonly [string, string] | undefined => {
		const item = items.find(item => item.id === id);
		if (item) return unfit(item, app);
		return isComplete ? notThere(id, items) : undefined;
	};
	const checkItems = (app: AppName, {path}: Part): readonly ConfigProblem[] => {
		const ids = listAt(yaml.data, [...path, 'items']).map(String);
		return ids.flatMap((id, index) => {
			const found = ids.indexOf(id) < index ? ([`${id} is named twice`, 'keep one'] as const) : mistake(app, id);
			return found ? [yaml.problem([...path, 'items', index], ...found)] : [];
		});
	};

	return (['backend', 'frontend'] as const).flatMap(app => {
		const proofs = partsAt(yaml, [app]);
		return [
			...repeats(proofs, ({title}) => title).map(({item: {path, title}}) =>
				yaml.problem([...path, 'title'], `${title} is given twice`, 'make one of the two'),
			),
			...proofs.flatMap(proof => checkItems(app, proof)),
		];
	});
};
