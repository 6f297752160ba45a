import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {glyphsFor} from '../../../src/tui/glyphs.ts';
import {plain, widthOf, type Row} from '../../../src/tui/rows.ts';
import {adoptEvidence, deployEvidence} from '../../../src/tui/screens/deploy/confirm-rows.ts';
import {doneRows} from '../../../src/tui/screens/deploy/done-rows.ts';
import {failedRows} from '../../../src/tui/screens/deploy/failed-rows.ts';
import {reviewSummary} from '../../../src/tui/screens/deploy/review-rows.ts';
import {runColumn, runHead, runStack} from '../../../src/tui/screens/deploy/run-rows.ts';
import {selectRunView} from '../../../src/tui/screens/deploy/run-view.ts';
import {draw} from './draw.tsx';
import {now, review, stages} from './fixtures.ts';

const look = {glyphs: glyphsFor(true), hasColour: true};
const runNames = Object.keys(stages).filter(name => /^(run|done|failed)/.test(name));

describe('deploy screens: every stage fits every size', () => {
	test.each(Object.keys(stages))(
		'%s',
		name => {
			const store = stages[name]?.();
			if (!store) throw new Error(`no stage ${name}`);
			for (const width of [60, 61, 79, 80, 99, 100, 101, 120, 160]) {
				for (const height of [13, 21, 37]) {
					const lines = draw(store, width, height);
					expect(lines.length, `${width}x${height}`).toBeLessThanOrEqual(height);
					expect(Math.max(...lines.map(line => stringWidth(line))), `${width}x${height}`).toBeLessThanOrEqual(
						width,
					);
				}
			}
		},
		60_000,
	);
});

test('deploy panels: no row is cut into by a panel beside it, and no rule loses its end, at any width', () => {
	const check = (rows: readonly Row[], width: number, height: number, what: string): void => {
		expect(rows.length, `${what} ${width}x${height}`).toBeLessThanOrEqual(height);
		for (const row of rows) {
			const text = plain(row);
			if (!text.startsWith('─ ')) continue;
			expect(widthOf(row), `${what} ${width}: ${text}`).toBe(width);
			// Beside another panel its own part ends before the gap.
			expect(/─(?: {3}|$)/.test(text), `${what} ${width}: ${text}`).toBe(true);
		}
	};
	const views = runNames.map(
		name => [name, selectRunView((stages[name] ?? stages['run'])?.().getState() as never)] as const,
	);
	// Every third, and those at which the layout changes.
	const widths = [...Array.from({length: 34}, (_, index) => 60 + index * 3), 79, 80, 98, 100, 101];
	for (const width of widths) {
		for (const height of [10, 18, 34]) {
			check(reviewSummary({review, now}, width, height, look), width, height, 'review');
			check(deployEvidence(review, now, width, height, look), width, height, 'evidence');
			check(adoptEvidence(undefined, width, height, look), width, height, 'adoption');
			for (const [name, view] of views) {
				check(runColumn(view, width, height, look), width, height, `${name} column`);
				check(runStack(view, width, height, look), width, height, `${name} stack`);
				check(runHead(view, width, height, look), width, height, `${name} head`);
				check(doneRows(view, width, height, look), width, height, `${name} done`);
				check(failedRows(view, width, height, look), width, height, `${name} failed`);
			}
		}
	}
}, 60_000);

test('deploy screens: with the ASCII glyphs nothing but ASCII is drawn', () => {
	for (const [name, make] of Object.entries(stages)) {
		const text = draw(make(), 120, 37, false).join('\n');
		expect(text.match(/[^\n -~]/g)?.join('') ?? '', name).toBe('');
	}
}, 60_000);
