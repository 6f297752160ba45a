import {randomUUID} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {beforeEach, expect, onTestFinished, test} from 'vitest';
import type {HostLayout} from '../../src/sandbox/host/host-layout.ts';
import {startPrograms, type HostPrograms} from '../../src/sandbox/host/host-programs.ts';
import {bareHost, processesOf} from './support.ts';

let layout: HostLayout;
let programs: HostPrograms;
beforeEach(async () => {
	layout = await bareHost();
	const shell = {root: layout.root, user: userInfo().username, token: randomUUID()};
	programs = startPrograms(shell, {layout, node: process.execPath, clockOffset: 0});
	onTestFinished(() => programs.close());
});

test.each(['cjs', 'mjs'])(
	'host programs: a .%s runs each time with its own words, directory and environment',
	async kind => {
		const program = join(layout.root, `program.${kind}`);
		const seen = join(layout.root, 'seen.jsonl');
		writeFileSync(
			program,
			`const {HOME, PWD, EXTRA} = process.env;
			process.getBuiltinModule('node:fs').appendFileSync(${JSON.stringify(seen)}, JSON.stringify([process.argv.slice(2), process.cwd(), {HOME, PWD, EXTRA}]) + '\\n');`,
		);

		await Promise.all([
			programs.run({program, words: ['one', 'two words'], directory: layout.root, environment: {EXTRA: 'x'}}),
			programs.run({program, words: []}),
		]);

		const lines = readFileSync(seen, 'utf8').trim().split('\n');
		expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
			[['one', 'two words'], layout.root, {HOME: layout.home, PWD: layout.root, EXTRA: 'x'}],
			[[], layout.home, {HOME: layout.home, PWD: layout.home}],
		]);
	},
);

test('host programs: one that refuses ends them, and all that wait learn what it said', async () => {
	const calls = [
		programs.run({program: 'php', words: ['-v']}),
		programs.run({program: 'composer', words: ['install', '--frobnicate']}),
		programs.run({program: 'php', words: ['-v']}),
	];

	const answers = await Promise.allSettled(calls);

	expect(answers.map(({status}) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
	await expect(calls[1]).rejects.toThrow(
		/^sandbox host: composer install --frobnicate exited with 1: [^]*The "--frobnicate" option does not exist\./,
	);
	await expect(programs.run({program: 'pm2', words: ['ping']})).rejects.toThrow('pm2 ping exited with 1');
});

test('host programs: closed, it leaves no process', async () => {
	await programs.run({program: 'pm2', words: ['ping']});
	expect(await processesOf(layout.root)).toHaveLength(1);

	await programs.close();

	expect(await processesOf(layout.root)).toEqual([]);
});
