import {setImmediate as turn} from 'node:timers/promises';
import {expect, inject, test} from 'vitest';
import {keyBytes, pasteBytes} from '../../support/key-bytes.ts';
import type {Screen} from '../../support/screen.ts';
import {openStage} from '../../support/tui/open-stage.ts';

const stage = inject('stage');

/** Flows of keys that end in a state the screen tells, and shows at no time before. */
const flows: Readonly<Record<string, {readonly keys: readonly string[]; readonly shows: string | RegExp}>> = {
	'choose, word, run': {keys: ['3', 'enter', 'b', 'a', 'c', 'enter'], shows: 'started by bac'},
	'moves round the menu, then the word': {
		keys: ['3', 'down', 'j', 'up', 'k', 'down', 'down', 'down', 'enter', 'b', 'a', 'c', 'enter'],
		shows: 'started by bac',
	},
	'a word mended while it is typed': {
		keys: [
			'3',
			'enter',
			'x',
			'b',
			'c',
			'left',
			'a',
			'home',
			'left',
			'backspace',
			'backspace',
			'backspace',
			'b',
			'a',
		],
		shows: '▸ baac ',
	},
	'a wrong word': {keys: ['3', 'enter', 'n', 'o', 'enter'], shows: 'the word is bac'},
	'a paste instead of the word': {keys: ['3', 'enter', pasteBytes('bac\r')], shows: 'Not pasted'},
	'help, filtered': {keys: ['?', 'q', 'u', '1', 'backspace', 'i', 't'], shows: /▸ quit /},
	'palette, by name': {keys: [':', 'D', 'e', 'p', 'down', 'enter', 'enter', 'b'], shows: '1 of 3'},
	'search in the output': {
		keys: ['3', 'enter', 'b', 'a', 'c', 'enter', '/', 'M', '1', 'enter', '?', 'x', 'y'],
		shows: /▸ xy /,
	},
	'a screen that is not there, then one that is': {
		keys: ['4', '7', '3', '1', '6', '3'],
		shows: /what goes where[\s\S]*Logs: not part/,
	},
};

/** What the screen shows, without what moves by itself. */
const picture = (screen: Screen): string => screen.text().replaceAll(/[◐◓◑◒]/g, '◐');

/** The picture once the cockpit draws nothing more for several frames' time. */
const play = async (screen: Screen, send: () => Promise<void>, shows: string | RegExp): Promise<string> => {
	await send();
	await screen.waitFor(shows);
	for (let before = ''; before !== picture(screen);) {
		before = picture(screen);
		await pause(80);
	}
	return picture(screen);
};

test.each(Object.entries(flows))('chunks: %s, whatever pieces the keys arrive in', async (_, {keys, shows}) => {
	const bytes = Buffer.from(keys.map(keyBytes).join(''));
	const ways: Readonly<Record<string, (screen: Screen) => Promise<void>>> = {
		'as one chunk': async screen => screen.sendBytes(bytes),
		'key by key, each after the frame of the last': async screen => {
			for (const key of keys) {
				const {frames} = screen;
				screen.send(key);
				// A key that changes nothing draws nothing: the next turn is as good.
				await Promise.race([screen.waitFor(() => screen.frames > frames), pause(60)]);
			}
		},
		'split at every byte': async screen => {
			for (const byte of bytes) {
				screen.sendBytes(Uint8Array.of(byte));
				await turn();
			}
		},
		'in pieces of three bytes': async screen => {
			for (let at = 0; at < bytes.length; at += 3) {
				screen.sendBytes(bytes.subarray(at, at + 3));
				await turn();
			}
		},
	};
	const ends = await Promise.all(
		Object.entries(ways).map(async ([name, send]) => {
			const {screen} = await openStage(stage, 'story', {columns: 120, rows: 40});
			return [name, await play(screen, () => send(screen), shows)] as const;
		}),
	);

	for (const [name, end] of ends) expect(end, name).toBe(ends[0]?.[1]);
});

const pause = async (ms: number): Promise<void> => {
	await new Promise(resolve => setTimeout(resolve, ms));
};
