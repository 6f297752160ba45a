import stringWidth from 'string-width';
import {afterEach, describe, expect, test} from 'vitest';
import type {CockpitStore} from '../../src/store/create-store.ts';
import type {Dialog} from '../../src/store/navigation.ts';
import {drawApp} from '../support/tui/draw-app.ts';
import {quietStore} from '../support/tui/quiet-cockpit.ts';
import {stages} from './deploy/fixtures.ts';

const over = (dialog: Dialog) => (): CockpitStore => {
	const store = stages['run']?.() ?? quietStore();
	store.getState().open(dialog);
	return store;
};

const states: readonly (readonly [string, () => CockpitStore])[] = [
	['overview', quietStore],
	...Object.entries(stages),
	['help', over({kind: 'help', filter: '', scroll: 0})],
	['palette', over({kind: 'palette', filter: '', selected: undefined})],
	['quit', over({kind: 'quit', selected: 'stay'})],
	['cancel', over({kind: 'cancel', selected: 'stay'})],
];

// Every width at one height each and every height at one width each, other ones for each state: all of them together
// meet every pair of a narrow or wide, low or high window.
const sizesFor = (seed: number): readonly (readonly [number, number])[] => [
	...Array.from({length: 101}, (_, index) => [60 + index, 16 + ((index * 7 + seed * 5) % 35)] as const),
	...Array.from({length: 35}, (_, index) => [60 + ((index * 29 + seed * 13) % 101), 16 + index] as const),
];

let close: (() => void) | undefined;
afterEach(() => close?.());

describe('every size from 60x16 to 160x50', () => {
	test.each(states.map(([name, make], seed) => [name, make, seed] as const))('%s', async (_, make, seed) => {
		const app = drawApp(make());
		close = app.close;
		for (const [columns, rows] of sizesFor(seed)) {
			const lines = await app.at(columns, rows);
			const picture = `${columns}x${rows}\n${lines.join('\n')}`;
			expect(lines.length, picture).toBe(rows);
			expect(Math.max(...lines.map(line => stringWidth(line))), picture).toBeLessThanOrEqual(columns);
			expect(lines.at(-1)?.trimEnd(), picture).toMatch(/(q quit|F1 help|Esc \S.*)$/);
			for (const line of lines.filter(line => /^ ?─ /.test(line))) expect(line.trimEnd(), picture).toMatch(/[─╮┼]$/);
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
