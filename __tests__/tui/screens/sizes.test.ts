import stringWidth from 'string-width';
import {afterEach, expect, test} from 'vitest';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import type {Dialog} from '../../../src/store/navigation.ts';
import {footerEntries} from '../../../src/tui/frame/footer.tsx';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {isDeep} from '../../support/depth.ts';
import {drawApp} from '../../support/tui/draw-app.ts';
import {drawFrame} from '../../support/tui/draw-frame.ts';
import {quietStore} from '../../support/tui/quiet-cockpit.ts';
import {backupStages} from './backups/fixtures.ts';
import {checklistStages} from './checklist/fixtures.ts';
import {stages} from './deploy/fixtures.ts';
import {environmentStages} from './environments/fixtures.ts';
import {guideStages} from './guides/fixtures.ts';
import {healthStages, overviewWatched, worse} from './health/fixtures.ts';
import {historyStages} from './history/fixtures.ts';
import {logStages} from './logs/fixtures.ts';

const over = (dialog: Dialog) => (): CockpitStore => {
	const store = stages['run']?.() ?? quietStore();
	store.getState().open(dialog);
	return store;
};

const states: readonly (readonly [string, () => CockpitStore])[] = [
	['overview', quietStore],
	['overview, watched', () => overviewWatched([worse()])],
	...Object.entries(stages),
	...Object.entries(backupStages),
	...Object.entries(healthStages),
	...Object.entries(historyStages),
	...Object.entries(logStages),
	...Object.entries(environmentStages),
	...Object.entries(guideStages),
	...Object.entries(checklistStages),
	['help', over({kind: 'help', filter: '', scroll: 0})],
	['palette', over({kind: 'palette', filter: '', selected: undefined})],
	['quit', over({kind: 'quit', selected: 'stay'})],
	['cancel', over({kind: 'cancel', selected: 'stay'})],
];

/**
 * Widths and heights for a state, others for each: all states together meet all of them. Rows are swept width by width in
 * tests of their own; a frame shows whether they stand in their places.
 */
const sizesFor = (seed: number): readonly (readonly [number, number])[] => [
	...(isDeep || seed % 2 === 0 ? [[80, 24] as const] : []),
	...(isDeep || seed % 2 === 1 ? [[120, 40] as const] : []),
	...Array.from(
		{length: isDeep ? 10 : 1},
		(_, index) => [60 + ((index * 47 + seed * 17) % 101), 16 + ((index * 19 + seed * 5) % 35)] as const,
	),
	...(isDeep
		? ([
				[160, 50],
				[60, 16],
			] as const)
		: []),
];

/** A panel's head that does not end in its line. Beside another panel it ends before it; a dialog may lie over it. */
const isTorn = (line: string): boolean => /^ ?─ [^│╭╰]*$/.test(line) && !/[─╮┼┤](\s{2,}|\s*$)/.test(line);

/** The keys at the right end, which are never cut. */
const endOfFooter = (store: CockpitStore): RegExp => {
	const right = footerEntries(allBindings, store.getState(), true).filter(({rank}) => rank >= 90);
	const end = right.map(({key, label}) => `${key} ${label}`).join('  ');
	return new RegExp(`${end.replaceAll(/[?:.*+^$()|[\]\\]/g, String.raw`\$&`)}$`);
};

/** What is wrong with a frame, in words. `hasBars`: a bar stands before commands, alone. */
const frameFaults = (
	lines: readonly string[],
	columns: number,
	rows: number,
	end: RegExp,
	hasBars = false,
): readonly string[] => [
	...(lines.length === rows ? [] : [`${lines.length} lines`]),
	...lines.filter(line => stringWidth(line) > columns).map(line => `too wide: ${line}`),
	...(end.test(lines.at(-1)?.trimEnd() ?? '') ? [] : [`a footer without its last keys: ${lines.at(-1)}`]),
	...lines.filter(isTorn).map(line => `torn: ${line}`),
	...lines.filter(line => !hasBars && (line.match(/│/g)?.length ?? 0) % 2 === 1).map(line => `half a frame: ${line}`),
];

test.each(states.map(([name, make], seed) => [name, make, seed] as const))(
	'sizes: %s stands whole at any size',
	(_, make, seed) => {
		const store = make();
		const end = endOfFooter(store);
		for (const [columns, rows] of sizesFor(seed)) {
			const lines = drawFrame(store, columns, rows);
			const faults = frameFaults(lines, columns, rows, end, store.getState().screen === 'guides');
			expect(faults, `${columns}x${rows}\n${lines.join('\n')}`).toEqual([]);
		}
	},
);

test('sizes: the first, the last and the smallest stand whole', () => {
	for (const [columns, rows] of [
		[60, 16],
		[160, 50],
		[60, 50],
		[160, 16],
	] as const) {
		const store = quietStore();
		const lines = drawFrame(store, columns, rows);
		expect(frameFaults(lines, columns, rows, endOfFooter(store)), lines.join('\n')).toEqual([]);
	}
});

let close: (() => void) | undefined;
afterEach(() => close?.());

test.each(['overview', 'run', 'help', 'checklist', 'health', 'health, worse'])(
	'sizes: %s is the same after a change of size as drawn anew',
	async name => {
		const make = new Map(states).get(name);
		if (!make) throw new Error(`no state ${name}`);
		const store = make();
		const app = drawApp(store);
		close = app.close;
		for (const [columns, rows] of [
			[120, 40],
			[80, 24],
			[61, 50],
			[160, 17],
			[100, 30],
		] as const) {
			const lines = await app.at(columns, rows);
			expect(lines, `${columns}x${rows}`).toEqual(drawFrame(store, columns, rows));
		}
		expect(app.faults).toEqual([]);
	},
);

test('sizes: below 60x16 every size says what it needs, and nothing is drawn over it', () => {
	for (const make of [quietStore, over({kind: 'quit', selected: 'stay'}), stages['run'] ?? quietStore]) {
		for (const [columns, rows] of [
			[59, 16],
			[60, 15],
			[50, 12],
			[30, 8],
			[160, 10],
		] as const) {
			const lines = drawFrame(make(), columns, rows);
			expect(lines.join('\n')).toContain(`${columns} x ${rows}`.slice(0, columns - 12));
			expect(lines.join('\n')).not.toMatch(/[╭╰]/);
			expect(lines.length).toBeLessThanOrEqual(rows);
		}
	}
});
