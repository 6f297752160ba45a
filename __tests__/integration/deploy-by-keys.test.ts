import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import type {Screen} from '../support/screen.ts';
import {runCockpit} from '../support/cockpit.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const open = async (columns: number, rows: number): Promise<Screen> => {
	const screen = sandbox.open({columns, rows});
	onTestFinished(() => screen[Symbol.asyncDispose]());
	await screen.waitFor('q quit');
	return screen;
};

/** Runs this machine knows of. */
const runs = (): readonly string[] => {
	try {
		return readdirSync(join(sandbox.home, 'state/cockpit/qsights/preprod/runs'));
	} catch {
		return [];
	}
};

const liveCommit = async (): Promise<unknown> => {
	const {events} = await runCockpit(['status', '--env', 'preprod', '--json'], sandbox);
	return JSON.stringify(events);
};

/** From wherever it is to the field of the word. */
const goToWord = async (screen: Screen): Promise<void> => {
	screen.send('3');
	await screen.waitFor(/backend\s+Pre-Prod/);
	screen.send('enter');
	await screen.waitFor(/go on to yes/);
	await screen.waitFor(/ GO /, {within: 30_000});
	screen.send('enter');
	await screen.waitFor('Type yes');
};

/** Starts with the word that is typed, and lets migrations run when the run asks about them. */
const start = async (screen: Screen): Promise<void> => {
	screen.send('enter');
	await screen.waitFor(/Stop here|Deployed/, {within: 60_000});
	if (!screen.text().includes('Stop here')) return;
	screen.send('down');
	await screen.waitFor('Enter run them');
	screen.send('enter');
};

describe.each([[80, 24], ...(isDeep ? [[120, 40] as const] : [])] as const)('deploy at %ix%i', (columns, rows) => {
	test('by keys alone: choose, review, type the word, watch, done', {timeout: 180_000}, async () => {
		const screen = await open(columns, rows);
		const before = runs().length;
		await goToWord(screen);
		const seen = new Set<string>();
		screen.onChange(() => seen.add(/deploy (\d)\/8/.exec(screen.line(0))?.[1] ?? ''));

		screen.send('y', 'e', 's');
		await screen.waitFor('3 of 3');
		await start(screen);
		await screen.waitFor(/Deployed/, {within: 60_000});

		expect(runs()).toHaveLength(before + 1);
		expect([...seen].filter(Boolean).length).toBeGreaterThan(2);
		expect(await liveCommit()).toMatch(/[\da-f]{7}/);
		screen.send('q');
		expect(await screen.ended()).toMatchObject({code: 0});
	});

	test('any other word, and a paste of the right one, start nothing', async () => {
		const screen = await open(columns, rows);
		const before = runs().length;
		await goToWord(screen);

		for (const word of ['no', 'YES', 'yes ', 'yess', ' yes']) {
			screen.send(word, 'enter');
			await screen.waitFor('the word is yes');
			screen.send('esc');
			await screen.waitFor(/go on to yes/);
			screen.send('enter');
			await screen.waitFor('0 of 3');
		}
		screen.sendBytes('\u001B[200~yes\r\u001B[201~');
		await screen.waitFor('Not pasted');
		expect(screen.text()).toContain('0 of 3');
		screen.send('enter');
		screen.send('ctrl-c');

		expect(await screen.ended()).toMatchObject({code: 0});
		expect(runs()).toHaveLength(before);
	});
});

test('deploy: killed in the middle, the next cockpit offers to resume, and finishes it', async () => {
	const first = await open(120, 40);
	const before = runs().length;
	await goToWord(first);
	first.send('y', 'e', 's', 'enter');
	await first.waitFor(() => /deploy [2-6]\/8/.test(first.line(0)), {within: 30_000});
	first.kill('SIGKILL');
	await first.exit;

	const second = await open(120, 40);
	second.send('3');
	await second.waitFor(/resume/i);
	// Going on with a run is the last entry; the menu wraps.
	second.send('up');
	await second.waitFor(/Enter resume the run/);
	second.send('enter');
	await second.waitFor(/Deployed/, {within: 90_000});

	expect(runs()).toHaveLength(before + 1);
	second.send('q');
	expect(await second.ended()).toMatchObject({code: 0});
});

if (isDeep)
	test('deploy: the window may change its size at any moment of a run', async () => {
		const screen = await open(100, 30);
		await goToWord(screen);
		screen.send('y', 'e', 's', 'enter');
		const sizes = [
			[60, 16],
			[50, 12],
			[160, 50],
			[80, 24],
			[99, 40],
			[120, 40],
		] as const;
		for (const [columns, rows] of sizes) {
			screen.resize(columns, rows);
			await screen.waitFor(() => (columns < 60 ? /Too small/ : /q quit/).test(screen.text()));
		}

		await screen.waitFor(/Deployed/, {within: 60_000});
		expect(screen.lines.filter(line => line.includes('q quit'))).toHaveLength(1);
	});

test('deploy: q during a run asks; leaving it gives the terminal back and the run can be resumed', async () => {
	const first = await open(120, 40);
	await goToWord(first);
	first.send('y', 'e', 's', 'enter');
	await first.waitFor(() => /deploy [2-4]\/8/.test(first.line(0)), {within: 30_000});
	first.send('q');
	await first.waitFor(/stay/i);
	first.send('down', 'enter');
	expect(await first.ended({within: 30_000})).toMatchObject({code: 0});

	const finished = await runCockpit(['resume', '--json'], sandbox);
	expect(finished, finished.stdout + finished.stderr).toMatchObject({code: 0});
});
