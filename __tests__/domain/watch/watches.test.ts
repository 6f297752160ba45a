import {expect, test} from 'vitest';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import {badSince, changesIn, isAccepted, undecided, unfinished, watchesIn} from '../../../src/domain/watch/watches.ts';
import {watchReport} from '../../../src/domain/watch/report.ts';
import type {Watch} from '../../../src/domain/watch/watch.ts';
import {ledgerEntry} from '../../support/ledger.ts';

const production = {name: 'production', tier: 'production'} as const;
const commit = '7f3a9c2'.padEnd(40, '0');
const at = (time: string): number => Date.parse(`2026-02-10T${time}Z`);

/** Time of that day, type, data, and who wrote it. */
type Said = readonly [string, string, Readonly<Record<string, unknown>>, string?];

const ledger = (...said: readonly Said[]) =>
	said.map(([time, type, data, who = 'Ravi'], index) =>
		ledgerEntry(index + 1, `2026-02-10T${time}Z`, type, {who, data}),
	);

const run = (id: string, app = 'backend') => ({
	run: id,
	app,
	release: `x-${id}`,
	build: {commit, digest: 'd'.repeat(64)},
});

const reportOf = (watch: Watch, terms = usualWatch) =>
	watchReport({
		watch,
		samples: [],
		signatures: [],
		items: [[], [], []],
		terms,
		status: 200,
		everyMs: 5000,
		timeZone: 'Asia/Kolkata',
		now: watch.ended?.at ?? watch.startedAt,
	});

const read = (...said: readonly Said[]) => watchesIn(production, ledger(...said), usualWatch);

test('watches: a finished production run gives one, for half an hour, whoever was there', () => {
	expect(read(['05:58:00', 'deploy.finished', run('r1')])).toEqual([
		{
			run: 'r1',
			kind: 'deploy',
			environment: 'production',
			app: 'backend',
			release: 'x-r1',
			commit,
			by: 'Ravi',
			startedAt: at('05:58:00'),
			endsAt: at('06:28:00'),
			isRecorded: false,
			fired: [],
			accepted: [],
		},
	]);
	const entries = ledger(['05:58:00', 'deploy.finished', run('r1')]);
	expect(watchesIn({name: 'preprod', tier: 'preprod'}, entries, usualWatch)).toEqual([]);
	expect(read(['05:58:00', 'deploy.failed', run('r1')], ['05:59:00', 'deploy.abandoned', run('r2')])).toEqual([]);
});

test('watches: what the ledger says of one is folded, up to its end', () => {
	const [watch] = read(
		['05:58:00', 'deploy.finished', run('r1')],
		['05:58:05', 'watch.started', {run: 'r1', app: 'backend', until: '2026-02-10T06:18:00Z'}],
		['06:00:00', 'watch.changed', {run: 'r1', trigger: 'down', state: 'fired'}],
		['06:00:10', 'watch.changed', {run: 'r1', trigger: 'slow', state: 'fired'}],
		['06:01:00', 'watch.changed', {run: 'r1', trigger: 'down', state: 'quiet'}],
		['06:02:00', 'watch.accepted', {run: 'r1', probes: ['backend.health', 7], reason: 'known'}, 'Asha'],
		['06:03:00', 'watch.extended', {run: 'r1', until: '2026-02-10T06:33:00Z'}],
		['06:33:02', 'watch.finished', {run: 'r1', outcome: 'bad'}, 'Asha'],
		['06:34:00', 'watch.changed', {run: 'r1', trigger: 'errors', state: 'fired'}],
	);
	expect(watch).toMatchObject({
		isRecorded: true,
		endsAt: at('06:33:00'),
		fired: ['slow'],
		accepted: [{probes: ['backend.health'], reason: 'known', by: 'Asha', at: at('06:02:00')}],
		ended: {at: at('06:33:00'), by: 'Asha', outcome: 'bad'},
	});
});

test('watches: a newer run of the app replaces one that is on, one of the other app does not', () => {
	const [newest, other, first] = read(
		['05:50:00', 'deploy.finished', run('r1')],
		['05:55:00', 'deploy.finished', run('r2', 'frontend')],
		['06:00:00', 'rollback.finished', {run: 'r3', app: 'backend', release: 'x-r1'}, 'Asha'],
	);
	expect(first?.ended).toEqual({at: at('06:00:00'), by: 'Asha', outcome: 'replaced'});
	expect(other?.ended).toBeUndefined();
	// A rollback names its release; which commit that is was said by its deploy.
	expect(newest).toMatchObject({run: 'r3', kind: 'rollback', commit});
	expect(newest?.ended).toBeUndefined();
});

test('watches: a run that failed and is live ends one, a run that went back by itself does not', () => {
	const begun = ['05:50:00', 'deploy.finished', run('r1')] as const;
	const failed = (more: object) => read(begun, ['06:00:00', 'deploy.failed', {...run('r2'), ...more}])[0];
	expect(failed({})?.ended?.outcome).toBe('replaced');
	expect(failed({wentBack: true})?.ended).toBeUndefined();
});

test('watches: a run behind the end of one leaves it to be closed', () => {
	const [, first] = read(
		['05:00:00', 'deploy.finished', run('r1')],
		['05:00:05', 'watch.started', {run: 'r1'}],
		['06:00:00', 'deploy.finished', run('r2')],
	);
	expect(first?.ended).toBeUndefined();
});

test('watches: what an entry says is not believed without measure', () => {
	const [watch] = read(
		['05:58:00', 'deploy.finished', run('r1')],
		['05:58:05', 'watch.started', {run: 'r1', until: 'tomorrow'}],
		['05:58:06', 'watch.extended', {run: 'r1', until: '2036-01-01T00:00:00Z'}],
		['05:58:07', 'watch.accepted', {run: 'r1', probes: 'all'}],
		['05:58:08', 'watch.changed', {run: 'r1', trigger: 7, state: 'fired'}],
	);
	expect(watch).toMatchObject({endsAt: at('05:58:00') + 86_400_000, fired: [], accepted: [{probes: [], reason: ''}]});
	expect(read(['05:58:00', 'deploy.finished', {run: 'r1'}])).toEqual([]);
	const [odd] = read(['05:58:00', 'deploy.finished', run('r1')], ['06:30:00', 'watch.finished', {run: 'r1'}]);
	expect(odd?.ended?.outcome).toBe('unclear');
});

test('watches: one waits to be closed when it was begun, or not long ago; runs from before there were watches do not', () => {
	const watches = (...more: readonly Said[]) => read(['05:00:00', 'deploy.finished', run('r1')], ...more);
	const started = ['05:00:05', 'watch.started', {run: 'r1'}] as const;
	const runs = (all: ReturnType<typeof read>, now: number | undefined) => unfinished(all, now).map(one => one.run);
	const nextMonth = Date.parse('2026-03-10T05:00:00Z');

	expect(runs(watches(), at('05:10:00'))).toEqual(['r1']);
	expect(runs(watches(), at('05:40:00'))).toEqual(['r1']);
	expect(runs(watches(), nextMonth)).toEqual([]);
	expect(runs(watches(), undefined)).toEqual(['r1']);
	expect(runs(watches(started), nextMonth)).toEqual(['r1']);
	expect(runs(watches(started, ['05:30:01', 'watch.finished', {run: 'r1', outcome: 'good'}]), nextMonth)).toEqual([]);
	// Of runs nobody watched only the last of an app is worth closing.
	expect(runs(watches(['06:00:00', 'deploy.finished', run('r2')]), at('06:10:00'))).toEqual(['r2']);
});

test('changes: the last of each thing, who wrote it, and how often it has changed', () => {
	const changes = changesIn(
		ledger(
			['05:58:00', 'watch.changed', {run: 'r1', trigger: 'down', state: 'fired'}],
			['05:59:00', 'watch.changed', {run: 'r2', trigger: 'down', state: 'fired'}],
			['06:00:00', 'watch.changed', {run: 'r1', trigger: 'down', state: 'quiet'}, 'Asha'],
			['06:01:00', 'watch.changed', {run: 'r1', probe: 'backend.health', state: 'worse'}],
		),
		'r1',
	);
	expect([...changes.values()]).toEqual([
		{id: 'down', state: 'quiet', at: at('06:00:00'), by: 'Asha', machine: 'm', count: 2},
		{id: 'backend.health', state: 'worse', at: at('06:01:00'), by: 'Ravi', machine: 'm', count: 1},
	]);
});

test('changes: since when what stands is bad; what stands no longer is not', () => {
	const changes = changesIn(
		ledger(
			['05:58:00', 'watch.changed', {run: 'r1', trigger: 'down', state: 'fired'}],
			['06:01:00', 'watch.changed', {run: 'r1', probe: 'backend.health', state: 'worse'}],
			['06:02:00', 'watch.changed', {run: 'r1', probe: 'http.trends', state: 'worse'}],
			['06:03:00', 'watch.changed', {run: 'r1', probe: 'http.trends', state: 'same'}],
			['06:04:00', 'watch.changed', {run: 'r2', probe: 'http.trends', state: 'worse'}],
		),
		'r1',
	);
	expect([...badSince(changes.values())]).toEqual([
		['down', at('05:58:00')],
		['backend.health', at('06:01:00')],
	]);
});

test('accepted: a trigger that fires once more was not', () => {
	const watch = {accepted: [{probes: ['down'], reason: 'known', by: 'Ravi', at: 100}]};
	expect(isAccepted(watch, 'down', 90)).toBe(true);
	expect(isAccepted(watch, 'down', 101)).toBe(false);
	expect(isAccepted(watch, 'slow')).toBe(false);
});

test('watches: how long one lasts is what its beginning says, whatever the file of whoever reads it says', () => {
	const entries = ledger(
		['05:58:00', 'deploy.finished', run('r1')],
		['05:58:05', 'watch.started', {run: 'r1', app: 'backend', until: '2026-02-10T06:13:00Z'}],
		['06:03:00', 'watch.extended', {run: 'r1', until: '2026-02-10T06:28:00Z'}],
	);
	const phasesFor = (minutes: number) => {
		const terms = {...usualWatch, minutes};
		const [watch] = watchesIn(production, entries, terms);
		return watch && reportOf(watch, terms).phases.map(({title, until}) => `${title} ${until}`);
	};
	expect(phasesFor(60)).toEqual(phasesFor(15));
	expect(phasesFor(15)?.at(-1)).toBe(`8 to 30 min ${at('06:28:00')}`);
});

test('watches: one that ended bad waits for somebody to decide, for a day, unless something else is made live', () => {
	const ended = [
		['05:58:00', 'deploy.finished', run('r1')],
		['06:28:01', 'watch.finished', {run: 'r1', app: 'backend', outcome: 'bad'}, 'Asha'],
	] as const;
	const waits = (watches: readonly Watch[], now = at('06:40:00')) => undecided(watches, now).map(({run: id}) => id);
	const open = read(...ended);
	expect(waits(open)).toEqual(['r1']);
	expect(waits(open, at('06:28:00') + 24 * 3_600_000)).toEqual([]);
	// Nobody here saw why: it is bad all the same.
	expect(open.map(watch => reportOf(watch).isBad)).toEqual([true]);

	const accepted = read(...ended, ['06:40:00', 'watch.accepted', {run: 'r1', probes: ['down'], reason: 'known'}]);
	expect(waits(accepted)).toEqual([]);
	expect(accepted.map(watch => reportOf(watch))).toMatchObject([
		{isBad: false, outcome: {outcome: 'bad', text: 'accepted by Ravi: known'}},
	]);
	expect(waits(read(...ended, ['06:35:00', 'deploy.finished', run('r2')]))).toEqual([]);
	expect(waits(read(...ended, ['06:35:00', 'deploy.finished', run('r2', 'frontend')]))).toEqual(['r1']);
	expect(waits(read(ended[0], ['06:28:01', 'watch.finished', {run: 'r1', outcome: 'good'}]))).toEqual([]);
});
