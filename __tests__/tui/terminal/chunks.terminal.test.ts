import {setImmediate as turn} from 'node:timers/promises';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {isDeep} from '../../support/depth.ts';
import {keyBytes, pasteBytes} from '../../support/key-bytes.ts';
import {startStory, type Story} from '../../support/tui/open-stage.ts';

/** Flows of keys, and what the screen shows at their end. */
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
	'screens, and digits that lead nowhere': {keys: ['4', '7', '3', '1', '9', '0', '3'], shows: 'what goes where'},
};

/** How the bytes of the keys reach the cockpit. */
const ways: Readonly<Record<string, (story: Story, keys: readonly string[], bytes: Buffer) => Promise<void>>> = {
	'as one chunk': async ({screen}, _, bytes) => screen.sendBytes(bytes),
	'key by key, each after the frame of the last': async ({screen, settled}, keys) => {
		for (const key of keys) {
			screen.send(key);
			await settled();
		}
	},
	'split at every byte': async ({screen}, _, bytes) => {
		for (const byte of bytes) {
			screen.sendBytes(Uint8Array.of(byte));
			await turn();
		}
	},
	...(isDeep
		? {
				'in pieces of three bytes': async ({screen}, _, bytes) => {
					for (let at = 0; at < bytes.length; at += 3) {
						screen.sendBytes(bytes.subarray(at, at + 3));
						await turn();
					}
				},
			}
		: {}),
};

/** One cockpit for each way; it plays one flow after the other. */
let stories: readonly (readonly [string, Story])[] = [];
let beginning = '';

beforeAll(async () => {
	stories = await Promise.all(
		Object.keys(ways).map(async name => [name, await startStory(inject('stage'))] as const),
	);
	beginning = stories[0]?.[1].picture() ?? '';
});
afterAll(async () => {
	await Promise.all(stories.map(([, story]) => story[Symbol.asyncDispose]()));
});

test.each(Object.entries(flows))('chunks: %s, whatever pieces the keys arrive in', async (_, {keys, shows}) => {
	const bytes = Buffer.from(keys.map(keyBytes).join(''));
	const ends = await Promise.all(
		stories.map(async ([name, story]) => {
			await story.beginAgain();
			expect(story.picture(), `${name}, before the first key`).toBe(beginning);
			await ways[name]?.(story, keys, bytes);
			await story.settled();
			return [name, story.picture()] as const;
		}),
	);

	for (const [name, end] of ends) expect(end, name).toBe(ends[0]?.[1]);
	expect(ends[0]?.[1]).toMatch(shows);
});
