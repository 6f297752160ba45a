import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {healthStore, hostNow, machineNow, production, readings, report, watch, worse} from '../health/fixtures.ts';
import {record, stages} from './fixtures.ts';

/** A deploy that went well; `production`: there. */
const done = (tier: 'preprod' | 'production'): CockpitStore => {
	const store = stages['done']?.() ?? healthStore();
	const {runPlan} = store.getState();
	if (!runPlan) throw new Error('no plan');
	store.setState({runPlan: {...runPlan, tier, environment: tier, environmentTitle: tier}});
	return store;
};

const watched = (): CockpitStore => {
	const store = done('production');
	store.getState().beginHealth([production]);
	return store;
};

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
	{columns: 60, rows: 16},
] as const;

test.each(sizes)(
	'done on production at $columns: the watch is the one thing to do, selected, by its first item',
	({columns, rows}) => {
		const store = watched();
		store.getState().healthUpdated({
			environment: 'production',
			at: machineNow,
			round: {environment: 'production', at: hostNow, readings: readings('production-1'), silent: []},
			reports: [report({watch: {...watch, run: record.run}})],
		});
		const shown = drawFrame(store, columns, rows).join('\n');

		expect(shown).toMatch(/▌ 5 {2}Send yourself one reminder/);
		expect(shown).toMatch(/due by 11:45 IST/);
		expect(shown).toMatch(/the watch has begun and goes on by itself until\s+12:00 IST/);
		expect(shown).not.toMatch(/checklist show/);
		expect(press(store, 'enter')).toEqual({asked: [['health.open', {environment: 'production', app: 'backend'}]]});
	},
);

test.each(sizes.filter(({rows}) => rows >= 24))(
	'done on production at $columns: the time of the watch with its phases, and what is left',
	({columns, rows}) => {
		const store = watched();
		store.getState().healthUpdated({
			environment: 'production',
			at: machineNow,
			round: {environment: 'production', at: hostNow, readings: readings('production-1'), silent: []},
			reports: [report({watch: {...watch, run: record.run}})],
		});
		const shown = drawFrame(store, columns, rows).join('\n');

		expect(shown).toMatch(/─ Watch ─+ 0 of 6 triggers fired, 17:05 of 30:00 ─/);
		expect(shown).toMatch(/✓ 0 to 5.*○ 5 to 15.*1 (to sign|left).*◐ 15 to 30.*2 (to sign|left)/);
		expect(shown).toMatch(/To go back/);
		if (columns < 100) return;
		expect(shown).toMatch(/○ 3 items of the watch to sign +first by 11:45 IST/);
		expect(shown).toMatch(/◔ verdict, before and after +12:00 IST, when the watch ends/);
	},
);

test.each(sizes)('done on production at $columns: behind its end it says how the watch ended', ({columns, rows}) => {
	const store = watched();
	const ended = {at: watch.endsAt, by: 'Ravi', outcome: 'bad'} as const;
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {environment: 'production', at: watch.endsAt, readings: readings('production-1'), silent: []},
		reports: [worse({now: watch.endsAt, watch: {...watch, run: record.run, ended}})],
	});
	const shown = drawFrame(store, columns, rows).join('\n');

	expect(shown.replaceAll(/\s+/g, ' ')).toMatch(/the watch ended 12:00:?0?0? IST: bad, nobody has decided yet/);
	expect(shown).not.toMatch(/goes on by itself|when the watch ends/);
	if (columns >= 100) expect(shown).toMatch(/▲ the watch ended: bad +12:00/);
});

test('done on production: before the first round it says how long the watch lasts', () => {
	const shown = drawFrame(watched(), 80, 24).join('\n');

	expect(shown).toMatch(/▌ 5 {2}Watch what is live, its items come with the first round/);
	expect(shown).toMatch(/goes on by itself for 30 min/);
});

test('done on pre-prod: nothing is watched, Enter chooses the next deploy', () => {
	const store = done('preprod');
	store.getState().beginHealth([production]);
	const shown = drawFrame(store, 80, 24).join('\n');

	expect(shown).not.toMatch(/watch has begun/);
	expect(press(store, 'enter')).toEqual({asked: []});
	expect(store.getState().stage).toBe('choose');
});
