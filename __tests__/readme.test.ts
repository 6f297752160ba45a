import {readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {exitCodes} from '../src/domain/errors.ts';
import {createCockpitStore} from '../src/store/create-store.ts';
import {allBindings} from '../src/tui/keys/all-bindings.ts';
import {keyName, labelOf, type Binding, type KeyScope} from '../src/tui/keys/binding.ts';

const places: readonly {readonly title: string; readonly scopes: readonly KeyScope[]}[] = [
	{title: 'everywhere', scopes: ['everywhere', 'screens']},
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
	{title: 'History', scopes: ['history', 'history.filter']},
	{title: 'History: report and log', scopes: ['history.page']},
	{title: 'Rollback: the word', scopes: ['rollback.review']},
	{title: 'dialogs', scopes: ['help', 'palette', 'quit', 'cancel']},
];

const escape = (text: string): string => text.replaceAll('|', String.raw`\|`);

/** The table of the README, from the list that also drives the handler, the footer and the help. */
const table = (bindings: readonly Binding[]): string => {
	const state = createCockpitStore({project: '', environments: [], now: 0}).getState();
	const rows = places.flatMap(({title, scopes}) =>
		bindings
			.filter(({scope}) => scopes.includes(scope))
			.map(binding => {
				const keys = binding.keys.map(key => `\`${keyName(key)}\``).join(' ');
				return `| ${title} | ${escape(keys)} | ${escape(labelOf(binding, state))} |`;
			}),
	);
	return ['| where | keys | do |', '| --- | --- | --- |', ...new Set(rows)].join('\n');
};

test('README: the table of keys is the registry', () => {
	const readme = readFileSync('README.md', 'utf8');
	const [before, rest = ''] = readme.split('<!-- keys -->\n');
	const [shown, after] = rest.split('<!-- /keys -->');
	const wanted = `${table(allBindings)}\n`;
	if (process.env['UPDATE_README'])
		writeFileSync('README.md', `${before}<!-- keys -->\n${wanted}<!-- /keys -->${after}`);
	else expect(shown).toBe(wanted);
});

test('README: every exit code of the product is in the table', () => {
	const readme = readFileSync('README.md', 'utf8');
	const missing = [...new Set(Object.values(exitCodes))].filter(code => !readme.includes(`\n| ${code} | `));

	expect(missing).toEqual([]);
});
