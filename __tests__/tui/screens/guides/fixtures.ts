import type {Guide, GuideId} from '../../../../src/domain/guides/guide.ts';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {quietStore} from '../../../support/tui/quiet-cockpit.ts';
import {findTyped} from '../../../../src/tui/screens/guides/find.ts';
import {press} from '../../../support/tui/press.ts';

const madeFrom = 'made from 7f3a9c2, 10 Feb';

export const back = 'cockpit rollback backend --env production --to previous';
/** Longer than any screen is wide below 100 columns. */
export const long =
	'cockpit deploy backend --env production --expect 7f3a9c2 --confirm VERIFIED --confirm DEPLOY-TO-PRODUCTION --migrate run --reason "two words"';

export const diagram = [
	'┌─────────────┐     ┌─────────────┐     ┌─────────────┐',
	'│   Local     │────▶│  Pre-Prod   │────▶│ Production  │',
	'│ Development │     │  (Staging)  │     │    (Live)   │',
	'└─────────────┘     └─────────────┘     └─────────────┘',
];

/** The guide of the story: of every kind of block one, and the longest chapter about ways back. */
export const workflowGuide: Guide = {
	id: 'workflow-guide',
	title: 'Workflow guide',
	file: 'DEPLOYMENT_WORKFLOW_GUIDE.md',
	version: '2.0',
	madeFrom,
	sections: [
		{
			heading: '1 Environment Overview',
			level: 1,
			anchor: '1-environment-overview',
			blocks: [
				{kind: 'diagram', lines: diagram},
				{
					kind: 'table',
					head: ['', 'Local', 'Pre-Prod', 'Production'],
					rows: [
						['site', 'http://localhost:3000', 'https://preprod.qsights.com', 'https://prod.qsights.com'],
						['database', 'localhost', 'qsights-preprod-db, on RDS', 'qsights-db, on RDS'],
						['deploy', 'any time', 'weekdays, 10 AM to 4 PM', 'Tuesday and Wednesday, 11 AM to 2 PM'],
					],
				},
			],
		},
		...['2 Deployment Workflow', '3 Environment Switching'].map((heading, at) => ({
			heading,
			level: 1 as const,
			anchor: heading.toLowerCase().replaceAll(' ', '-'),
			blocks: [
				{
					kind: 'text' as const,
					text: `Part ${at + 2}. A build goes from Local to Pre-Prod to Production; no flag leads around a gate, and each one says what opens it and when.`,
				},
				{kind: 'commands' as const, on: 'here', lines: ['cockpit status', long]},
			],
		})),
		{
			heading: '4 Rollback Procedures',
			level: 1,
			anchor: '4-rollback-procedures',
			blocks: [
				{kind: 'text', text: 'A rollback is never gated. It asks for ROLLBACK.'},
				{
					kind: 'list',
					isOrdered: true,
					items: [
						'The API does not answer 200 twice in a row.',
						'p95 over twice the usual.',
						'A service restarts.',
					],
				},
				{
					kind: 'checks',
					items: [{text: 'Users can sign in', detail: 'with a role each'}, {text: 'Reports open'}],
				},
			],
		},
		{
			heading: '4.1 By hand',
			level: 2,
			anchor: '4-1-by-hand',
			blocks: [
				{kind: 'text', text: 'When no cockpit is at hand.'},
				{
					kind: 'commands',
					on: 'production-1',
					lines: [back, 'sh ~/.cockpit/qsights/production/rollback-backend.sh'],
				},
			],
		},
		{
			heading: '5 Troubleshooting',
			level: 1,
			anchor: '5-troubleshooting',
			blocks: Array.from({length: 40}, (_, index) => ({
				kind: 'text' as const,
				text: `Trouble ${index + 1}: what is seen, why, and what to do about it.`,
			})),
		},
	],
};

const short = (id: GuideId, title: string, file: string, version: string): Guide => ({
	id,
	title,
	file,
	version,
	madeFrom,
	sections: [
		{
			heading: `1 ${title}`,
			level: 1,
			anchor: `1-${id}`,
			blocks: [{kind: 'commands', on: 'here', lines: [back]}],
		},
	],
});

export const guides: readonly Guide[] = [
	workflowGuide,
	short('checklist', 'Checklist', 'DEPLOYMENT_CHECKLIST.md', '2.0'),
	short('quick-reference', 'Quick reference', 'DEPLOYMENT_QUICK_REFERENCE.md', '1.0'),
];

/** The guides are open, and these keys were pressed. */
export const atGuides = (keys: readonly string[] = [], made: readonly Guide[] = guides): CockpitStore => {
	const store = quietStore();
	store.getState().show('guides');
	store.getState().offerGuides(made);
	for (const key of keys) press(store, key);
	return store;
};

/** What is looked for, as the field hands it on letter by letter. */
export const typed = (store: CockpitStore, text: string): CockpitStore => {
	store.getState().typeGuideSearch(true);
	store.getState().searchGuide(text);
	findTyped(store.getState());
	return store;
};

const sought = (text: string): CockpitStore => {
	const store = typed(atGuides(), text);
	press(store, 'enter');
	press(store, 'n');
	return store;
};

const copied = (): CockpitStore => {
	const store = atGuides();
	store.getState().copiedCommand({text: long, wasSent: true});
	return store;
};

/** The screen in each of its states, by name. */
export const guideStages: Readonly<Record<string, () => CockpitStore>> = {
	guides: () => atGuides(),
	'guides, at the end': () => atGuides(['G']),
	'guides, contents': () => atGuides(['c', 'j']),
	'guides, another': () => atGuides([']']),
	'guides, typing': () => typed(atGuides(), 'rollback'),
	'guides, found': () => sought('rollback'),
	'guides, nothing found': () => sought('kubernetes'),
	'guides, copied': copied,
	'guides, not made': () => {
		const store = quietStore();
		store.getState().show('guides');
		return store;
	},
	'guides, failed': () => {
		const store = quietStore();
		store.getState().show('guides');
		store.getState().guidesFailed({
			what: 'The committed environments can not be read',
			why: 'git is not on the PATH',
			now: 'Nothing was changed.',
			next: 'Install git.',
		});
		return store;
	},
};
