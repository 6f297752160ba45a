import {expect, test} from 'vitest';
import {renderBanner} from '../../../src/commands/deprecation/banner.ts';
import {bannerMarks} from '../../../src/domain/deprecation/banner-place.ts';

test('banner: is between its marks, in ASCII, and tells what it is given, quoted', () => {
	const lines = renderBanner({project: 'qsights', commands: ["cockpit deploy 'x' --env preprod"]});

	expect(lines[0]).toBe(bannerMarks.first);
	expect(lines.at(-1)).toBe(bannerMarks.last);
	expect(lines.join('')).toMatch(/^[\t -~]+$/);
	expect(lines).toContain("\tset -- 'qsights is not deployed by this script.'");
	expect(lines).toContain(String.raw`	set -- "$@" '  cockpit deploy '\''x'\'' --env preprod'`);
	expect(lines.join('\n')).not.toContain('the new way');
});

test('banner: asks no variable whether it should ask', () => {
	const read = renderBanner({commands: []})
		.join('\n')
		.matchAll(/\$\{?(\w+)/g);

	expect(new Set([...read].map(([, name]) => name))).toEqual(
		new Set(['1', 'NO_COLOR', 'TERM', 'answer', 'line', 'plain', 'red', 'terminal']),
	);
});
