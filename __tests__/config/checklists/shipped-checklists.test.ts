import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import {covers, sectionsFor} from '../../../src/domain/checklist/checklist.ts';
import type {ChecklistItem, ChecklistPhase, Checklists} from '../../../src/domain/checklist/checklist.ts';
import {verifications} from '../../../src/domain/runs/confirm.ts';

const root = join(import.meta.dirname, '../../..');
let set: Checklists;
let items: readonly ChecklistItem[];

beforeAll(async () => {
	set = await loadChecklists(root);
	items = set.files.flatMap(({sections}) => sections.flatMap(section => section.items));
});

/** Source: workflow, "DEPLOYMENT_CHECKLIST.md". */
const workflow: ReadonlyArray<{
	readonly file: string;
	readonly phase?: ChecklistPhase;
	readonly sections: Readonly<Record<string, number>>;
	readonly total: number;
}> = [
	{file: '10-pre-deployment', sections: {'before-deploy': 3}, total: 3},
	{file: '20-backend', sections: {'backend-api': 6, 'backend-data': 6}, total: 12},
	{file: '30-frontend', sections: {'frontend-pages': 8, 'frontend-build': 7}, total: 15},
	{
		file: '40-modules',
		sections: {'user-management': 4, programs: 3, evaluations: 4, analytics: 6, reports: 2, permissions: 2},
		total: 21,
	},
	{file: '50-security', sections: {security: 8}, total: 8},
	{file: '60-performance', sections: {performance: 4}, total: 4},
	{file: '70-mobile', sections: {mobile: 4}, total: 4},
	{file: '80-approval', sections: {approval: 4}, total: 4},
	{
		file: '90-after-production',
		phase: 'after-production',
		sections: {'after-0-5': 6, 'after-5-15': 5, 'after-15-30': 6},
		total: 17,
	},
	{
		file: '95-rollback-triggers',
		phase: 'rollback-triggers',
		sections: {'rollback-triggers': 6},
		total: 6,
	},
];

test('shipped checklists: the lists of the workflow, in working order', () => {
	expect(set.files.map(({file, phase}) => ({file, phase}))).toEqual(
		workflow.map(({file, phase}) => ({file: `checklists/${file}.yaml`, phase: phase ?? 'before-production'})),
	);
});

test.each(workflow)('shipped checklist $file: $total items', ({file, sections, total}) => {
	const list = set.files.find(list => list.file === `checklists/${file}.yaml`);

	expect(Object.fromEntries(list?.sections.map(({id, items}) => [id, items.length]) ?? [])).toEqual(sections);
	expect(list?.sections.flatMap(({items}) => items)).toHaveLength(total);
});

test('shipped checklists: every section fits one screen, every title fits a list of 80 columns', () => {
	const sections = set.files.flatMap(({sections}) => sections);

	expect(sections.filter(({items}) => items.length < 1 || items.length > 9)).toEqual([]);
	expect(sections.filter(({title}) => title.length > 24).map(({title}) => title)).toEqual([]);
	expect(items.filter(({title}) => title.length > 40).map(({title}) => title)).toEqual([]);
});

test('shipped checklists: no id twice, no text twice, no empty field', () => {
	const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);
	const proving = sectionsFor(set, 'before-production').flatMap(({items}) => items);

	expect(repeated(items.map(({id}) => id))).toEqual([]);
	expect(repeated(items.map(({digest}) => digest))).toEqual([]);
	expect(repeated(proving.map(({title}) => title))).toEqual([]);
	expect(repeated(proving.map(({how}) => how))).toEqual([]);
	expect(items.filter(({title, how, why}) => [title, how, why].some(text => text.trim() === ''))).toEqual([]);
});

test('shipped checklists: title, how and why say something of their own', () => {
	expect(items.filter(({how}) => how.length < 40).map(({id}) => id)).toEqual([]);
	expect(items.filter(({why}) => why.length < 40).map(({id}) => id)).toEqual([]);
	expect(items.filter(({title, how}) => how.startsWith(title)).map(({id}) => id)).toEqual([]);
});

test('shipped checklists: the six analytics endpoints, by name', () => {
	const analytics = set.files.flatMap(({sections}) => sections).find(({id}) => id === 'analytics');
	const endpoints = [
		'summary',
		'evaluator-performance',
		'subordinate-performance',
		'competency-analysis',
		'department-comparison',
		'trends',
	];

	expect(analytics?.items.map(({id, scope}) => ({id, scope}))).toEqual(
		endpoints.map(endpoint => ({id: `analytics-${endpoint}`, scope: 'backend'})),
	);
	expect(analytics?.items.map(({title}) => title.split(' ')[0])).toEqual(endpoints);
	expect(analytics?.items.filter(({how}, index) => !how.includes(`analytics/${endpoints[index]}`))).toEqual([]);
});

test('shipped checklists: the figures of the workflow are limits', () => {
	const answerOf = (id: string) => items.find(item => item.id === id)?.answer;

	expect(answerOf('page-load')).toMatchObject({kind: 'value', unit: 's', atMost: 3});
	expect(answerOf('api-time')).toMatchObject({kind: 'value', unit: 'ms', atMost: 500});
	expect(answerOf('approval-stability')).toMatchObject({kind: 'value', unit: 'h', atLeast: 24});
});

test('shipped checklists: probes ask only for what every set has', () => {
	const probes = items.flatMap(({id, probe}) => (probe ? [{id, on: probe.on, path: probe.path}] : []));

	expect(probes).toEqual([
		{id: 'api-health', on: 'api', path: '/health'},
		{id: 'home-page', on: 'site', path: '/'},
		{id: 'after-api-health', on: 'api', path: '/health'},
		{id: 'after-home-page', on: 'site', path: '/'},
	]);
});

test('shipped checklists: mobile is of the frontend, approval and triggers of both', () => {
	const scopesOf = (section: string) =>
		new Set(
			set.files
				.flatMap(({sections}) => sections)
				.filter(({id}) => id === section)
				.flatMap(({items}) => items.map(({scope}) => scope)),
		);

	expect(scopesOf('mobile')).toEqual(new Set(['frontend']));
	expect(scopesOf('approval')).toEqual(new Set(['both']));
	expect(scopesOf('rollback-triggers')).toEqual(new Set(['both']));
});

test.each(['backend', 'frontend'] as const)('shipped verifications of the %s: word for word, each proven', app => {
	expect(set.verifications[app].map(({title}) => title)).toEqual(verifications[app]);
	for (const {title, items: ids} of set.verifications[app]) {
		const proofs = sectionsFor(set, 'before-production', app)
			.flatMap(({items}) => items)
			.filter(({id}) => ids.includes(id));

		expect(proofs.length, title).toBe(ids.length);
		expect(proofs.length, title).toBeGreaterThan(0);
		expect(
			proofs.every(({scope}) => covers(scope, app)),
			title,
		).toBe(true);
	}
});

test('shipped checklists: the README names every key', () => {
	const readme = readFileSync(join(root, 'checklists/README.md'), 'utf8');
	const keys = (
		'title phase sections id mode items scope how why answer mayNotApply probe ' +
		'kind ask unit atMost atLeast options passing on path status withinMs contains backend frontend'
	).split(' ');

	expect(keys.filter(key => !new RegExp(String.raw`^\| [^|]*\`${key}\``, 'm').test(readme))).toEqual([]);
});
