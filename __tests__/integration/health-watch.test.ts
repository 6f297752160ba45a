import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** The built product as somebody at the same sandbox, with a home of their own. */
const as = (name: string, ...args: readonly string[]): Promise<Finished> => {
	const home = join(sandbox.home, name);
	mkdirSync(home, {recursive: true});
	return runCockpit(args, {config: sandbox.config, home, environment: {COCKPIT_ACTOR: name}});
};

test(
	'health: live probes on screen, the watch behind a colleague’s run, an answer, more time, and the way back',
	{timeout: 240_000},
	async () => {
		await using screen = sandbox.open({columns: 120, rows: 40, env: {COCKPIT_ACTOR: 'Asha'}});
		await screen.waitFor('q quit');
		screen.send('5');
		await screen.waitFor(/PRODUCTION +production-1 .*\d s ago/);
		await screen.waitFor(/API health +● ok +200 in \d+ ms/);
		await screen.waitFor(/disk +● ok/);
		expect(screen.text()).not.toMatch(/watch \d+:\d\d/);

		const {events} = await as('Ravi', 'backups', 'list', '--env', 'production', '--json');
		const file = /backend_\d{8}_\d{6}/.exec(JSON.stringify(events))?.[0] ?? '';
		const back = await as(
			'Ravi',
			'rollback',
			'backend',
			'--env',
			'production',
			'--to',
			file,
			'--confirm',
			'ROLLBACK',
		);
		expect(back, back.stdout + back.stderr).toMatchObject({code: 0});

		await screen.waitFor(/By hand ─/);
		await screen.waitFor(/started by Ravi/);
		await screen.waitFor(/◐ watch 0:\d\d/);
		screen.send('j', 'p');
		await screen.waitFor(/✓ Services of the app are running +Asha \d\d:\d\d/);
		screen.send('+');
		await screen.waitFor(/The watch goes on until \d\d:\d\d IST/);
		await screen.waitFor(/ of 45:00/);

		screen.send('1');
		await screen.waitFor(/watch +◐ backend \d+:\d\d of 45:00/);
		screen.send('5');
		await screen.waitFor(/By hand ─/);
		screen.send('R');
		await screen.waitFor(/Type ROLLBACK/);
		screen.send('esc');
		await screen.waitFor(/R roll back backend/);
		screen.send('q');
		await screen.ended();
	},
);

test(
	'a deploy to production by keys: its page has the watch, and Enter leads to the first item of it',
	{timeout: 240_000},
	async () => {
		for (const [item, ...value] of [
			['scheduled-tasks'],
			['report-export', '--value', '0'],
			['approval-stability', '--value', '25'],
		] as const) {
			const args = ['checklist', 'sign', item, '--env', 'preprod', '--result', 'passed', ...value];
			const signed = await as('Ravi', ...args);
			expect(signed, signed.stdout + signed.stderr).toMatchObject({code: 0});
		}
		await using screen = sandbox.open({columns: 120, rows: 40, env: {COCKPIT_ACTOR: 'Ravi'}});
		await screen.waitFor('q quit');
		screen.send('3');
		await screen.waitFor(/backend\s+Production/);
		screen.send('down', 'down');
		await screen.waitFor(/▌ backend\s+Production/);
		screen.send('enter');
		await screen.waitFor('go on to VERIFIED');
		await screen.waitFor(/ GO /, {within: 30_000});
		screen.send('enter');
		await screen.waitFor('Type VERIFIED');
		screen.send(...Array.from('VERIFIED'), 'enter');
		await screen.waitFor('Type DEPLOY-TO-PRODUCTION');
		screen.send(...Array.from('DEPLOY-TO-PRODUCTION'), 'enter');
		await screen.waitFor(/Stop here|Deployed/, {within: 60_000});
		if (screen.text().includes('Stop here')) {
			screen.send('down');
			await screen.waitFor('Enter run them');
			screen.send('enter');
		}
		await screen.waitFor('Deployed', {within: 60_000});

		await screen.waitFor(/▌ 5 {2}API health answers 200, by hand: first of 14 to sign +due by \d\d:\d\d IST/);
		await screen.waitFor(/─ Watch ─+ 0 of 6 triggers fired, \d:\d\d of 30:00 ─/);
		await screen.waitFor(/○ 14 items of the watch to sign +first by \d\d:\d\d IST/);
		screen.send('enter');
		await screen.waitFor(/▌ ○ API health answers 200/);
		await screen.waitFor(/ of 30:00, until \d\d:\d\d IST, started by Ravi/);
		screen.send('q');
		await screen.ended();
	},
);
