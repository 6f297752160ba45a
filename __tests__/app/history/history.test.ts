import {describe, expect, test} from 'vitest';
import {activityOf} from '../../../src/app/history/activity.ts';
import {historyDetail} from '../../../src/app/history/history-detail.ts';
import {besideWords} from '../../../src/app/history/history-pair.ts';
import {
	filterHistory,
	historyNumbers,
	historyObject,
	peopleIn,
	type HistoryFilter,
	type HistoryKind,
} from '../../../src/app/history/history.ts';
import {tellLedger, tellLedgers, type LedgerLine} from '../../../src/app/ledger/ledger-lines.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {ledgerEntry} from '../../support/ledger.ts';
import {pairEntries, preprodEntries, productionEntries, runId} from '../../tui/screens/history/fixtures.ts';

const entry = (seq: number, time: string, type: string, data: object = {}, who = 'Ravi'): LedgerEntry =>
	ledgerEntry(seq, `2026-02-10T${time}Z`, type, {who, data: {...data}});

const told = (type: string, data: object = {}): string => {
	const [line] = tellLedger('preprod', [entry(1, '05:00:00', type, data)]);
	return `${line?.kind}, ${line?.outcome}, ${line?.who}: ${line?.text}`;
};

const build = {commit: '7f3a9c2000', digest: 'd'.repeat(64)};
const sign = {item: 'csv', title: 'Export as CSV', itemDigest: 'e', builds: {backend: 'd'}, supersedes: []};

test.each([
	['deploy.finished', {run: 'a', app: 'backend', build}, 'run, deployed, Ravi: deployed backend 7f3a9c2'],
	[
		'deploy.failed',
		{app: 'backend', build, wentBack: true},
		'run, failed, Ravi: failed to deploy backend 7f3a9c2 and went back',
	],
	['deploy.resumed', {run: 'a', app: 'frontend', build}, 'run, started, Ravi: began to deploy frontend 7f3a9c2'],
	[
		'rollback.finished',
		{app: 'backend', build: {commit: '', digest: ''}, release: '20260128T055000Z-1d20b7e'},
		'run, rolled-back, Ravi: rolled back backend to 1d20b7e',
	],
	[
		'rollback.started',
		{app: 'backend', target: {kind: 'backup', name: 'backend_20260203_113512'}},
		'run, started, Ravi: began to roll back backend to backend_20260203_113512',
	],
	['set-env.finished', {app: 'backend', key: 'MAIL_HOST'}, 'run, value-set, Ravi: set MAIL_HOST of backend'],
	[
		'set-env.failed',
		{app: 'backend', key: 'MAIL_HOST', wentBack: true},
		'run, failed, Ravi: failed to set MAIL_HOST of backend and went back',
	],
	['env.set', {app: 'backend', key: 'MAIL_HOST'}, 'run, value-set, Ravi: set MAIL_HOST of backend'],
	['adopt-undo.abandoned', {app: 'backend'}, 'run, abandoned, Ravi: gave up undoing the adoption of backend'],
	['checklist.signed', {...sign, result: 'passed'}, 'sign-off, passed, Ravi: passed "Export as CSV"'],
	[
		'checklist.signed',
		{...sign, result: 'failed', value: '3.4'},
		'sign-off, failed, Ravi: failed "Export as CSV": 3.4',
	],
	[
		'checklist.signed',
		{...sign, result: 'unclear', by: 'probe', note: 'no answer'},
		'sign-off, unclear, probe: unclear "Export as CSV": no answer',
	],
	[
		'checklist.signed',
		{...sign, result: 'not-applicable', note: 'no reports here'},
		'sign-off, not-applicable, Ravi: does not apply: "Export as CSV": no reports here',
	],
	['checklist.undone', sign, 'sign-off, taken-back, Ravi: took back the result on "Export as CSV"'],
	[
		'checklist.signed',
		{...sign, result: 'perfect'},
		'unknown, unknown, Ravi: wrote checklist.signed, which says too little to be read',
	],
	[
		'build.approved',
		{app: 'backend', build, note: 'fine'},
		'sign-off, approved, Ravi: approved backend 7f3a9c2: fine',
	],
	[
		'environment.held',
		{apps: ['backend', 'frontend'], minutes: 120, reason: 'load test'},
		'lock, held, Ravi: holds backend and frontend for 2 h: load test',
	],
	[
		'environment.held',
		{apps: ['backend'], minutes: 90, reason: 'x'},
		'lock, held, Ravi: holds backend for 90 min: x',
	],
	[
		'environment.unlocked',
		{apps: ['backend'], reason: 'done'},
		'lock, unlocked, Ravi: ended the hold on backend: done',
	],
	[
		'environment.leased',
		{app: 'backend', run: 'a', to: 'production'},
		'lock, leased, Ravi: keeps backend as it is while production takes it',
	],
	['ledger.opened', {project: 'q'}, 'ledger, opened, host: began the ledger'],
	['ledger.adopted', {reason: 'disk died'}, 'ledger, begun-anew, Ravi: began the ledger anew: disk died'],
	['soak.done', {}, 'unknown, unknown, Ravi: wrote soak.done, a type not known here'],
	['toString.finished', {}, 'unknown, unknown, Ravi: wrote toString.finished, a type not known here'],
])('history: %s %j', (type, data, text) => expect(told(type, data)).toBe(text));

test('history: what a watch wrote is found by its kind, with what was seen in between', () => {
	const entries = [
		entry(1, '05:00:00', 'deploy.finished', {run: 'a', app: 'backend', build}),
		entry(2, '05:01:00', 'watch.started', {run: 'a', app: 'backend', until: '2026-02-10T05:31:00Z'}),
		entry(3, '05:31:00', 'watch.finished', {run: 'a', app: 'backend', outcome: 'good', text: ''}),
		entry(4, '06:00:00', 'health.observed', {
			from: '2026-02-10T05:31:00Z',
			until: '2026-02-10T06:00:00Z',
			unhealthy: [],
		}),
	];
	const kinds = (kind: HistoryKind): readonly number[] =>
		filterHistory(tellLedger('preprod', entries), {kind, text: ''}).map(({entry: {seq}}) => seq);

	expect(kinds('watch')).toEqual([2, 3, 4]);
	expect(kinds('runs')).toEqual([1]);
});

test('history: a run is one line where it ended; every entry is told by exactly one line', () => {
	const run = {run: 'a', app: 'backend', build};
	const entries = [
		entry(1, '05:00:00', 'deploy.started', run),
		entry(2, '05:01:00', 'soak.done'),
		entry(3, '05:02:00', 'deploy.resumed', run),
		entry(4, '05:04:47', 'deploy.finished', run),
		entry(5, '05:10:00', 'deploy.started', {...run, run: 'b'}),
	];
	const lines = tellLedger('preprod', entries);

	expect(lines.map(({id, text, tookMs, wasResumed}) => [id, text, tookMs, wasResumed])).toEqual([
		['preprod:2', 'wrote soak.done, a type not known here', undefined, false],
		['preprod:4', 'deployed backend 7f3a9c2', 287_000, true],
		['preprod:5', 'began to deploy backend 7f3a9c2', undefined, false],
	]);
	expect(lines.flatMap(line => line.entries.map(({seq}) => seq)).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
	expect(tellLedger('preprod', entries)).toBe(lines);
	expect(tellLedger('production', entries)[0]?.id).toBe('production:2');
});

test('history: a run taken up after it failed is under way again', () => {
	const run = {run: 'a', app: 'backend', build};
	const lines = tellLedger('preprod', [
		entry(1, '05:00:00', 'deploy.started', run),
		entry(2, '05:01:00', 'deploy.failed', run),
		entry(3, '05:02:00', 'deploy.resumed', run),
	]);

	expect(lines.map(({outcome}) => outcome)).toEqual(['failed', 'started']);
});

const all = tellLedgers([
	{environment: 'preprod', entries: preprodEntries},
	{environment: 'production', entries: productionEntries},
]);
const shown = (filter: Partial<HistoryFilter>): readonly string[] =>
	filterHistory(all, {kind: 'all', text: '', ...filter}).map(({id}) => id);

test('history: ledgers are merged by time, newest first', () =>
	expect(shown({})).toEqual([
		'production:8',
		'preprod:9',
		'preprod:8',
		'preprod:7',
		'preprod:6',
		'preprod:5',
		'preprod:4',
		'preprod:3',
		'production:6',
		'production:4',
		'production:2',
		'preprod:1',
	]));

test.each([
	[{kind: 'runs'}, ['production:8', 'preprod:3', 'production:6', 'production:4', 'production:2']],
	[{kind: 'sign-offs'}, ['preprod:7', 'preprod:6', 'preprod:5', 'preprod:4']],
	[{kind: 'locks'}, ['preprod:8']],
	[{kind: 'sign-offs', who: 'asha'}, ['preprod:7', 'preprod:6', 'preprod:5']],
	[{who: 'probe'}, ['preprod:4']],
	[{environment: 'preprod', app: 'frontend'}, ['preprod:9', 'preprod:8', 'preprod:1']],
	[{text: '4G'}, ['preprod:5']],
	[{text: ' Export '}, ['preprod:6']],
	[{text: runId.slice(0, 12)}, ['production:8']],
	[{text: 'zzz'}, []],
] as const)('history filter: %j', (filter, ids) => expect(shown(filter)).toEqual(ids));

test('history: people, and runs in numbers', () => {
	expect(peopleIn(all)).toEqual(['Ravi', 'Asha', 'probe', 'host']);
	expect(historyNumbers(all, 0)).toEqual([
		{
			environment: 'preprod',
			app: 'backend',
			deploys: 1,
			rollbacks: 0,
			failed: 0,
			medianMs: 287_000,
			longestMs: 287_000,
		},
		{
			environment: 'production',
			app: 'backend',
			deploys: 2,
			rollbacks: 1,
			failed: 1,
			medianMs: 372_000,
			longestMs: 391_000,
		},
	]);
	expect(historyNumbers(all, Date.parse('2026-02-10T00:00:00Z')).map(({deploys}) => deploys)).toEqual([1]);
});

const ledgers = [
	{environment: 'preprod', title: 'Pre-Prod', entries: preprodEntries},
	{environment: 'production', title: 'Production', entries: productionEntries},
];

const detailOf = (id: string, known = ledgers) => {
	const line = tellLedgers(known).find(one => one.id === id);
	if (!line) throw new Error(`no line ${id}`);
	const {title, facts, gates, chain} = historyDetail(line, {ledgers: known, timeZone: 'Asia/Kolkata'});
	const object = (list: typeof facts) => Object.fromEntries(list.map(({label, text}) => [label, text]));
	return {title, facts: object(facts), gates, chain: object(chain), faults: chain.filter(({isFault}) => isFault)};
};

test('history detail: what a run that went well has left', () => {
	const end = {is: 'new', live: 'r2', health: {state: 'good', answer: '200'}};
	const ends = [
		entry(1, '05:00:00', 'deploy.started', {run: 'run-1', app: 'backend'}),
		entry(2, '05:05:00', 'deploy.finished', {run: 'run-1', app: 'backend', release: 'r2', end}),
	];
	const {facts} = detailOf('preprod:2', [{environment: 'preprod', title: 'Pre-Prod', entries: ends}]);

	expect(facts).toMatchObject({'live then': 'r2, what it made live', answered: '200'});
});

test('history detail: a run with the evidence it went by, what it replaced, its place in the chain', () => {
	const {title, facts, gates, chain} = detailOf('production:8');

	expect(title).toBe('Deploy backend 7f3a9c2');
	expect(facts).toEqual({
		entry: '8, begun with 7',
		by: 'Ravi on m, claimed',
		run: runId,
		started: '10 Feb 2026 11:23:41 IST',
		ended: '10 Feb 2026 11:29:53 IST',
		took: '6 min 12 s',
		release: '20260210T055341Z-7f3a9c2',
		build: '7f3a9c2',
		digest: '9c41e07b',
		replaced: '4e81d0c',
		from: 'preprod',
		policy: '2f9c…81aa',
		'of commit': '7f3a9c2',
		emergency: 'payments are down since 10:50',
	});
	expect(gates.map(({gate, state}) => `${gate} ${state}`)).toEqual(['identity met', 'checklist met', 'soak waiting']);
	expect(chain).toMatchObject({witness: 'not yet in another ledger'});
	expect(chain['saw']).toMatch(/^preprod 8, [\da-f]{4}…[\da-f]{4}$/);
});

test('history: a policy that had to be accepted is said in the line, and what of it in the detail', () => {
	const accepted = ['soak 24 h, now 12 h', 'approvals 1, now 0'];
	const entries = productionEntries.map(entry =>
		entry.seq === 7 ? {...entry, data: {...entry.data, policy: {digest: 'd', accepted}}} : entry,
	);
	const known = ledgers.map(one => (one.environment === 'production' ? {...one, entries} : one));
	expect(tellLedgers(known).find(({id}) => id === 'production:8')?.text).toBe(
		'deployed backend 7f3a9c2 by an accepted policy',
	);
	expect(detailOf('production:8', known).facts).toMatchObject({
		accepted: 'soak 24 h, now 12 h; approvals 1, now 0',
	});
});

test('history detail: an entry that another ledger has seen, as it is or as another', () => {
	expect(detailOf('preprod:7').chain['witness']).toBe('entry 7 of Production saw 8 as it is');
	expect(detailOf('preprod:9').chain['witness']).toBe('not yet in another ledger');
	const changed = preprodEntries.map(one => (one.seq === 8 ? {...one, hash: 'f'.repeat(64)} : one));
	const other = ledgers.map(one => (one.environment === 'preprod' ? {...one, entries: changed} : one));
	expect(detailOf('preprod:7', other).faults).toEqual([
		{label: 'witness', text: 'entry 7 of Production saw another 8', isFault: true},
	]);
});

test('history detail: a result with its value, note and builds; an unknown type with all it carries', () => {
	expect(detailOf('preprod:5').facts).toMatchObject({
		item: 'home',
		result: 'failed',
		value: '3.4',
		note: 'median of ten loads on 4G',
		builds: 'backend 9c41e07b',
	});
	expect(detailOf('preprod:9').facts).toMatchObject({type: 'soak.done', hours: '24'});
});

test('history: texts of an entry are one line without control characters', () => {
	const bad = 'a\u001B[2Jb\nc\u009Bd\u202Ee';
	const entries = [
		entry(1, '05:00:00', `x.${bad}`, {[bad]: {[bad]: bad}}, bad),
		entry(2, '05:00:00', 'checklist.signed', {...sign, item: bad, title: bad, result: 'failed', note: bad}, bad),
		entry(
			3,
			'05:00:00',
			'deploy.finished',
			{run: bad, app: 'backend', build: {commit: bad, digest: bad}, release: bad},
			bad,
		),
		entry(4, '05:00:00', 'environment.held', {apps: [bad], reason: bad}, bad),
	];
	const lines = tellLedger('preprod', entries);
	const known = [{environment: 'preprod', title: 'Pre-Prod', entries}];
	const texts = lines.flatMap(line => {
		const {title, facts, gates, chain} = historyDetail(line, {ledgers: known, timeZone: 'UTC'});
		return [
			line.text,
			line.who,
			line.run ?? '',
			title,
			...[...facts, ...chain].flatMap(one => [one.label, one.text]),
			...gates.map(({text}) => text),
		];
	});

	// oxlint-disable-next-line no-control-regex
	expect(texts.filter(text => /[\u0000-\u001F\u007F-\u009F\u202E]/.test(text))).toEqual([]);
	expect(lines[1]?.text).toBe('failed "ab cd<U+202E>e": ab cd<U+202E>e');
	expect(activityOf(known)[0]?.text).toBe('holds everything: ab cd<U+202E>e');
});

test('history: a run that came to its end says what is live by it, as one that failed does', () => {
	const run = (type: string, end: object) =>
		tellLedger('preprod', [entry(1, '05:00:00', type, {run: 'a', app: 'backend', build, end})]).flatMap(line =>
			historyDetail(line, {ledgers: [], timeZone: 'UTC'}).facts.filter(({label}) => label === 'live then'),
		);

	expect(run('deploy.finished', {is: 'new', live: 'r2'})).toEqual([
		{label: 'live then', text: 'r2, what it made live'},
	]);
	expect(run('deploy.abandoned', {is: 'before', live: 'r1'})[0]?.text).toBe('r1, what was live before it');
});

test('history: a run says what of the release before stayed behind', () => {
	const leftOut = {
		release: '20260128T055000Z-1d20b7e',
		count: 12,
		files: ['added public/shell.php', 'changed \u001B[31mx', 7],
	};
	const entries = [entry(1, '05:00:00', 'deploy.finished', {run: 'a', app: 'backend', build, leftOut})];
	const known = ledgers.map(one => (one.environment === 'preprod' ? {...one, entries} : one));
	const [line] = tellLedgers(known).filter(({environment}) => environment === 'preprod');

	expect(detailOf(line?.id ?? '', known).facts['left out']).toBe(
		'added public/shell.php, changed x, 7 and 9 more; in release 20260128T055000Z-1d20b7e',
	);
});

describe('history: the pair', () => {
	const known = ledgers.map(one => (one.environment === 'production' ? {...one, entries: pairEntries} : one));
	const lines = tellLedgers(known).filter(({environment, kind}) => environment === 'production' && kind === 'run');

	test('of a deploy or rollback is what it left live of both apps, as it was then', () => {
		const told = lines.map(line => [line.text, detailOf(line.id, known).facts['pair']]);

		expect(told).toEqual([
			['deployed backend 7f3a9c2', 'backend 7f3a9c2 + frontend 4e81d0c'],
			['deployed frontend 4e81d0c', 'backend 4e81d0c + frontend 4e81d0c'],
			// No frontend is recorded by then; and a run that failed left no pair of its own.
			['rolled back backend to 4e81d0c', undefined],
			['failed to deploy backend 5a90c1e and went back', undefined],
			['deployed backend 4e81d0c', undefined],
		]);
	});

	test('stands behind the line in words, and in the object for programs', () => {
		const [newest, frontend] = lines as [LedgerLine, LedgerLine];

		expect(besideWords(newest, pairEntries)).toBe(' beside frontend 4e81d0c');
		expect(besideWords(frontend, pairEntries)).toBe(' beside backend 4e81d0c');
		expect(besideWords(frontend, [])).toBe('');
		expect(historyObject(frontend, pairEntries)).toMatchObject({
			pair: {
				backend: {release: '20260128T055000Z-4e81d0c', build: {commit: '4e81d0c'.padEnd(40, '0')}},
				frontend: {release: '20260204T055000Z-4e81d0c'},
			},
		});
		expect(historyObject(frontend, [])).not.toHaveProperty('pair');
	});
});

test('history: an object for programs', () =>
	expect(historyObject(all[0] as (typeof all)[number], productionEntries)).toMatchObject({
		type: 'history',
		environment: 'production',
		seq: 8,
		time: '2026-02-10T05:59:53.000Z',
		entry: 'deploy.finished',
		kind: 'run',
		outcome: 'deployed',
		who: 'Ravi',
		apps: ['backend'],
		run: runId,
		tookMs: 372_000,
		entries: [7, 8],
	}));

test('history: a change of a value is one line, with all that it wrote', () => {
	const data = {run: 'a', app: 'backend', key: 'MAIL_HOST'};
	const lines = tellLedger('preprod', [
		entry(1, '05:00:00', 'set-env.started', data),
		entry(2, '05:00:03', 'env.set', data),
		entry(3, '05:00:04', 'set-env.finished', data),
	]);

	expect(lines.map(({text, tookMs, entries}) => [text, tookMs, entries.length])).toEqual([
		['set MAIL_HOST of backend', 4000, 3],
	]);
});
