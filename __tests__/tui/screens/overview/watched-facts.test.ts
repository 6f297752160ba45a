import {expect, test} from 'vitest';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {machineNow, overviewWatched, report, watch, worse} from '../health/fixtures.ts';

const text = (reports: Parameters<typeof overviewWatched>[0], columns = 120, rows = 40): string =>
	drawFrame(overviewWatched(reports), columns, rows).join('\n');

test('overview cards: what is probed besides, and the watch as it stands', () => {
	const shown = text([report()]);

	expect(shown).toMatch(/site +● 200 {2}150 ms/);
	expect(shown).toMatch(/pm2 +● online, 6 d/);
	expect(shown).toMatch(/tls +● 41 days, until Mon 23 Mar/);
	expect(shown).not.toMatch(/tls \d+ d/);
	expect(shown).toMatch(/watch +◐ backend 17:05 of 30:00/);
});

test('overview cards: what a service saw last is said with how often it looks', () => {
	const store = overviewWatched([]);
	const data = {everyMs: 300_000, unhealthy: []};
	const at = Date.parse('2026-02-10T05:48:00Z');
	const seen = {
		hash: '',
		seq: 9,
		at,
		actor: {name: 'watch', machine: 'bastion'},
		type: 'health.observed',
		data,
	} as const;
	store.setState({
		environments: store
			.getState()
			.environments.map(view =>
				view.status
					? {...view, status: {...view.status, ledger: {...view.status.ledger, entries: [seen]}}}
					: view,
			),
	});

	expect(drawFrame(store, 120, 40).join('\n')).toMatch(/watch +✓ 11:18 by the 5 min service/);
});

test('overview cards: a watch that is bad says so in words, and which screen decides', () => {
	expect(text([worse()])).toMatch(/watch +▲ WORSE: decide, 5/);
});

test('overview cards: what was probed long ago is not drawn as if it were well', () => {
	const store = overviewWatched([report()]);
	store.getState().tick(machineNow + 20_000);
	const shown = drawFrame(store, 120, 40).join('\n');

	expect(shown).toMatch(/site +\? 200 {2}150 ms {2}22 s ago/);
	expect(shown).toMatch(/watch +\? backend 17:25 of 30:00/);
});

test('overview cards: what nobody has probed for a few rounds is left out beside what is fresh', () => {
	const store = overviewWatched([]);
	store.getState().tick(machineNow + 40_000);
	const shown = drawFrame(store, 120, 40).join('\n');

	expect(shown).not.toMatch(/^.*\b(site|pm2|tls) +\?/m);
	expect(shown).not.toMatch(/150 ms|online, 6 d/);
});

test('overview cards: without a probe and without a watch they stay as they were', () => {
	const store = overviewWatched([]);
	store.setState({healths: []});

	expect(drawFrame(store, 120, 40).join('\n')).not.toMatch(/^ *(site|pm2|watch) /m);
});

test('overview lines at 80: what is not well is said, what is well leaves its room to the rest', () => {
	const store = overviewWatched([]);
	const [first] = store.getState().healths;
	expect(drawFrame(store, 80, 24).join('\n')).not.toMatch(/site/);
	store.setState({
		healths: store.getState().healths.map(health => ({
			...health,
			readings: health.readings.map(one =>
				one.probe === 'frontend.health' && health !== first
					? {...one, state: 'fail' as const, text: '502'}
					: one,
			),
		})),
	});

	expect(drawFrame(store, 80, 24).join('\n')).toMatch(/site ✗ 502/);
});

test('overview lines at 80: a watch that ended bad is said, and which screen decides; one that goes well is not', () => {
	const ended = {at: watch.endsAt, by: 'Ravi', outcome: 'bad'} as const;

	expect(text([worse({watch: {...watch, ended}})], 80, 24)).toMatch(/▲ ended bad: decide, 5/);
	expect(text([report()], 80, 24)).not.toMatch(/of 30:00/);
});
