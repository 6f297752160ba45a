import type {EnvCell, EnvColumn, EnvFinding, EnvRow, EnvTable} from '../../../../src/domain/environments/env-table.ts';
import type {CockpitState, CockpitStore} from '../../../../src/store/create-store.ts';
import type {ChangePlace} from '../../../../src/store/environments/value-change.ts';
import type {ValuesSet} from '../../../../src/store/environments/values-switch.ts';
import {quietStore, storyTime} from '../../../support/tui/quiet-cockpit.ts';

const columnIds = ['template', 'local', 'preprod', 'production'] as const;

type ColumnId = (typeof columnIds)[number];

const columns: readonly EnvColumn[] = [
	{id: 'template', title: 'template', file: 'environments/.env.preprod'},
	{id: 'local', title: 'Local', file: 'backend/.env'},
	{id: 'preprod', title: 'Pre-Prod', file: 'preprod-1:/var/www/qsights/backend/.env'},
	{id: 'production', title: 'Production', file: 'production-1:/var/www/qsights/backend/.env'},
].map(column => ({...column, readAt: storyTime - 6000}));

/** `-` missing, `****` a secret by its four digits, `<secret>` and `<value>` a reference, `''` empty, else a value. */
const cell = (text: string, line: number): EnvCell => {
	if (text === '-') return {kind: 'missing'};
	if (text === '?') return {kind: 'unknown'};
	if (text === '') return {kind: 'empty', line};
	if (text === '<secret>' || text === '<value>')
		return {kind: 'reference', of: text === '<secret>' ? 'secret' : 'value'};
	return text.startsWith('**** ') ? {kind: 'secret', print: text.slice(5), line} : {kind: 'value', text, line};
};

type Texts = readonly [template: string, local: string, preprod: string, production: string];

export const row = (key: string, finding: EnvFinding, texts: Texts, more: Partial<EnvRow> = {}): EnvRow => ({
	key,
	finding,
	cells: Object.fromEntries(columnIds.map((id, index) => [id, cell(texts[index] ?? '-', index + 10)])),
	repeated: {},
	problems: [],
	askedFor: [],
	setBy: {},
	...more,
});

const hours = 3_600_000;

const different = (key: string, ...[local, preprod, production]: readonly [string, string, string]): EnvRow =>
	row(key, 'different', [local.startsWith('****') ? '<secret>' : '<value>', local, preprod, production]);

export const equalKeys: readonly string[] = [
	'APP_LOCALE',
	'APP_NAME',
	'APP_TIMEZONE',
	'BCRYPT_ROUNDS',
	...Array.from({length: 20}, (_, index) => `FEATURE_${String.fromCodePoint(65 + index)}`),
];

const rows: readonly EnvRow[] = [
	row('MAIL_TIMEOUT', 'missing', ['30', '-', '30', '30'], {
		problems: ['missing on Local: the code takes its own default, 5'],
		askedFor: ['config/mail.php:41', 'app/Services/MailService.php:88'],
		setBy: {
			preprod: {at: storyTime - 20 * hours, by: 'Ravi'},
			production: {at: storyTime - 7 * 24 * hours, by: 'Ravi'},
		},
	}),
	row('LEGACY_SSO_URL', 'extra', ['-', '-', '-', '**** 9e41'], {
		problems: ['only Production has it, and no code asks for it'],
	}),
	row('LOG_LEVEL', 'twice', ['info', 'debug', 'warning', 'warning'], {
		repeated: {
			preprod: [
				{kind: 'value', text: 'info', line: 4},
				{kind: 'value', text: 'warning', line: 31},
			],
		},
		problems: ['twice on Pre-Prod: the last one counts'],
	}),
	row('SENTRY_RELEASE_KEY', 'same', ['<secret>', '**** 71c0', '**** 5be2', '**** 5be2'], {
		problems: ['the same on Pre-Prod and Production'],
	}),
	row(
		'MAIL_FROM',
		'different',
		['no-reply@qsights.com', 'me@localhost', 'no-reply@qsights.com', 'no-reply@qsights.com'],
		{
			problems: ['on Local not what its template says'],
		},
	),
	different('APP_DEBUG', 'true', 'false', 'false'),
	different('APP_ENV', 'local', 'preprod', 'production'),
	different('APP_KEY', '**** 03fa', '**** 9d17', '**** c2e8'),
	different('DB_DATABASE', 'qsights', 'qsights_pre', 'qsights'),
	different('DB_HOST', '127.0.0.1', 'qsights-preprod-db.c0vxik9s9ktk.ap-south-1.rds.amazonaws.com', 'rds-production'),
	different('DB_PASSWORD', '**** 8810', '**** 4c6d', '**** e0b3'),
	different('SESSION_SECURE_COOKIE', 'false', 'true', 'true'),
	row('MAIL_PORT', 'different', ['<value>', '', '587', '587']),
	...equalKeys.map(key => row(key, 'equal', ['yes', 'yes', 'yes', 'yes'])),
];

export const table: EnvTable = {
	app: 'backend',
	columns,
	rows,
	inUse: [
		{file: 'backend/.env', environment: 'local', text: 'Local, from .env.local, unchanged since Mon 9 Feb'},
		{file: 'frontend/.env.local', environment: undefined, text: 'changed since'},
	],
};

/** The table with a place that was not read: its cells are not known. */
export const unreadAt = (id: ColumnId, problem: string, of = table): EnvTable => ({
	...of,
	columns: of.columns.map(column => (column.id === id ? {...column, readAt: storyTime, problem} : column)),
	rows: of.rows
		.filter(({cells}) => Object.entries(cells).some(([column, {kind}]) => column !== id && kind !== 'missing'))
		.map(one => ({...one, cells: {...one.cells, [id]: {kind: 'unknown'}}, repeated: {}})),
});

/** What hostile hands write into a file of values. */
export const hostile = {
	escape: '\u001B[2J\u001B]0;owned\u0007\rgone\u009B31m\u202Eesrever',
	lines: 'first\nsecond\r\nthird',
	long: `https://${'a'.repeat(400)}.example`,
	wide: '👩‍👩‍👧‍👦 सत्यमेव जयते यूज़र ネットワーク e\u0301e\u0301e\u0301',
} as const;

export const hostileTable: EnvTable = {
	...table,
	columns: table.columns.map(column => ({...column, file: `${column.file}\u001B[31m`})),
	rows: [
		row('EVIL', 'missing', ['-', hostile.escape, hostile.lines, hostile.wide], {
			problems: ['missing on \u001B[31mLocal\u0007'],
			askedFor: ['config/\u001B]0;x\u0007mail.php:4'],
			setBy: {preprod: {at: storyTime, by: 'Ra\u001B[2Jvi'}},
		}),
		row(`A_${'VERY_'.repeat(30)}LONG_KEY`, 'extra', [hostile.long, hostile.wide, hostile.long, '']),
		row('चाबी_👩‍👩‍👧‍👦', 'same', [hostile.wide, hostile.wide, hostile.wide, hostile.wide]),
		row('TWICE', 'twice', [hostile.wide, hostile.long, hostile.escape, 'x'], {
			repeated: {local: [cell(hostile.escape, 1), cell(hostile.long, 2), cell(hostile.wide, 3)]},
		}),
		...Array.from({length: 60}, (_, index) => row(`K_${index}_${hostile.wide}`, 'equal', ['1', '1', '1', '1'])),
	],
	inUse: [{file: `${'x/'.repeat(60)}.env\u0007`, environment: undefined, text: hostile.escape + hostile.long}],
};

export const problem = {
	what: 'The values of the backend could not be read',
	why: 'environments/.env.preprod: permission denied',
	now: 'Nothing was changed.',
	next: 'Make the file readable, then r.',
};

/** The screen in a state. */
export const stageOf =
	(change: (state: CockpitState) => void = () => undefined, first: EnvTable | 'nothing' = table) =>
	(): CockpitStore => {
		const store = quietStore();
		store.getState().show('environments');
		if (first !== 'nothing') store.getState().envRead(first);
		change(store.getState());
		return store;
	};

/** What is typed into the dialog. */
export const secretValue = 'hunter2-hunter';

const places: readonly ChangePlace[] = (['preprod', 'production'] as const).map(tier => ({
	name: tier,
	title: {preprod: 'Pre-Prod', production: 'Production'}[tier],
	tier,
	address: `ubuntu@${tier}`,
	file: '/var/www/qsights/.backend/shared/.env',
	word: {preprod: 'yes', production: 'DEPLOY-TO-PRODUCTION'}[tier],
	refusal: undefined,
}));

const here: ChangePlace = {
	name: 'local',
	title: 'Local',
	tier: 'local',
	address: 'this working copy',
	file: 'backend/.env',
	word: undefined,
	refusal: undefined,
};

/** The dialog that takes a value, in a place. */
const changing = (place: string, change: (state: CockpitState) => void = () => undefined): (() => CockpitStore) =>
	stageOf(state => {
		state.openValueChange({
			key: 'MAIL_TIMEOUT',
			app: 'backend',
			places: place === 'local' ? [here, ...places] : places,
			place,
		});
		state.typeValue(secretValue);
		change(state);
	});

const sets: readonly ValuesSet[] = (['local', 'preprod', 'production'] as const).map(tier => ({
	name: tier,
	title: {local: 'Local', preprod: 'Pre-Prod', production: 'Production'}[tier],
	tier,
}));

/** The dialog that asks for a set of values. */
const choosing = (set: string, change: (state: CockpitState) => void = () => undefined): (() => CockpitStore) =>
	stageOf(state => {
		state.openValuesSwitch({sets, set});
		change(state);
	});

/** Every state the values can be seen in, by name. */
export const environmentStages: Readonly<Record<string, () => CockpitStore>> = {
	environments: stageOf(),
	'environments, unread': stageOf(() => undefined, 'nothing'),
	'environments, first read': stageOf(({envAsked}) => envAsked('backend', storyTime - 2000), 'nothing'),
	'environments, read again': stageOf(({envAsked}) => envAsked('backend', storyTime - 2000)),
	'environments, no answer': stageOf(({envUnread}) => envUnread('backend', problem), 'nothing'),
	'environments, no answer any more': stageOf(({envUnread}) => envUnread('backend', problem)),
	'environments, a host is silent': stageOf(
		() => undefined,
		unreadAt('production', 'connect ECONNREFUSED 127.0.0.1:22'),
	),
	'environments, a host went silent': stageOf(({envRead}) =>
		envRead(unreadAt('production', 'connect ECONNREFUSED 127.0.0.1:22')),
	),
	'environments, open': stageOf(({foldEnvGroup, pointAt}) => {
		foldEnvGroup('equal');
		pointAt('environments', 'FEATURE_M');
	}),
	'environments, on the fold': stageOf(({pointAt}) => pointAt('environments', 'equal/')),
	'environments, only trouble': stageOf(({turnEnvTrouble}) => turnEnvTrouble()),
	'environments, filtering': stageOf(({typeFilter, filterList}) => {
		typeFilter('environments', true);
		filterList('environments', 'mail');
	}),
	'environments, filtered to nothing': stageOf(({filterList}) => filterList('environments', 'zzz')),
	'environments, a long value': stageOf(({pointAt}) => pointAt('environments', 'DB_HOST')),
	'environments, a key': stageOf(({openEnvPage}) => openEnvPage(true)),
	'environments, a value is typed': changing('production'),
	'environments, a value is asked about': changing('preprod', ({valueAsked}) => valueAsked()),
	'environments, a value that was refused': changing('preprod', ({valueRefused}) =>
		valueRefused({...problem, what: 'MAIL_TIMEOUT is not changed', why: 'Meera holds the lock'}),
	),
	'environments, the word of a value': changing('preprod', ({valueReady}) => valueReady()),
	'environments, a value of the working copy': changing('local'),
	'environments, a value is written': changing('local', ({valueAsked}) => valueAsked()),
	'environments, a value that is compiled in': stageOf(({openValueChange}) =>
		openValueChange({
			key: 'NEXT_PUBLIC_API_URL',
			app: 'frontend',
			places: places.map(place => ({
				...place,
				file: '',
				refusal: {
					what: 'NEXT_PUBLIC_API_URL is not changed',
					why: 'values of the frontend are compiled into its build',
					now: 'Nothing was changed.',
					next: 'Change apps.frontend.buildEnvironment, commit it, and deploy.',
				},
			})),
			place: 'preprod',
		}),
	),
	'environments, a set is chosen': choosing('preprod'),
	'environments, a set is read': choosing('preprod', ({switchRead}) => switchRead()),
	'environments, a set is written': choosing('preprod', ({switchWritten}) => switchWritten()),
	'environments, the word of a set': choosing('production', ({switchBrings}) =>
		switchBrings(['APP_KEY', 'DB_PASSWORD', 'MAIL_PASSWORD', 'A', 'B', 'C', 'D', 'E']),
	),
	'environments, a set was refused': choosing('local', ({switchRefused}) =>
		switchRefused({...problem, what: 'The working copy could not be changed', why: '/p/backend/.env is a symlink'}),
	),
	'environments, no key': stageOf(() => undefined, {...table, rows: [], inUse: []}),
	'environments, hostile': stageOf(() => undefined, hostileTable),
	'environments, a hostile key': stageOf(({openEnvPage}) => openEnvPage(true), hostileTable),
	'environments, a hostile name': stageOf(
		({pointAt}) => pointAt('environments', hostileTable.rows[1]?.key),
		hostileTable,
	),
};
