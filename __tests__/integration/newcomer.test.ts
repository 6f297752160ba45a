import {readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import {leastLookMs} from '../../src/control/checklist/answered-here.ts';
import {isDeep} from '../support/depth.ts';
import {git} from '../support/real-host/make-source-repository.ts';
import type {Screen} from '../support/screen.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

const patient = {within: 90_000} as const;

const sit = async (sandbox: Sandbox, name: string, columns: number, rows: number): Promise<Screen> => {
	const screen = sandbox.open({columns, rows, env: {COCKPIT_ACTOR: name}});
	onTestFinished(() => screen[Symbol.asyncDispose]());
	await screen.waitFor('q quit');
	return screen;
};

/** What a person needs to read an item: an answer that comes sooner is not taken. */
const read = (): Promise<void> => pause(leastLookMs + 100);

const type = (screen: Screen, word: string): void => screen.send(...word.split(''));

/** Results in a ledger, as the file on the host has them. */
const signed = (sandbox: Sandbox, item: string): readonly unknown[] =>
	readFileSync(join(sandbox.home, 'sandbox/preprod/home/ubuntu/.cockpit/qsights/preprod/ledger.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map(
			line =>
				JSON.parse(line) as {actor?: {name: string}; data: {item?: string; result?: string; value?: string}},
		)
		.filter(({actor, data}) => data.item === item && actor?.name === 'Meera')
		.map(({data}) => [data.result, data.value]);

describe.each([{columns: 80, rows: 24}, ...(isDeep ? [{columns: 120, rows: 40}] : [])])(
	'a newcomer in the sandbox at $columns x $rows, a colleague at a second terminal',
	({columns, rows}) => {
		test(
			'signs the three open items, sees HOLD turn to GO, and deploys to production by keys',
			{timeout: 400_000},
			async () => {
				const sandbox = await startSandbox();
				onTestFinished(() => sandbox[Symbol.asyncDispose]());
				const [meera, tom] = [await sit(sandbox, 'Meera', columns, rows), await sit(sandbox, 'Tom', 120, 40)];
				await Promise.all([meera, tom].map(async screen => screen.waitFor(/48 of 51, 3 open/, patient)));
				expect(meera.text()).toContain('HOLD');

				meera.send('enter');
				await meera.waitFor('Sign 3 open backend items');
				meera.send('enter');
				await meera.waitFor(/▌ ○ Scheduled tasks ran/);
				await read();
				meera.send('p');
				await tom.waitFor('49 of 51', patient);
				await meera.waitFor(/▌ ○ An exported report/, patient);
				await read();
				meera.send('p');
				await meera.waitFor('at most 0 rows');
				meera.send('0', 'enter');
				await tom.waitFor('50 of 51', patient);
				await meera.waitFor(/▌ ○ Stable on Pre-Prod/, patient);
				await read();
				meera.send('p');
				await meera.waitFor(/at least 24/);
				meera.send('2', '4', 'enter');
				await tom.waitFor('51 of 51', patient);
				expect(
					['scheduled-tasks', 'report-export', 'approval-stability'].map(item => signed(sandbox, item)),
				).toEqual([[['passed', undefined]], [['passed', '0']], [['passed', '24']]]);

				meera.send('1');
				for (const screen of [meera, tom]) await screen.waitFor(/backend.* GO /, patient);
				meera.send('3');
				await meera.waitFor(/backend\s+Production/);
				meera.send('down', 'down');
				await meera.waitFor(/▌ backend\s+Production/);
				meera.send('enter');
				await meera.waitFor('go on to VERIFIED', patient);
				await meera.waitFor(/ GO /, patient);
				meera.send('enter');
				await meera.waitFor('8 of 8 have evidence');
				type(meera, 'VERIFIED');
				await meera.waitFor('8 of 8 letters');
				meera.send('enter');
				await meera.waitFor('AFFECTS ALL LIVE USERS');
				type(meera, 'DEPLOY-TO-PRODUCTION');
				await meera.waitFor('20 of 20 letters');
				meera.send('enter');
				await tom.waitFor(/Meera .*began to deploy backend/, patient);
				await tom.waitFor(/lock +Meera on /, patient);
				await meera.waitFor('Stop here', patient);
				meera.send('down');
				await meera.waitFor('Enter run them');
				meera.send('enter');
				await meera.waitFor(/Deployed/, patient);
				await tom.waitFor(/Meera .*deployed backend/, patient);

				const head = await git(join(sandbox.config, 'backend'), 'rev-parse', '--short=7', 'HEAD');
				expect(readlinkSync(join(sandbox.home, 'sandbox/production/var/www/qsights/backend'))).toMatch(
					new RegExp(`-${head}$`),
				);
				for (const screen of [meera, tom]) {
					screen.send('q');
					expect(await screen.ended()).toMatchObject({code: 0});
				}
			},
		);
	},
);
