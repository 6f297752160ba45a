import {expect, test} from 'vitest';
import type {CliContext} from '../../src/cli/cli-context.ts';
import {runCli} from '../../src/cli/program.ts';
import {printedTerminal} from '../support/printed-terminal.ts';

const run = async (...argv: readonly string[]) => {
	const {printed, terminal} = printedTerminal();
	const context = {
		version: '1.2.3',
		terminal,
		open: () => Promise.reject(new TypeError('nothing is opened here')),
	} as unknown as CliContext;
	return {code: await runCli(context, argv), ...printed};
};

const listed = async (): Promise<readonly string[]> => {
	const {out} = await run('--help');
	return [...out.matchAll(/^ {2}([a-z]+)(?: .*)?$/gm)].flatMap(([, name]) => name ?? []);
};

test('program: the help lists every verb, in this order', async () => {
	expect(await listed()).toEqual(
		'sandbox status history logs deploy gate checklist approve hold unlock notify ledger rollback watch adopt resume backups env docs deprecate help'.split(
			' ',
		),
	);
});

test('program: each verb that is listed answers to its name, alone and behind --config', async () => {
	for (const name of await listed()) {
		if (name === 'help') continue;
		expect(await run(name, '--help')).toMatchObject({
			code: 0,
			out: expect.stringContaining(`Usage: cockpit ${name}`),
		});
		const {out} = await run('--config', 'status', name, '--help');
		expect(out).toContain(`Usage: cockpit ${name}`);
		expect((await run('--config=status', name, '--help')).out).toBe(out);
	}
});

test('program: a name that no verb has is answered with the nearest, names of every object included', async () => {
	expect(await run('statu')).toMatchObject({code: 2, err: expect.stringContaining('(Did you mean status?)')});
	expect(await run('constructor')).toMatchObject({
		code: 2,
		err: expect.stringContaining("unknown command 'constructor'"),
	});
});

test('program: --version needs no verb', async () => {
	expect(await run('--version')).toEqual({code: 0, out: '1.2.3\n', err: ''});
});

test('program: without a terminal the screen is refused with what there is instead', async () => {
	const {code, err} = await run();

	expect(code).toBe(2);
	expect(err).toContain('The full screen needs a terminal');
	expect(err).toMatch(/there are the commands: .*, deploy, .*cockpit --help/);
});
