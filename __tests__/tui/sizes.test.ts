import stringWidth from 'string-width';
import {afterEach, describe, expect, test} from 'vitest';
import type {CockpitStore} from '../../src/store/create-store.ts';
import type {Dialog} from '../../src/store/navigation.ts';
import {footerEntries} from '../../src/tui/frame/footer.tsx';
import {allBindings} from '../../src/tui/keys/all-bindings.ts';
import {drawApp} from '../support/tui/draw-app.ts';
import {quietStore} from '../support/tui/quiet-cockpit.ts';
import {backupStages} from './backups/fixtures.ts';
import {checklistStages} from './checklist/fixtures.ts';
import {stages} from './deploy/fixtures.ts';
import {historyStages} from './history/fixtures.ts';

const over = (dialog: Dialog) => (): CockpitStore => {
	const store = stages['run']?.() ?? quietStore();
	store.getState().open(dialog);
	return store;
};

const states: readonly (readonly [string, () => CockpitStore])[] = [
	['overview', quietStore],
	...Object.entries(stages),
	...Object.entries(backupStages),
	...Object.entries(historyStages),
	...Object.entries(checklistStages),
	['help', over({kind: 'help', filter: '', scroll: 0})],
	['palette', over({kind: 'palette', filter: '', selected: undefined})],
	['quit', over({kind: 'quit', selected: 'stay'})],
	['cancel', over({kind: 'cancel', selected: 'stay'})],
];

// Every fourteenth width and twelfth height, others for each state: all states together meet all of them.
const sizesFor = (seed: number): readonly (readonly [number, number])[] => [
	...Array.from(
		{length: 7},
		(_, index) => [60 + (seed % 14) + index * 14, 16 + ((index * 7 + seed * 5) % 35)] as const,
	),
	...Array.from(
		{length: 3},
		(_, index) => [60 + ((index * 29 + seed * 13) % 101), 16 + (seed % 12) + index * 12] as const,
	),
	[160, 50],
	[60, 16],
];

/** A panel's head that does not end in its line. Beside another panel it ends before it; a dialog may lie over it. */
const isTorn = (line: string): boolean => /^ ?─ [^│╭╰]*$/.test(line) && !/[─╮┼┤](\s{2,}|\s*$)/.test(line);

/** The keys at the right end, which are never cut. */
const endOfFooter = (store: CockpitStore): RegExp => {
	const right = footerEntries(allBindings, store.getState(), true).filter(({rank}) => rank >= 90);
	const end = right.map(({key, label}) => `${key} ${label}`).join('  ');
	return new RegExp(`${end.replaceAll(/[?:.*+^$()|[\]\\]/g, String.raw`\$&`)}$`);
};

let close: (() => void) | undefined;
afterEach(() => close?.());

describe('every size from 60x16 to 160x50', () => {
	test.each(states.map(([name, make], seed) => [name, make, seed] as const))('%s', async (_, make, seed) => {
		const store = make();
		const app = drawApp(store);
		close = app.close;
		for (const [columns, rows] of sizesFor(seed)) {
			const lines = await app.at(columns, rows);
			const picture = `${columns}x${rows}\n${lines.join('\n')}`;
			expect(lines.length, picture).toBe(rows);
			expect(Math.max(...lines.map(line => stringWidth(line))), picture).toBeLessThanOrEqual(columns);
			expect(lines.at(-1)?.trimEnd(), picture).toMatch(endOfFooter(store));
			expect(lines.filter(isTorn), picture).toEqual([]);
			expect(
				lines.filter(line => (line.match(/│/g)?.length ?? 0) % 2 === 1),
				picture,
			).toEqual([]);
		}
		expect(app.faults).toEqual([]);
	});
});

test('sizes: below 60x16 every size says what it needs, and nothing is drawn over it', async () => {
	for (const make of [quietStore, over({kind: 'quit', selected: 'stay'}), stages['run'] ?? quietStore]) {
		const app = drawApp(make());
		close = app.close;
		for (const [columns, rows] of [
			[59, 16],
			[60, 15],
			[50, 12],
			[30, 8],
			[160, 10],
		] as const) {
			const lines = await app.at(columns, rows);
			expect(lines.join('\n')).toContain(`${columns} x ${rows}`.slice(0, columns - 12));
			expect(lines.join('\n')).not.toMatch(/[╭╰]/);
			expect(lines.length).toBeLessThanOrEqual(rows);
		}
		app.close();
	}
});
