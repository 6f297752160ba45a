import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import {keyBytes, pasteBytes} from '../support/key-bytes.ts';
import type {Screen} from '../support/screen.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const seed = 20_260_210;
const keyCount = isDeep ? 10_000 : 1000;

/** Numbers from 0 to 1 that are the same every time. Source: mulberry32. */
const random = (start: number) => {
	let state = start;
	return (): number => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
};

// No quit and no suspend by a key of its own: the palette has them, and ends the cockpit often enough.
const keys = [
	'123457abcdefghijklmnoprstuvwxyADGNPR?:/[]!'.split(''),
	['enter', 'enter', 'enter', 'esc', 'esc', 'up', 'down', 'left', 'right', 'tab', 'shift-tab', 'home', 'end'],
	['pageup', 'pagedown', 'backspace', 'delete', 'f1', 'space'],
	['\u001B[<0;3;3M', '\u001B[1;5A', '\u0085', 'é', '日', pasteBytes('yes\r'), pasteBytes('q')],
].flat();
const sizes = [
	[80, 24],
	[120, 40],
	[60, 16],
	[50, 12],
	[160, 50],
	[99, 30],
] as const;

const runs = (): readonly string[] => {
	const directory = join(sandbox.home, 'state/cockpit/qsights/preprod/runs');
	return existsSync(directory) ? readdirSync(directory) : [];
};

const resize = (screen: Screen, [columns, rows]: (typeof sizes)[number]): void => screen.resize(columns, rows);

/** Header at the top, footer at the bottom, nothing scrolled: the frame is as large as the screen. */
const isWhole = (screen: Screen): boolean =>
	screen.columns < 60 || screen.rows < 16
		? screen.text().includes('Too small')
		: screen.line(0).includes('qsights') && /\S/.test(screen.line(screen.rows - 1));

/** Back on the overview with everything before answered: the help shows a word that nothing before has typed. */
const settle = async (screen: Screen): Promise<void> => {
	screen.send('esc', 'esc', 'esc', 'esc', 'esc', 'esc', '1', 'esc', '?', ...'settled'.split(''));
	// Keys may have set hosts to work: reading archives takes the processor from the screen, on a small machine for long.
	await screen.waitFor(each => hasEnded(each) || each.text().includes('▸ settled'), {within: 90_000});
	screen.send('esc', 'esc', 'esc');
};

test(`random keys: ${keyCount} keys and resizes leave a whole screen, no fault and no deploy`, async () => {
	const next = random(seed);
	const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
	const open = async (): Promise<Screen> => {
		const screen = sandbox.open({columns: 80, rows: 24});
		await screen.waitFor('q quit');
		return screen;
	};
	let screen = await open();
	onTestFinished(() => screen[Symbol.asyncDispose]());
	let starts = 1;
	const before = runs();

	for (let sent = 0; sent < keyCount;) {
		const typed: string[] = [];
		while (typed.length < 400) {
			const chunk = Array.from({length: 1 + Math.floor(next() * 60)}, () => pick(keys));
			typed.push(...chunk);
			screen.sendBytes(chunk.map(keyBytes).join(''));
			if (next() < 0.3) resize(screen, pick(sizes));
		}
		sent += typed.length;
		if (screen.columns < 60 || screen.rows < 16) screen.resize(80, 24);
		if (!hasEnded(screen)) await settle(screen);
		expect(runs(), JSON.stringify(typed)).toEqual(before);
		if (hasEnded(screen)) {
			expect(await screen.exit).toMatchObject({code: 0});
			screen = await open();
			starts += 1;
		} else await screen.waitFor(isWhole, {within: 5000});
	}

	const log = join(sandbox.home, 'state/cockpit/cockpit.log');
	expect(existsSync(log) ? readFileSync(log, 'utf8').match(/fault .*/g) : null).toBeNull();
	expect(starts).toBeLessThan(20);
}, 360_000);

const ended = new WeakSet<Screen>();
const hasEnded = (screen: Screen): boolean => {
	void screen.exit.then(() => ended.add(screen));
	return ended.has(screen);
};
