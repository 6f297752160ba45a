import {describe, expect, test} from 'vitest';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import type {Row} from '../../../../src/tui/kit/rows.ts';
import {adoptEvidence, deployEvidence} from '../../../../src/tui/screens/deploy/confirm/confirm-rows.ts';
import {doneRows} from '../../../../src/tui/screens/deploy/ended/done-rows.ts';
import {failedRows} from '../../../../src/tui/screens/deploy/ended/failed-rows.ts';
import {reviewSummary} from '../../../../src/tui/screens/deploy/review/review-rows.ts';
import {runColumn, runHead, runStack} from '../../../../src/tui/screens/deploy/run/run-rows.ts';
import {selectRunView} from '../../../../src/tui/screens/deploy/run/run-view.ts';
import {isDeep} from '../../../support/depth.ts';
import {rowFaults} from '../../../support/tui/row-faults.ts';
import {draw} from './draw.tsx';
import {now, review, stages} from './fixtures.ts';

const look = {glyphs: glyphsFor(true), hasColour: true};
const runNames = Object.keys(stages).filter(name => /^(run|done|failed)/.test(name));

// All of them in the full depth; else every seventh, and those at which the layout changes.
const widths = [
	...Array.from({length: isDeep ? 101 : 15}, (_, index) => 60 + index * (isDeep ? 1 : 7)),
	79,
	80,
	98,
	99,
	100,
];

const sweep = (draw: (width: number, height: number) => readonly Row[]): void => {
	const faults = widths.flatMap(width =>
		[10, 18, 34].flatMap(height =>
			rowFaults(draw(width, height), {width, height, isCut: true}).map(fault => `${width}x${height}: ${fault}`),
		),
	);
	expect(faults).toEqual([]);
};

describe('deploy panels: no row is cut into by a panel beside it, and no rule loses its end, at any width', () => {
	test('review', () => sweep((width, height) => reviewSummary({review, now}, width, height, look)));
	test('evidence', () => sweep((width, height) => deployEvidence(review, now, width, height, look)));
	test('adoption', () => sweep((width, height) => adoptEvidence(undefined, width, height, look)));

	test.each(runNames)('%s', name => {
		const view = selectRunView((stages[name] ?? stages['run'])?.().getState() as never);
		for (const rowsOf of [runColumn, runStack, runHead, doneRows, failedRows])
			sweep((width, height) => rowsOf(view, width, height, look));
	});
});

test('deploy screens: with the ASCII glyphs nothing but ASCII is drawn', () => {
	for (const [name, make] of Object.entries(stages)) {
		const text = draw(make(), 120, 37, false).join('\n');
		expect(text.match(/[^\n -~]/g)?.join('') ?? '', name).toBe('');
	}
});
