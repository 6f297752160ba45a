import {expect, test} from 'vitest';
import {terminalClipboard} from '../../../src/services/local/terminal-clipboard.ts';

const offered = (environment: Readonly<Record<string, string>>, isTTY = true) => {
	const written: string[] = [];
	const stdout = {isTTY, write: (text: string) => void written.push(text)};
	return {wasSent: terminalClipboard(stdout, environment).offer('cockpit status # größer'), written};
};

test('clipboard: the text goes to the terminal in the sequence for it, and nothing else is written', () => {
	const {wasSent, written} = offered({TERM: 'xterm-256color'});
	const [, payload = ''] = /^\u001B\]52;c;([A-Za-z0-9+/=]+)\u0007$/.exec(written.join('')) ?? [];

	expect(wasSent).toBe(true);
	expect(Buffer.from(payload, 'base64').toString('utf8')).toBe('cockpit status # größer');
});

test.each([
	['no terminal', {TERM: 'xterm'}, false],
	['a dumb one', {TERM: 'dumb'}, true],
	['the console of Linux', {TERM: 'linux'}, true],
	['none that is named', {}, true],
	['Terminal of macOS', {TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal'}, true],
	['one of the VTE family', {TERM: 'xterm-256color', VTE_VERSION: '7200'}, true],
	['screen', {TERM: 'screen', STY: '1234.pts'}, true],
] as const)('clipboard: %s is handed nothing, and that is said', (_, environment, isTTY) => {
	expect(offered(environment, isTTY)).toEqual({wasSent: false, written: []});
});

test('clipboard: tmux hands on what it is given, whatever it runs in', () => {
	expect(offered({TERM: 'tmux-256color', TMUX: '/tmp/tmux,1,0', VTE_VERSION: '7200'}).wasSent).toBe(true);
});
