import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectHistory, selectHistoryLine} from '../../../../src/store/history/history.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {activeScopes} from '../../../../src/tui/keys/scopes.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {ledgerEntry, ledgerReading} from '../../../support/ledger.ts';
import {press} from '../../../support/tui/press.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {historyStages, productionEntries, runId} from './fixtures.ts';

const make = stageNamed(historyStages);

const text = (store: CockpitStore, columns = 120, rows = 40, options: {readonly isUnicode?: boolean} = {}): string =>
	drawFrame(store, columns, rows, options).join('\n');

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
] as const;

test.each(sizes)(
	'history at $columns: newest first, who did what where, what is known of the one under the cursor',
	({columns, rows}) => {
		const shown = text(make('history, a run of this machine'), columns, rows);

		for (const part of [
			/show all +\S+ all +who anyone +app both/,
			/▌.*11:29 +▲ Ravi +production deployed backend 7f3a9c2 +6:12/,
			/✗ Asha +pre-prod +failed "Home page loads under 3 s"/,
			/\? Ravi +pre-prod +wrote soak\.done/,
			/\? probe +pre-prod +unclear "No console errors"/,
			/Mon 10:58 ▲ Ravi +pre-prod +deployed backend 7f3a9c2 +4:47/,
			/─ Deploy backend 7f3a9c2 ─/,
			new RegExp(`run +${runId}`),
			/replaced +4e81d0c/,
			/emergency +payments are down/,
			/not yet in another ledger/,
		])
			expect(shown, `${String(part)}\n${shown}`).toMatch(part);
		expect(shown.indexOf('deployed backend 7f3a9c2  ')).toBeLessThan(shown.indexOf('failed "Home page'));
	},
);

test.each(sizes)('history at $columns: a deploy tells what was live of the other app beside it', ({columns, rows}) => {
	const shown = text(make('history, a pair'), columns, rows);

	expect(shown).toMatch(/pair +backend 7f3a9c2 \+ frontend/);
	expect(shown).toMatch(/emergency +payments are down/);
	expect(text(make('history'), columns, rows)).not.toMatch(/pair +backend/);
});

test('history at 120: gates as they stood, the slowest steps, the numbers, the chain', () => {
	const shown = text(make('history, a run of this machine'));

	for (const part of [
		/✓ identity +same source as pre-prod/,
		/◔ soak +23 h 59 min of 24 h/,
		/Steps ─+ slowest first/,
		/Install dependencies +2:01/,
		/In numbers ─+ last 90 days/,
		/production +backend +2 deploys +1 rollback +1 failed +median 6:12/,
		/saw +preprod 8, /,
		/digest +9c41e07b/,
	])
		expect(shown, `${String(part)}\n${shown}`).toMatch(part);
});

test.each(sizes)(
	'history at $columns: the chain as it was verified, or what is wrong with it in words',
	({columns, rows}) => {
		expect(text(make('history'), columns, rows)).toMatch(/17 entries, v verifies/);
		expect(text(make('history, verifying'), columns, rows)).toMatch(/verifies the chain/);
		expect(text(make('history, verified'), columns, rows)).toMatch(
			/✓ chain intact, 17 entries {2}(checked )?11:41:58/,
		);
		const broken = text(make('history, broken'), columns, rows);
		expect(broken).toMatch(/✗ chain broken/);
		expect(broken).toContain('✗ The ledger of Pre-Prod is broken: line 6 does not follow from the line');
		expect(text(make('history, a fault of the last poll'), columns, rows)).toContain(
			'went back from 1,849 to 1,790 entries',
		);
		expect(text(make('history, not verified'), columns, rows)).toMatch(
			/\? 1 of 2 could not be verified[^]*production could not be verified: timed out/,
		);
	},
);

test('history: a silent host is named with how long, and how far its ledger is known', () => {
	expect(text(make('history, remembered'))).toContain(
		'? production is silent for 3 min: what is known ends with entry 8 of Tue 10 Feb 11:29 IST, 12 min ago',
	);
	expect(text(make('history, remembered'))).toContain('deployed backend 7f3a9c2');
	expect(text(make('history, silent and unknown'), 80, 24)).toContain('nothing of it is known here');
});

test('history: nothing yet, nothing that fits and no host each say so', () => {
	expect(text(make('history, still asking'), 80, 24)).toContain('Asks the hosts for their ledgers.');
	expect(text(make('history, empty'), 80, 24)).toContain('Nothing is recorded yet');
	expect(text(make('history, filtered to nothing'), 80, 24)).toContain('holds "zzz"');
	expect(text(make('history, no host'), 80, 24)).toContain('No environment here has a host');
});

test.each(sizes)('history at $columns: nothing of a hostile ledger is obeyed', ({columns, rows}) => {
	const store = make('history, hostile');
	for (const selected of ['preprod:1', 'preprod:3', 'preprod:4']) {
		for (const page of [undefined, {kind: 'report'} as const]) {
			store.getState().pointAt('history', selected);
			store.getState().openHistoryPage(page);
			const lines = drawFrame(store, columns, rows);
			// oxlint-disable-next-line no-control-regex
			expect(lines.filter(line => /[\u0000-\u001F\u007F-\u009F]/.test(line))).toEqual([]);
			expect(lines.length).toBe(rows);
		}
	}
});

test.each(sizes)('history at $columns: plain ASCII where the terminal has no more', ({columns, rows}) => {
	for (const name of ['history, a run of this machine', 'history, broken', 'history, report']) {
		const shown = text(make(name), columns, rows, {isUnicode: false});
		// oxlint-disable-next-line no-control-regex
		expect(shown.match(/[^\u0000-\u007F]/g) ?? [], name).toEqual([]);
	}
	const shown = text(make('history, broken'), columns, rows, {isUnicode: false});
	expect(shown).toMatch(/x chain broken/);
	expect(shown).toMatch(/x Asha +pre-prod +failed/);
	expect(shown).toMatch(/> .*deployed backend 7f3a9c2/);
});

test('history: glyphs tell states apart without colour', () => {
	const marks = ['done', 'failed', 'unclear', 'attention', 'rolledBack', 'notApplicable'] as const;
	for (const isUnicode of [true, false]) {
		const glyphs = glyphsFor(isUnicode);
		expect(new Set(marks.map(mark => glyphs[mark])).size).toBe(marks.length);
	}
});

test.each(sizes)(
	'report at $columns: steps with their durations from the journal, or that another machine has it',
	({columns, rows}) => {
		const store = make('history, report');
		store.getState().scrollTo(columns === 80 ? 12 : 0);
		const shown = text(store, columns, rows);
		for (const part of [
			/✓ Install dependencies +2:01/,
			/✓ Production backup {2}212 MB +0:52/,
			/downtime +2\.9 s, 3 of 60/,
		])
			expect(shown, `${String(part)}\n${shown}`).toMatch(part);
		const other = make('history, report without a journal');
		other.getState().scrollTo(100);
		expect(text(other, columns, rows)).toContain('Not known here: another machine drove this run');
	},
);

test('history keys: moves by id, and stays with a run that ends', () => {
	const store = make('history');
	press(store, 'j');
	press(store, 'j');
	expect(store.getState().lists.history.cursor).toBe('preprod:8');
	press(store, 'G');
	expect(store.getState().lists.history.cursor).toBe('preprod:1');
	press(store, 'g');
	const under = (entries: typeof productionEntries): void =>
		store.setState(({environments}) => ({
			environments: environments.map(view =>
				view.name === 'production' && view.status
					? {...view, status: {...view.status, ledger: ledgerReading(entries)}}
					: view,
			),
		}));
	under(productionEntries.slice(0, 7));
	store.getState().pointAt('history', 'production:7');
	expect(selectHistoryLine(store.getState())?.text).toBe('began to deploy backend 7f3a9c2');
	const newer = ledgerEntry(9, '2026-02-10T06:10:00Z', 'environment.held', {
		who: 'Asha',
		data: {apps: ['backend'], reason: 'x'},
	});
	under([...productionEntries, newer]);
	expect(selectHistoryLine(store.getState())?.id).toBe('production:8');
	expect(selectHistory(store.getState())[0]?.id).toBe('production:9');
});

test('history keys: kind, app, environment and person go round; Esc shows all, then goes back', () => {
	const store = make('history');
	const asked = () => {
		const {kind, app, environment, who} = store.getState().historyAsked;
		return [kind, app, environment, who];
	};
	press(store, ']');
	press(store, 'a');
	press(store, 't');
	press(store, 'w');
	expect(asked()).toEqual(['runs', 'backend', 'preprod', 'Ravi']);
	press(store, '[');
	press(store, '[');
	press(store, '[');
	press(store, 'a');
	press(store, 't');
	press(store, 'w');
	expect(asked()).toEqual(['locks', 'frontend', 'production', 'Asha']);
	press(store, 'a');
	press(store, 't');
	expect(asked()).toEqual(['locks', undefined, undefined, 'Asha']);
	press(store, '/');
	expect(activeScopes(store.getState())).toEqual(['history.filter', 'typing']);
	store.getState().filterList('history', 'load');
	press(store, 'enter');
	expect(selectHistory(store.getState()).map(({id}) => id)).toEqual(['preprod:8']);
	press(store, 'esc');
	expect(asked()).toEqual(['all', undefined, undefined, undefined]);
	press(store, 'esc');
	expect(store.getState().screen).toBe('overview');
});

test('history keys: verify, export, log, run id and report; each says why it can not', () => {
	const store = make('history, a run of this machine');
	expect(press(store, 'v').asked).toEqual([['history.verify']]);
	expect(press(store, 'e').asked).toEqual([['history.export']]);
	expect(press(store, 'o').asked).toEqual([['history.openLog']]);
	press(store, 'y');
	expect(store.getState().notice?.text).toBe(`run ${runId} on production`);
	press(store, 'enter');
	expect(store.getState()).toMatchObject({
		historyPage: {kind: 'report'},
		lists: {history: {cursor: 'production:8'}},
	});
	press(store, 'esc');
	press(store, 'esc');
	expect(store.getState().historyPage).toBeUndefined();
	expect(press(make('history, a run of another machine'), 'o').refusal).toContain('no journal');
	expect(press(make('history, a result'), 'o').refusal).toBe('it is no run');
	expect(press(make('history, a result'), 'y').refusal).toBe('it is no run');
	expect(press(make('history, verifying'), 'v').refusal).toContain('being verified');
	expect(press(make('history, empty'), 'enter').refusal).toContain('nothing is recorded');
	expect(press(make('history, no host'), 'v').refusal).toContain('has a host');
});

test('history: 7 opens it from anywhere', () => {
	const store = make('history');
	store.getState().show('overview');

	expect(press(store, '7').asked).toEqual([['history.open']]);
});
