import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {activeScopes} from '../../../../src/tui/keys/scopes.ts';
import {viewOf} from '../../../../src/tui/screens/health/look.ts';
import {healthRows} from '../../../../src/tui/screens/health/screen-rows.ts';
import {plain} from '../../../../src/tui/kit/rows.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {rowFaults} from '../../../support/tui/row-faults.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {
	healthStages,
	healthStore,
	hostNow,
	machineNow,
	reading,
	readings,
	report,
	triggers,
	watch,
	worse,
} from './fixtures.ts';

const make = stageNamed(healthStages);

const text = (store: CockpitStore, columns = 120, rows = 40, isUnicode = true): string =>
	drawFrame(store, columns, rows, {isUnicode}).join('\n');

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
	{columns: 60, rows: 16},
] as const;

test.each(sizes)(
	'health at $columns: the place, its age, latency with its scale, each probe with a word',
	({columns, rows}) => {
		const shown = text(make('health'), columns, rows);

		for (const part of [
			/PRODUCTION +production-1 .*2 s ago/,
			/API health.* 66 ms {2}p95 72 ms {2}usual 61 ms/,
			/✗ 2 of 100/,
			/400 ms/,
			/disk +▲ near .*78 % .*limit 85 %/,
			/scheduler +\? unclear +no log of it is named/,
			/analytics trends ● ok +200 in 690 ms/,
		])
			expect(shown, `${String(part)}\n${shown}`).toMatch(part);
	},
);

test('health at 120: production and pre-prod beside each other, what is live marked below the bars', () => {
	const shown = text(make('health'));

	expect(shown).toMatch(/PRODUCTION +production-1 .* PRE-PROD +preprod-1 /);
	expect(shown).toMatch(/10:47 IST +live since 11:29 ▲ +now/);
});

test('health: a time in which nobody asked is a gap between the bars, and what was not good a cross', () => {
	const line = text(make('health'))
		.split('\n')
		.find(one => /^ +0 /.test(one));

	expect(line).toMatch(/[▁-█]{5,} {3,}[▁-█]{5,}✗[▁-█]{5,}/);
});

test.each(sizes)(
	'health at $columns: two rounds later nothing is green, each value says its age',
	({columns, rows}) => {
		const shown = text(make('health, old'), columns, rows);

		expect(shown).toMatch(/\? 62 s ago/);
		expect(shown).toMatch(/API health +\? old +200 in 66 ms +62 s ago/);
		expect(shown).not.toMatch(/● ok/);
	},
);

test.each(sizes)('health at $columns: a silent host is said, and what it said before is old', ({columns, rows}) => {
	const shown = text(make('health, a silent host'), columns, rows);

	expect(shown).toMatch(/✗ production-1 did not answer: production-1 timed out/);
	expect(shown).toMatch(/disk +\? old/);
	expect(shown).toMatch(/API health +● ok/);
});

test('health: before the first round nothing is said to be well', () => {
	const shown = text(make('health, not asked yet'), 80, 24);

	expect(shown).toMatch(/nothing was found yet, asking/);
	expect(shown).not.toMatch(/● ok|✓/);
});

test.each(sizes)(
	'watch at $columns: production in red with its host, phases, items, triggers, comparisons',
	({columns, rows}) => {
		const shown = text(make('health, watch'), columns, rows);

		for (const part of [
			/PRODUCTION {2}backend 7f3a9c2.*api ● 200/,
			/✓ 0 to 5.*○ 5 to 15.*1 (to sign|left).*◐ 15 to 30/,
			/By hand .*5 of 8 signed/,
			/▌ ○ Send yourself one reminder +late since 11:45 IST/,
			/Roll back if .*0 of 6 fired, 2 s ago/,
			/WORSE 0 +UNCLEAR 1 +same 9/,
			/API reports PDF/,
		])
			expect(shown, `${String(part)}\n${shown}`).toMatch(part);
		expect(shown).toMatch(/◐ watch 17:05/);
		expect(shown).not.toMatch(/decide/);
	},
);

test.each(sizes)('watch at $columns: WORSE stands first, the way back and its key are in sight', ({columns, rows}) => {
	const shown = text(make('health, worse'), columns, rows);

	for (const part of [
		/✗ WORSE +API analytics trends|API analytics trends, p95 .*✗ WORSE, 11:44 IST/,
		/WORSE: decide .*nobody has yet/,
		/R +Go back now +to the release before/,
		/a +Accept +with a reason/,
		/▲ watch 17:05/,
	])
		expect(shown, `${String(part)}\n${shown}`).toMatch(part);
	expect(shown).toMatch(
		columns === 120 ? /▲ new in the log: Mail: timeout after 30 s/ : /▾ \d+ more, (1 unclear|all same)/,
	);
});

test.each(sizes)('watch at $columns: before ten rounds one line says when comparing begins', ({columns, rows}) => {
	const shown = text(make('health, watch just begun'), columns, rows);

	expect(shown).toMatch(/\? UNCLEAR +11 {2}(comparing begins with 10 samples: 8 more|begins with 8 more samples)/);
	expect(shown).not.toMatch(/UNCLEAR[^\n]*API health/);
	if (columns > 60) expect(shown).toMatch(/comparing begins with 10 samples: 8 more, about 40 s/);
});

test('watch: where nobody looked before the swap it does not promise to compare', () => {
	const shown = text(make('health, nothing known of before'));

	expect(shown).toMatch(/\? UNCLEAR +11 {2}too few samples from before the swap: 0 of 10/);
	expect(shown).not.toMatch(/comparing begins/);
});

test('watch: who turns to the comparisons sees each that waits', () => {
	const store = make('health, watch just begun');
	press(store, 'tab');
	press(store, 'tab');

	expect(text(store)).toMatch(/API analytics trends, p95[^\n]*2 of 10 samples[^\n]*UNCLEAR, 8 more/);
});

test('watch at 80: quiet triggers in two columns, in words that are whole', () => {
	const shown = text(make('health, watch'), 80, 24);

	for (const part of [
		/✓ API not 200 twice in a row +200 +✓ p95 over twice the usual +66 ms/,
		/✓ more than 5 errors a minute +0 +✓ a service or PM2 restarts +3 running/,
		/✓ sign-in fails +41 of 41 +✓ served build is not 7f3a9c2 +7f3a9c2/,
	])
		expect(shown).toMatch(part);
});

test.each(sizes)('watch at $columns: no trigger is cut: what is out of sight is counted', ({columns, rows}) => {
	for (const stage of ['health, watch', 'health, fired']) {
		const shown = text(make(stage), columns, rows);
		const panel = shown.slice(shown.indexOf('Roll back if'), shown.indexOf('Before and after'));
		const told = triggers.filter(
			({title, short}) => panel.includes(title) || panel.includes(short?.title ?? title),
		);

		expect(panel).not.toMatch(/…/);
		expect(told.length + Number(/▾ (\d) more: Tab/.exec(panel)?.[1] ?? 0), panel).toBe(triggers.length);
	}
});

test('health: each probe is told whole, or goes on in the row below', () => {
	for (const {columns, rows} of sizes) {
		const shown = text(make('health'), columns, rows + 20);
		for (const line of shown.split('\n').slice(1)) expect(line).not.toMatch(/…/);
		for (const {title} of readings('production-1')) expect(shown).toMatch(title);
	}
});

test('health at 80 by 16: answers that are well share a line, one that is not stands by itself', () => {
	const store = healthStore();
	const more = ['users', 'groups', 'mail'].map((name, index) =>
		reading(`http.${name}`, name, 'http', {value: 100 + index, unit: 'ms', text: `200 in ${100 + index} ms`}),
	);
	const bad = reading('http.slow', 'slow one', 'http', {state: 'fail', value: 9000, unit: 'ms', text: '9000 ms'});
	const round = {environment: 'production', at: hostNow, silent: []};
	const update = {environment: 'production', at: machineNow, reports: []};
	store
		.getState()
		.healthUpdated({...update, round: {...round, readings: [...readings('production-1'), ...more, bad]}});

	expect(text(store, 80, 20)).toMatch(/4 addresses +● ok +slowest 690 ms, analytics trends/);
	expect(text(store, 80, 20)).toMatch(/slow one +✗ failed/);
	expect(text(store, 80, 20)).not.toMatch(/groups/);
	expect(text(store, 80, 40)).toMatch(/groups +● ok +200 in 101 ms/);
});

test('watch: too few samples are said by how many are missing, never as same', () => {
	expect(text(make('health, worse'))).toMatch(
		/API reports PDF, p95 +1\.9 s +2\.3 s +2 of 10 samples +\+1 s +\? UNCLEAR, 8 more/,
	);
	expect(text(make('health, worse'), 80, 24)).toMatch(
		/\? UNCLEAR API reports PDF, p95 +1\.9 to 2\.3 s +8 samples missing/,
	);
});

test.each(sizes)(
	'watch at $columns: a trigger that fired stands first, in words, with since when',
	({columns, rows}) => {
		const shown = text(make('health, fired'), columns, rows);
		const from = shown.slice(shown.indexOf('Roll back if'));

		expect(shown).toMatch(/1 of 6 fired/);
		expect(from).toMatch(/^[^\n]*\n[^\n]*✗ FIRED API not 200 twice( in a row)? +502, 2 in a row, since 11:44/);
		expect(shown).toMatch(/FIRED: decide .*nobody has yet, 3 min/);
	},
);

test('watch: what was accepted asks for nothing more, and says by whom', () => {
	const shown = text(make('health, accepted'));

	expect(shown).toMatch(/✗ WORSE, accepted by Asha/);
	expect(shown).not.toMatch(/decide/);
	expect(press(make('health, accepted'), 'a').refusal).toBe('nothing is worse and no trigger has fired');
});

test('watch: when it is over it says how it ended, and the header speaks of it no more', () => {
	const shown = text(make('health, ended'));

	expect(shown).toMatch(/ended 12:00 IST: unclear/);
	expect(shown).not.toMatch(/watch \d+:\d\d /);
});

test.each(sizes)('watch at $columns: one that ended bad stays to be decided, on every screen', ({columns, rows}) => {
	const store = healthStore([worse({watch: {...watch, ended: {at: hostNow - 60_000, by: 'Ravi', outcome: 'bad'}}})]);
	const shown = text(store, columns, rows);

	expect(shown).toMatch(/ENDED BAD: decide/);
	expect(shown).not.toMatch(/goes on until/);
	if (columns >= 120) expect(shown).toMatch(/recorded for the team; the watch ended 11:46(:05)? IST/);
	expect(press(store, 'a')).toEqual({asked: [['health.accept']]});
	store.getState().show('overview');
	const overview = text(store, columns, rows);
	expect(overview.split('\n')[0]).toMatch(/▲ watch bad/);
	if (columns >= 120) expect(overview).toMatch(/watch +▲ ended bad: decide, 5/);
});

test('watch: its facts being old, the header has a question mark, and triggers an age that is seen', () => {
	const store = healthStore([report()]);
	store.getState().tick(machineNow + 60_000);
	const shown = text(store);

	expect(shown).toMatch(/\? watch 18:05/);
	expect(shown).toMatch(/0 of 6 fired, \? 62 s ago/);
	expect(shown).toMatch(/api \? 200/);
});

test.each(Object.keys(healthStages))(
	'health rows: %s keep their heads whole at every width, and nothing hides without a cue',
	name => {
		const store = make(name);
		const look = {glyphs: glyphsFor(true), hasColour: true};
		for (let width = 58; width <= 158; width += 7)
			for (const height of [13, 17, 21, 30, 37, 47]) {
				const {rows} = healthRows(viewOf(store.getState()), width, height, look);
				const isBeside = width >= 98;
				const faults = rowFaults(rows, {width, height, isCut: true});
				expect(
					isBeside ? faults.filter(fault => fault.includes('rows')) : faults,
					`${width}x${height}`,
				).toEqual([]);
			}
	},
);

test('health in ASCII: no sign is left that such a terminal does not have', () => {
	for (const name of Object.keys(healthStages))
		for (const [columns, rows] of [
			[120, 40],
			[80, 24],
			[60, 16],
		] as const) {
			const shown = text(make(name), columns, rows, false);
			// oxlint-disable-next-line no-control-regex -- what is not printable ASCII is looked for
			expect(
				[...shown.matchAll(/[^\x00-\x7F]/g)].map(([sign]) => sign),
				`${name}\n${shown}`,
			).toEqual([]);
		}
});

test('health: one bar shows what a key acts on', () => {
	for (const [name, stage] of Object.entries(healthStages))
		expect((text(stage(), 80, 24).match(/▌/g) ?? []).length, name).toBeLessThanOrEqual(1);
});

test('health keys: R opens the review of the app that is watched, and starts nothing', () => {
	const store = make('health, worse');

	expect(press(store, 'R')).toEqual({
		asked: [['rollback.open', {app: 'backend', environment: 'production', to: 'previous'}]],
	});
	expect(store.getState().stage).toBe('choose');
});

test('health keys: on the probes of a host R is about the app whose watch is bad, else whose probes fail', () => {
	const roll = (app: 'backend' | 'frontend') => ({
		asked: [['rollback.open', {app, environment: 'production', to: 'previous'}]],
	});
	const bad = healthStore([worse()]);
	bad.setState({app: 'frontend'});
	bad.getState().goToHealth('production production-1');
	expect(text(bad, 80, 24)).toMatch(/R roll back backend/);
	expect(press(bad, 'R')).toEqual(roll('backend'));

	const store = healthStore();
	store.setState({app: 'frontend'});
	expect(press(store, 'R')).toEqual(roll('frontend'));
	const failing = readings('production-1').map(one =>
		one.probe === 'backend.health' ? {...one, state: 'fail' as const, text: '502'} : one,
	);
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {environment: 'production', at: hostNow, readings: failing, silent: []},
		reports: [report({watch: {...watch, app: 'frontend'}})],
	});
	store.getState().goToHealth('production production-1');
	expect(press(store, 'R')).toEqual(roll('backend'));
	store.getState().goToHealth('production watch frontend');
	expect(text(store, 80, 24)).toMatch(/R roll back frontend/);
	expect(press(store, 'R')).toEqual(roll('frontend'));
});

test('health keys: an answer is about the item under the cursor, and only while the items have the focus', () => {
	const store = make('health, watch');

	expect(press(store, 'p')).toEqual({asked: [['health.sign', 'reminder', 'passed']]});
	press(store, 'j');
	expect(press(store, 'f')).toEqual({asked: [['health.sign', 'analytics', 'failed']]});
	expect(press(store, 'n').refusal).toBe('it always applies');
	expect(press(store, 'u')).toEqual({asked: [['health.undo', 'analytics']]});
	press(store, 'tab');
	expect(press(store, 'p').refusal).toBe('Tab to what is done by hand first');
});

test('health keys: Enter takes the marked item that is still to sign, the next one only from there', () => {
	const store = make('health, watch');
	press(store, 'tab');
	press(store, 'enter');
	expect(store.getState().lists.health.cursor).toBe('reminder');
	expect(store.getState().healthPanel).toBe('items');
	press(store, 'enter');
	expect(store.getState().lists.health.cursor).toBe('analytics');
});

test('health: of old rows out of sight the cue says that they are not known any more', () => {
	expect(text(make('health'), 60, 16)).toMatch(/▾ \d+ more, (all ok|\d+ not ok): PgDn/);
	expect(text(make('health, old'), 60, 16)).toMatch(/▾ \d+ more, not known any more: PgDn/);
});

test('health keys: nothing can be signed, accepted or made longer where no watch is shown', () => {
	const store = make('health');
	for (const key of ['p', 'f', 'n', 'u', 'a', '+'])
		expect(press(store, key).refusal, key).toMatch(/no watch is shown/);
});

test('health keys: + is refused when the watch is over', () => {
	expect(press(make('health, watch'), '+')).toEqual({asked: [['health.extend']]});
	expect(press(make('health, ended'), '+').refusal).toBe('the watch is over');
});

test('health keys: ] goes from the watch to each host and round again', () => {
	const store = make('health, watch');
	press(store, ']');
	expect(text(store, 80, 24)).toMatch(/PRODUCTION {2}production-1/);
	press(store, ']');
	expect(text(store, 80, 24)).toMatch(/PRE-PROD {2}preprod-1/);
	press(store, ']');
	expect(text(store, 80, 24)).toMatch(/By hand/);
});

test('health keys: comparisons move a row at a time and say what is above', () => {
	const store = make('health, worse');
	press(store, 'tab');
	press(store, 'tab');
	press(store, 'G');
	const shown = text(store, 80, 24);

	expect(shown).toMatch(/API mail/);
	expect(shown).toMatch(/▴ \d+ more/);
});

test('health keys: while a reason is typed letters are text; Esc records nothing', () => {
	const store = make('health, a reason');
	expect(activeScopes(store.getState())[0]).toBe('health.ask');
	expect(press(store, 'enter')).toEqual({asked: [['health.answer']]});
	press(store, 'esc');
	expect(store.getState().watchAsk).toBeUndefined();
	expect(store.getState().notice?.text).toBe('Nothing was recorded.');
});

test('health: on every other screen the header tells of the watch, bad or not', () => {
	for (const [reports, part] of [
		[[report()], /◐ watch 17:05/],
		[[worse()], /▲ watch 17:05/],
	] as const) {
		const store = healthStore(reports);
		for (const screen of ['overview', 'backups', 'history'] as const) {
			store.getState().show(screen);
			expect(text(store, 80, 24).split('\n')[0]).toMatch(part);
		}
	}
});

test.each(sizes)('watch at $columns: an item its probe fails keeps its title, and says so', ({columns, rows}) => {
	const store = healthStore([report()]);
	const title = 'Send yourself one reminder';
	const seen = {state: 'fail' as const, text: 'the queue has not taken it for 12 min'};
	const failing = reading('checklist.reminder', title, 'http', seen);
	const round = {environment: 'production', at: hostNow, silent: []};
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {...round, readings: [...readings('production-1'), failing]},
		reports: [report()],
	});

	expect(text(store, columns, rows)).toMatch(/▌ ○ Send yourself one reminder +(probe )?fails/);
	expect(text(store, columns, rows)).toMatch(/○ 5 to 15( min)?  ?1 (to sign|left)/);
});

test.each(sizes)(
	'health at $columns: below a probe that failed stand the own last lines of what failed',
	({columns, rows}) => {
		const store = healthStore();
		const words = ['11:46:58 IST error Total is null', '  at app/Total.php:41', '  same error 3 times before'];
		const found = readings('production-1').map(one =>
			one.probe === 'backend.health'
				? {...one, state: 'fail' as const, text: '500, not 200', ownWords: words}
				: one,
		);
		store.getState().healthUpdated({
			environment: 'production',
			at: machineNow,
			round: {environment: 'production', at: hostNow, readings: found, silent: []},
			reports: [],
		});
		const shown = text(store, columns, rows);

		expect(shown).toMatch(/API health +✗ failed .*500, not 200.*\n.* 11:46:58 IST error Total is null/);
		expect(shown).toMatch(/at app\/Total\.php:41.*\n.*same error 3 times before/);
	},
);

/** Eight addresses that fail with long texts and say the same themselves. */
const failingHost = (): CockpitStore => {
	const store = healthStore();
	const words = ['11:46:58 IST error Total is null', '  at app/Total.php:41'];
	const failing = Array.from({length: 8}, (_, index) =>
		reading(`http.check-${index}`, `analytics of programme ${index}`, 'http', {
			state: 'fail',
			text: `check ${index} begins ${'500, not 200, and the page says that the service is gone for now '.repeat(3)}`,
			ownWords: words,
		}),
	);
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {environment: 'production', at: hostNow, readings: failing, silent: []},
		reports: [],
	});
	return store;
};

test.each(sizes)('health at $columns: long texts have half of the width and two lines, own words stand once', size => {
	const store = failingHost();
	const shown = text(store, size.columns, size.rows);
	const half = size.columns >= 100 ? Math.floor((size.columns - 4) / 2) : size.columns - 2;

	expect(shown.match(/Total is null/g)).toHaveLength(1);
	const first = shown.split('\n').findIndex(line => /check 0 begins/.test(line));
	const next = shown.split('\n').findIndex(line => /check 1 begins/.test(line));
	// Two lines of text and two of own words, where a title goes on below itself no more than that.
	expect(next - first).toBeLessThanOrEqual(6);
	const seen = /check 0 begins.*/.exec(shown.split('\n')[first] ?? '')?.[0].slice(0, half) ?? '';
	expect(seen.trimEnd().length).toBeGreaterThan(half / 3);
});

test.each([
	{width: 58, height: 13},
	{width: 78, height: 20},
])('health at $width: page by page down and up again no failing probe is passed over', ({width, height}) => {
	const store = failingHost();
	const look = {glyphs: glyphsFor(true), hasColour: true};
	const seen = new Set<string>();
	const turn = (key: string): void => {
		for (let pages = 0; pages < 10; pages++) {
			const {rows, page} = healthRows(viewOf(store.getState()), width, height, look);
			for (const [name] of rows
				.map(plain)
				.join('\n')
				.matchAll(/check \d begins/g))
				seen.add(name);
			store.getState().pageHealthBy(page ?? {down: 1, up: 1});
			press(store, key);
		}
	};
	turn('pagedown');
	expect([...seen].toSorted()).toEqual(Array.from({length: 8}, (_, index) => `check ${index} begins`));
	seen.clear();
	turn('pageup');
	expect(seen.size).toBe(8);
});
