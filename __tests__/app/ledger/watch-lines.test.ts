import {expect, test} from 'vitest';
import {activityOf} from '../../../src/app/history/activity.ts';
import {tellLedger} from '../../../src/app/ledger/ledger-lines.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';

const at = Date.parse('2026-02-10T05:58:00Z');

const entryOf = (type: string, data: LedgerEntry['data']): LedgerEntry => ({
	seq: 7,
	at,
	type,
	actor: {name: 'Asha', machine: 'laptop'},
	data,
	hash: '',
});

const about = {run: 'r1', app: 'backend'};

const seen = {apps: {backend: 'd1'}, from: '2026-02-10T05:28:00.000Z', until: '2026-02-10T05:58:00.000Z'};

const sick = [{from: '2026-02-10T05:30:00.000Z', until: '2026-02-10T05:34:00.000Z', what: 'API health: 502'}];

const downSince = (since: string) => ({probe: 'backend.health', title: 'API health', since});

test.each<[type: string, data: LedgerEntry['data'], outcome: string, text: string]>([
	['watch.started', {...about, until: '2026-02-10T06:28:00.000Z'}, 'watching', 'began to watch backend for 30 min'],
	[
		'watch.changed',
		{...about, trigger: 'down', state: 'fired', text: 'API not 200 twice in a row: 502, 502'},
		'worse',
		'saw backend fired: API not 200 twice in a row: 502, 502',
	],
	[
		'watch.changed',
		{...about, probe: 'backend.health', state: 'worse', text: 'API health, median: 60 ms, now 120 ms'},
		'worse',
		'saw backend worse: API health, median: 60 ms, now 120 ms',
	],
	['watch.changed', {...about, trigger: 'down', state: 'quiet', text: ''}, 'better', 'saw backend no longer: down'],
	[
		'watch.accepted',
		{...about, probes: ['backend.health', 'web-1.memory'], reason: 'a new\nreport'},
		'accepted',
		'accepted backend.health, web-1.memory as it is: a new report',
	],
	['watch.extended', {...about, until: '2026-02-10T07:00:00.000Z'}, 'watching', 'watches backend for longer'],
	[
		'watch.extended',
		{...about, until: '2026-02-10T06:45:00.000Z', text: 'until 12:15 IST'},
		'watching',
		'watches backend for longer, until 12:15 IST',
	],
	[
		'watch.accepted',
		{...about, probes: ['backend.log'], titles: ['errors in the log'], reason: 'known'},
		'accepted',
		'accepted errors in the log as it is: known',
	],
	['watch.finished', {...about, outcome: 'good', text: '12 same'}, 'passed', 'ended watching backend, good: 12 same'],
	['watch.finished', {...about, outcome: 'bad'}, 'failed', 'ended watching backend, bad'],
	['watch.finished', {...about, outcome: 'constructor'}, 'unclear', 'ended watching backend, unclear'],
	['health.observed', {...seen, unhealthy: []}, 'observed', 'saw it healthy for 30 min'],
	['health.observed', {...seen, unhealthy: sick}, 'worse', 'saw it not healthy for 4 min of 30 min: API health: 502'],
	[
		'health.observed',
		{...seen, unhealthy: sick, bad: [], well: [downSince('2026-02-10T05:56:00Z')]},
		'better',
		'healthy again after 2 min: API health',
	],
	[
		'health.observed',
		{
			...seen,
			unhealthy: sick,
			bad: [{...downSince('2026-02-10T05:56:00Z'), probe: 'p', title: 'qsights'}],
			well: [downSince('2026-02-10T05:57:20Z')],
		},
		'worse',
		'healthy again after 40 s: API health; still not healthy: qsights',
	],
	[
		'health.observed',
		{...seen, from: seen.until, unhealthy: [{from: seen.until, until: seen.until, what: 'API health: 502'}]},
		'worse',
		'saw it not healthy: API health: 502',
	],
	[
		'health.observed',
		{
			...seen,
			from: '2026-02-10T05:57:30.000Z',
			unhealthy: [{from: '2026-02-10T05:57:50.000Z', until: seen.until, what: 'API health: 502'}],
		},
		'worse',
		'saw it not healthy for 10 s of 30 s: API health: 502',
	],
	['health.observed', {...seen, from: seen.until, unhealthy: []}, 'observed', 'looked, and it was healthy'],
	['health.observed', {}, 'unknown', 'wrote health.observed, which says too little to be read'],
	['watch.changed', about, 'unknown', 'wrote watch.changed, which says too little to be read'],
])('%s: is told as %o', (type, data, outcome, text) => {
	const [line] = tellLedger('production', [entryOf(type, data)]);
	expect(line).toMatchObject({outcome, text, who: 'Asha'});
	if (outcome !== 'unknown') expect(line).toMatchObject({kind: 'watch', apps: ['backend']});
});

test('a watch is news, and that it was healthy again and again is none', () => {
	const entries = [
		entryOf('watch.started', {...about, until: '2026-02-10T06:28:00.000Z'}),
		{...entryOf('health.observed', {...seen, unhealthy: []}), seq: 8},
		{...entryOf('health.observed', {...seen, unhealthy: sick}), seq: 9},
	];
	expect(activityOf([{environment: 'production', entries}]).map(({outcome}) => outcome)).toEqual([
		'worse',
		'watching',
	]);
});
