import {expect, test} from 'vitest';
import {createBoundedOutput, boundedLine} from '../../../src/domain/environments/hook-output.ts';

test('output of a hook: a line as long as one may be is whole, a longer one is cut and says so', () => {
	expect(boundedLine('x'.repeat(2000))).toBe('x'.repeat(2000));
	expect(boundedLine('x'.repeat(2001))).toBe(`${'x'.repeat(2000)} [cut: the line is longer]`);
});

test('output of a hook: so much of it is shown, then how much is left out, and its last lines', () => {
	const output = createBoundedOutput();
	const lines = Array.from({length: 1200}, (_, index) => `${index} `.padEnd(999, 'x'));

	const shown = output.take(lines);
	const end = output.finish();

	expect(shown).toEqual(lines.slice(0, 1000));
	expect(end).toEqual(['[180 lines left out: it said too much]', ...lines.slice(-20)]);
});

test('output of a hook: what is not too much is shown as it comes, and a little more without a gap', () => {
	const little = createBoundedOutput();
	expect([little.take(['a', 'b']), little.take(['c']), little.finish()]).toEqual([['a', 'b'], ['c'], []]);

	const more = createBoundedOutput();
	more.take(Array.from({length: 1000}, () => 'x'.repeat(999)));
	expect([more.take(['a', 'b']), more.finish()]).toEqual([[], ['a', 'b']]);
});
