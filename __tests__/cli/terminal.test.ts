import {expect, test} from 'vitest';
import {paint, wantsColour} from '../../src/cli/terminal.ts';

test.each([
	{environment: {}, isTTY: true, colour: true},
	{environment: {}, isTTY: false, colour: false},
	{environment: {TERM: 'dumb'}, isTTY: true, colour: false},
	{environment: {TERM: 'xterm-256color'}, isTTY: true, colour: true},
	{environment: {NO_COLOR: '1'}, isTTY: true, colour: false},
	{environment: {NO_COLOR: ''}, isTTY: true, colour: true},
	{environment: {NO_COLOR: '1', FORCE_COLOR: '1'}, isTTY: true, colour: false},
	{environment: {FORCE_COLOR: '1'}, isTTY: false, colour: true},
	{environment: {FORCE_COLOR: '1', TERM: 'dumb'}, isTTY: true, colour: true},
	{environment: {FORCE_COLOR: '0'}, isTTY: true, colour: false},
	{environment: {FORCE_COLOR: 'false'}, isTTY: true, colour: false},
])('colour: $environment, terminal $isTTY: $colour', ({environment, isTTY, colour}) => {
	expect(wantsColour(environment, isTTY)).toBe(colour);
});

test('paint: text alone without colour, and the text is always in it', () => {
	expect(paint({hasColour: false}, 'danger', 'x')).toBe('x');
	expect(paint({hasColour: true}, 'danger', 'x')).toBe('\u001B[31mx\u001B[39m');
});
