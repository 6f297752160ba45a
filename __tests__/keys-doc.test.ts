import {readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createCockpitStore} from '../src/store/create-store.ts';
import {allBindings} from '../src/tui/keys/all-bindings.ts';
import {keyName, labelOf, type Binding, type KeyScope} from '../src/tui/keys/binding.ts';

const places: readonly {readonly title: string; readonly scopes: readonly KeyScope[]}[] = [
	{title: 'Everywhere', scopes: ['everywhere', 'screens']},
	{title: 'Overview', scopes: ['overview']},
	{title: 'Checklist', scopes: ['checklist', 'checklist.filter']},
	{title: 'Checklist: an answer', scopes: ['checklist.ask', 'checklist.retest']},
	{title: 'Deploy: choose', scopes: ['deploy.choose']},
	{title: 'Deploy: review', scopes: ['deploy.review']},
	{title: 'Deploy: blocked', scopes: ['deploy.blocked', 'deploy.reason']},
	{title: 'Deploy: the word', scopes: ['deploy.confirm']},
	{title: 'Deploy: running', scopes: ['deploy.run']},
	{title: 'Deploy: a question', scopes: ['deploy.prompt']},
	{title: 'Deploy: failed after the swap', scopes: ['deploy.go-back']},
	{title: 'Deploy: done', scopes: ['deploy.done']},
	{title: 'Deploy: failed', scopes: ['deploy.failed']},
	{title: 'Backups', scopes: ['backups', 'backups.filter']},
	{title: 'Health', scopes: ['health']},
	{title: 'Health: an answer', scopes: ['health.ask', 'health.retest']},
	{title: 'Logs', scopes: ['logs', 'logs.search']},
	{title: 'History', scopes: ['history', 'history.filter']},
	{title: 'History: report and log', scopes: ['history.page']},
	{title: 'Environments', scopes: ['environments', 'environments.filter']},
	{title: 'Environments: a key', scopes: ['environments.page']},
	{title: 'Environments: a value and its word', scopes: ['environments.change']},
	{title: 'Guides', scopes: ['guides', 'guides.search']},
	{title: 'Rollback: the word', scopes: ['rollback.review']},
	{title: 'Dialogs', scopes: ['help', 'palette', 'quit', 'cancel']},
];

const escape = (text: string): string => text.replaceAll('|', String.raw`\|`);

/** The tables of docs/keys.md, from the list that also drives the handler, the footer and the help. */
const tables = (bindings: readonly Binding[]): string => {
	const state = createCockpitStore({project: '', environments: [], now: 0}).getState();
	return places
		.map(({title, scopes}) => {
			const rows = bindings
				.filter(({scope}) => scopes.includes(scope))
				.map(binding => {
					const keys = binding.keys.map(key => `\`${keyName(key)}\``).join(' ');
					const label = labelOf(binding, state);
					// A screen that is not built yet refuses its key whatever the state.
					const refusal = binding.scope === 'screens' ? binding.refusal?.(state) : undefined;
					return `| ${escape(keys)} | ${escape(refusal === undefined ? label : `${label}: ${refusal}`)} |`;
				});
			return [`## ${title}`, '', '| keys | do |', '| --- | --- |', ...new Set(rows), ''].join('\n');
		})
		.join('\n');
};

test('docs/keys.md: the tables are the registry', () => {
	const page = readFileSync('docs/keys.md', 'utf8');
	const [before, rest = ''] = page.split('<!-- keys -->\n');
	const [shown, after] = rest.split('<!-- /keys -->');
	const wanted = tables(allBindings);
	if (process.env['UPDATE_KEYS'])
		writeFileSync('docs/keys.md', `${before}<!-- keys -->\n${wanted}<!-- /keys -->${after}`);
	else expect(shown).toBe(wanted);
});

test('docs/keys.md: every place a key works in is on the page', () => {
	const named = new Set<KeyScope>(places.flatMap(({scopes}) => scopes));
	const missing = allBindings.filter(({scope, isHidden}) => !named.has(scope) && !isHidden).map(({id}) => id);

	expect(missing).toEqual([]);
});
