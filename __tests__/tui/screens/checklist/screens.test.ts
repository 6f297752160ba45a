import {setImmediate as turn} from 'node:timers/promises';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectItem, selectShownItems} from '../../../../src/store/checklist/checklist.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {allBindings} from '../../../../src/tui/keys/all-bindings.ts';
import {createDispatcher} from '../../../../src/tui/keys/dispatcher.ts';
import {inkFocus} from '../../../../src/tui/keys/scopes.ts';
import {plain} from '../../../../src/tui/kit/rows.ts';
import {viewOf} from '../../../../src/tui/screens/checklist/look.ts';
import {when} from '../../../../src/tui/kit/times.ts';
import {checklistRows} from '../../../../src/tui/screens/checklist/screen-rows.ts';
import {withCut} from '../../../../src/tui/kit/layout.ts';
import {ledgerReading} from '../../../support/ledger.ts';
import {quietController} from '../../../support/tui/quiet-cockpit.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {checklistStages, entries, now, signed} from './fixtures.ts';

const make = stageNamed(checklistStages);

const text = (store: CockpitStore, columns = 120, rows = 40): string => drawFrame(store, columns, rows).join('\n');

test('checklist at 120x40: what is left by pause point, each item with state, who and when, and all about one', () => {
	const shown = text(make('checklist'));

	for (const part of [
		/ frontend {2}7f3a9c2 {2}\d+ of \d+ {2}━+.*1 failed {2}1 unclear {2}2 open/,
		/backend ○ \d+ of \d+ {2}times in IST/,
		/─ Pause points ─/,
		/▌✗ Pages and si… +5\/8/,
		/─ Items ─+ 1 to \d+ of \d+ ─/,
		/▌ ✗ Home page answers 200 .* failed +Asha +10:47/,
		/\? Every page of the menu l.* unclear +Asha +10:31/,
		/○ A page opens by its .* open +other build/,
		/✓ An unknown address shows.* passed +probe +11:18/,
		/passed +(Asha|Ravi) +Mon 16:20/,
		/─ Home page answers 200 within 3 s/,
		/✗ failed {2}Asha, Tue 10:47 IST/,
		/"3.4 s after login. The hero image/,
		/GET \/ of the site: 200 within 3000/,
		/✓ Ravi +4e81d0c +3 Feb/,
		/Fix, deploy the frontend to/,
		/─ Here now ─/,
		/● Asha {2}in Approval/,
		/● Ravi {2}you/,
		/─ Does not count ─/,
		/p passed {2}f failed {2}i unclear {2}r probe {2}u undo {2}o only open/,
	])
		expect(shown, String(part)).toMatch(part);
});

test('checklist at 80x24: one pause point with its items above, what is known of one below, then the others', () => {
	const shown = text(make('checklist'), 80, 24);

	for (const part of [
		/ frontend {2}7f3a9c2 {2}\d+ of \d+/,
		/─ Pages and sign-in {2}pause point 2 of \d+ ─+ \d of \d ─/,
		/▌ ✗ Home page answers 200 within 3 s +failed +Asha +10:47/,
		/State +✗ failed {2}Asha, Tue 10:47 IST/,
	])
		expect(shown, String(part)).toMatch(part);
	const chosen = text(make('checklist, choosing a pause point'), 80, 24);
	expect(chosen).toMatch(/─ Pause points ─+ \[ \] to switch ─/);
	expect(chosen).toMatch(/Performance +\d\/\d/);
	const reading = text(make('checklist, reading the detail'), 80, 24);
	expect(reading).toMatch(/Why +It is the first thing everybody sees/);
	expect(reading).toMatch(/Covers +frontend/);
});

test('checklist: carried answers say so; what was signed before says why it no longer counts', () => {
	const backend = text(make('checklist, backend'));
	expect(backend).toMatch(/» .* carried +(Asha|Ravi) +Wed 11:30/);
	const lapsed = text(make('checklist, one open'));
	expect(lapsed).toMatch(/Ravi signed it passed, 3 Feb/);
	expect(lapsed).toMatch(/another build than the one/);
});

test('checklist: a changed text voids the answer and says so', () => {
	const store = make('checklist, nothing signed');
	const list = entries.filter(({type}) => type === 'deploy.finished');
	const other = signed(9, '2026-02-10T05:00:00Z', 'Asha', 'deep-link', {itemDigest: 'another text'});
	store.setState({checklistReading: {ledger: ledgerReading([...list, other]), readAt: now}});
	store.getState().pointAt('checklist', 'deep-link');

	expect(text(store)).toMatch(/Its\n.*text has changed since/);
});

test('checklist: what is under way, what waits and what is doubtful is said', () => {
	expect(text(make('checklist, recording'), 80, 24)).toMatch(/[◐◓◑◒] A page opens .* recording +passed/);
	const waiting = text(make('checklist, waiting to be sent'), 120, 40);
	expect(waiting).toContain('waiting to be sent (1)');
	expect(waiting).toMatch(/Pre-Prod has not answered for 2 min/);
	expect(text(make('checklist, a broken ledger'))).toMatch(
		/✗ The ledger of Pre-Prod is broken: line 31 .*Nothing can be signed/,
	);
	expect(text(make('checklist, loading'), 80, 24)).toContain('Asks Pre-Prod for its ledger');
	expect(text(make('checklist, no answer'), 80, 24)).toMatch(/Why +connect ECONNREFUSED/);
	expect(text(make('checklist, nothing is tested'), 80, 24)).toContain('promotedFrom');
	const store = make('checklist');
	store.getState().tick(now + 60_000);
	expect(text(store)).toContain('Read 60 s ago');
});

test('checklist: an input says what it needs, and counts', () => {
	const note = text(make('checklist, a note'));
	expect(note).toMatch(/✗ failed: A page opens by its own address ─+ note needed, at least 10 characters/);
	expect(note).toMatch(/▸ no page at \/prog +16 characters/);
	expect(text(make('checklist, a value asked'), 80, 24)).toContain('the BUILD_ID that is served');
	expect(text(make('checklist, a retest'), 80, 24)).toMatch(
		/failed by Asha: Enter records a retest: passed, Esc keeps it/,
	);
});

test.each(Object.keys(checklistStages))('%s: no row is wider than the screen, in ASCII either', name => {
	for (const [width, height] of [
		[118, 37],
		[78, 21],
		[58, 13],
		[98, 25],
		[158, 47],
	] as const)
		for (const isUnicode of [true, false]) {
			const look = {glyphs: glyphsFor(isUnicode), hasColour: false};
			const rows = checklistRows(viewOf(make(name).getState()), width, height, look);
			const lines = rows.map(row => plain(withCut(row, look)));
			expect(lines.length).toBeLessThanOrEqual(height);
			expect(Math.max(...lines.map(line => stringWidth(line))), lines.join('\n')).toBeLessThanOrEqual(width);
			if (!isUnicode) expect(lines.join('')).toMatch(/^[\u0020-\u007E]*$/);
		}
});

test('when: a time today, a day of this week, else a date', () => {
	const zone = 'Asia/Kolkata';
	expect(when(Date.parse('2026-02-10T05:48:00Z'), now, zone)).toBe('11:18');
	expect(when(Date.parse('2026-02-09T18:29:00Z'), now, zone)).toBe('Mon 23:59');
	expect(when(Date.parse('2026-02-04T06:00:00Z'), now, zone)).toBe('Wed 11:30');
	expect(when(Date.parse('2026-02-03T05:30:00Z'), now, zone)).toBe('3 Feb');
});

test.each([
	['passed', /○ Home page answers 200.* open +✓ 200 in 84 ms/, 'p asks it again and signs'],
	['failed', /○ Home page answers 200.* open +✗ 500, not 200/, 'While it fails it cannot be signed'],
	['unclear', /○ Home page answers 200.* open +\? 1 of 2: 502/, 'While it is unclear it cannot be'],
	['being asked', /○ Home page answers 200.* open +\S probe/, 'is being asked'],
] as const)(
	'checklist: a probe %s stands beside its item, and the detail says what that allows',
	(what, row, allows) => {
		const shown = text(make(`checklist, a probe ${what}`));
		expect(shown).toMatch(row);
		expect(shown.replaceAll(/\s+/g, ' ')).toContain(allows);
		expect(text(make(`checklist, a probe ${what}`), 80, 24)).toMatch(row);
	},
);

test('checklist: what the probe saw comes with its limit, its count, its age, and how often it was asked', () => {
	const shown = text(make('checklist, a probe passed'), 160, 50);
	expect(shown).toContain('✓ 200 in 84 ms, limit 3000 ms, 2 s ago');
	expect(shown).toContain('asked 2 times: 2 passed');
	expect(shown).toContain('r asks it again');
});

test('checklist keys: each answers the item under the cursor; what can not be said says why', () => {
	const store = make('checklist');
	expect(press(store, 'p').asked).toEqual([['checklist.sign', 'home-page', 'passed']]);
	expect(press(store, 'f').asked).toEqual([['checklist.sign', 'home-page', 'failed']]);
	expect(press(store, 'i').asked).toEqual([['checklist.sign', 'home-page', 'unclear']]);
	expect(press(store, 'n').refusal).toBe('it always applies');
	expect(press(store, 'r').asked).toEqual([['checklist.probe', 'home-page']]);
	expect(press(store, 'u').asked).toEqual([['checklist.undo', 'home-page']]);
	expect(press(store, 'e').asked).toEqual([['checklist.export']]);
	press(store, 'j');
	expect(selectItem(store.getState())?.item.id).toBe('pages-load');
	expect(press(store, 'r').refusal).toBe('it has no probe');
	expect(press(make('checklist, a broken ledger'), 'p').refusal).toContain('is broken: line 31');
	expect(press(make('checklist, loading'), 'p').refusal).toContain('not read yet');
	expect(press(make('checklist, nothing deployed'), 'p').refusal).toContain('is not recorded');
	expect(press(make('checklist, recording'), 'p').refusal).toContain('still being recorded');
});

test('checklist keys: pause points, panels, the other app, only what is open', () => {
	const store = make('checklist');
	press(store, ']');
	const first = selectItem(store.getState())?.item.id;
	expect(first).not.toBe('home-page');
	press(store, '[');
	expect(selectItem(store.getState())?.item.id).toBe('deep-link');
	press(store, 'tab');
	expect(store.getState().checklistPanel).toBe('detail');
	press(store, 'j');
	expect(store.getState().lists.checklist.scroll).toBe(1);
	press(store, 'enter');
	expect(store.getState().checklistPanel).toBe('items');
	press(store, 'o');
	expect(selectShownItems(store.getState()).every(({state}) => state !== 'passed')).toBe(true);
	press(store, 'a');
	expect(store.getState().app).toBe('backend');
	expect(store.getState().lists.checklist.cursor).toBeDefined();
	press(store, 'esc');
	expect(store.getState().screen).toBe('overview');
});

test('checklist: an item a colleague signs while it is highlighted stays highlighted, with only open ones shown', () => {
	const store = make('checklist, only open');
	const at = selectItem(store.getState())?.item.id ?? '';
	const list = [...entries, signed(entries.length + 1, '2026-02-10T05:49:00Z', 'Asha', at)];
	store.setState({checklistReading: {ledger: ledgerReading(list), readAt: now}});

	expect(selectItem(store.getState())).toMatchObject({item: {id: at}, state: 'passed'});
});

test('checklist keys: in an input letters are text, in a question only Enter and Esc act', () => {
	const note = make('checklist, a note');
	expect(inkFocus(note.getState())).toBe('filter');
	expect(press(note, 'enter').asked).toEqual([['checklist.answer']]);
	press(note, 'ctrl-u');
	expect(note.getState().checklistAsk).toMatchObject({typed: ''});
	press(note, 'esc');
	expect(note.getState()).toMatchObject({checklistAsk: undefined, notice: {text: 'Nothing was recorded.'}});
	const retest = make('checklist, a retest');
	expect(() => press(retest, 'p')).toThrow('no key p');
	expect(inkFocus(retest.getState())).toBeUndefined();
	expect(press(retest, 'enter').asked).toEqual([['checklist.answer']]);
});

test('checklist: a paste answers nothing; in a note one line of it is text', async () => {
	const pasted = async (
		name: string,
	): Promise<{readonly asked: readonly string[]; readonly typed: readonly string[]}> => {
		const asked: string[] = [];
		const typed: string[] = [];
		const note = (method: string) => () => void asked.push(method);
		const controller = quietController({checklist: {sign: note('sign'), answer: note('answer')}});
		const dispatcher = createDispatcher({
			bindings: allBindings,
			context: {store: make(name), controller, terminal: {exit: () => undefined, suspend: () => undefined}},
			forward: sequence => void typed.push(sequence),
			onFault: error => {
				throw error;
			},
		});
		dispatcher.feed({kind: 'paste', text: 'pppp the menu is empty\rfff\r'});
		await turn();
		await turn();
		return {asked, typed};
	};

	expect(await pasted('checklist')).toEqual({asked: [], typed: []});
	expect(await pasted('checklist, a retest')).toEqual({asked: [], typed: []});
	expect(await pasted('checklist, a note')).toEqual({asked: [], typed: ['pppp the menu is empty']});
});
