import {expect, test} from 'vitest';
import {footerRow, type FooterEntry} from '../../../src/tui/frame/footer.tsx';

const entry = (key: string, isDisabled = false, rank = 1): FooterEntry => ({key, label: 'does it', isDisabled, rank});
const drawn = (entries: readonly FooterEntry[], width: number): string =>
	footerRow(entries, width)
		.map(({text}) => text)
		.join('');

const entries = [entry('a', true), entry('b'), entry('c', true), entry('d'), entry('q', false, 90)];

test.each([
	{width: 60, shown: ' a does it  b does it  c does it  d does it       q does it '},
	{width: 44, shown: ' a does it  b does it  d does it  q does it '},
	{width: 43, shown: ' b does it  d does it            q does it '},
	{width: 32, shown: ' b does it            q does it '},
	{width: 20, shown: '          q does it '},
])('footer at $width: keys keep their places, and those that can not work go first', ({width, shown}) => {
	expect(drawn(entries, width)).toBe(shown);
});
