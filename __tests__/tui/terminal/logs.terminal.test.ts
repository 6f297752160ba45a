import {appendFileSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {startSandbox} from '../../support/tui/sandbox.ts';

const lineOf = (text: string, level = 'INFO'): string => `[2026-02-10 05:50:10] production.${level}: ${text}\n`;

test('logs: what an app writes on its host is followed, found and counted, and a flood loses no key', async () => {
	await using sandbox = await startSandbox();
	const log = join(sandbox.home, 'sandbox/production/var/www/qsights/.backend/shared/storage/logs/laravel.log');
	mkdirSync(dirname(log), {recursive: true});
	await using screen = sandbox.open();
	await screen.waitFor('q quit');
	screen.send('6');
	await screen.waitFor('FOLLOW');

	appendFileSync(
		log,
		[
			lineOf('Login: user 2041'),
			lineOf('Mail: timeout after 30 s password=hunter22secret', 'ERROR'),
			...Array.from({length: 20}, (_, index) => `#${index} /var/www/vendor/a${index}.php(${index}): send()\n`),
			lineOf('Logout: user 2041'),
		].join(''),
	);
	await screen.waitFor('Logout: user 2041');
	await screen.waitFor('✗ Mail: timeout');
	expect(screen.text()).not.toContain('hunter22secret');
	expect(screen.text()).toMatch(/#1 \/var\/www[^]*▸ 18 more lines of trace/);

	screen.send('/');
	await screen.waitFor('Enter find');
	screen.send('mail');
	await screen.waitFor(/search mail {2}1/);
	screen.send('\r');
	await screen.waitFor('PAUSED  +0 new');
	await screen.waitFor('1 of 1, n N next, previous');

	appendFileSync(log, Array.from({length: 6000}, (_, index) => lineOf(`Evaluation ${index} submitted`)).join(''));
	// Each of them changes the screen while thousands of lines come.
	for (const shown of ['level info and above', 'level warn and above', 'level error', 'level all']) {
		screen.send('v');
		await screen.waitFor(shown);
	}
	await screen.waitFor('PAUSED  +6,000 new');
	expect(screen.text()).toMatch(/▌ .*error Mail: timeout/);
	screen.send('G');
	await screen.waitFor('Evaluation 5999 submitted');
	expect(screen.text()).toContain('FOLLOW');

	screen.send('1');
	await screen.waitFor('─ Next for you');
	screen.send('q');
	expect(await screen.exit).toMatchObject({code: 0});
});
