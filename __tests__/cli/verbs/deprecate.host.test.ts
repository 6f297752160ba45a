import {chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {CliContext, Cockpit} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {misconfigured} from '../../../src/domain/errors.ts';
import {scriptFiles} from '../../../src/services/local/script-files.ts';
import {environment} from '../../control/fake-services.ts';
import {createTemporaryDirectory} from '../../services/local/temporary-repository.ts';
import {runProgram} from '../../support/run-program.ts';
import {printedTerminal} from '../../support/printed-terminal.ts';

const missing = misconfigured({what: 'No configuration found', why: 'no directory holds environments/', next: ''});

/** The command line on a configuration with these environments; undefined: there is none. */
const cockpit = async (environments: readonly Environment[] | undefined, ...argv: readonly string[]) => {
	const {printed, terminal} = printedTerminal();
	const opened: (string | undefined)[] = [];
	const context = {
		version: '0',
		terminal,
		open: async (config: string | undefined) => {
			opened.push(config);
			if (environments === undefined) throw missing;
			return {environments, close: async () => undefined} as unknown as Cockpit;
		},
		openScripts: async () => scriptFiles,
	} as unknown as CliContext;
	return {code: await runCli(context, argv), opened, ...printed};
};

const shelf = () => {
	const directory = createTemporaryDirectory();
	const script = join(directory.path, 'deploy_backend.sh');
	writeFileSync(script, '#!/bin/sh\nls\n');
	return {...directory, script};
};

test('deprecate: tells what became of each, and back', async () => {
	using at = shelf();
	const {script} = at;
	const absent = join(at.path, 'absent.sh');

	expect(await cockpit([environment], 'deprecate', script, absent, script)).toEqual({
		code: 7,
		opened: [undefined],
		err: '',
		out: [
			`  ✓ ${script}  deprecated; as it was: ${script}.backup`,
			`  ✗ ${absent}  refused: there is no such file`,
			`  – ${script}  already: it has the warning`,
			'1 deprecated, 1 already, 1 refused',
			'',
		].join('\n'),
	});
	expect(readFileSync(script, 'utf8')).toContain("'qsights is not deployed by this script.'");
	expect(readFileSync(script, 'utf8')).toContain("'  cockpit deploy backend --env preprod'");
	expect(await cockpit(undefined, 'deprecate', '--undo', script)).toEqual({
		code: 0,
		opened: [],
		err: '',
		out: `  ✓ ${script}  restored from ${script}.backup\n1 restored, 0 already, 0 refused\n`,
	});
	expect(readFileSync(script, 'utf8')).toBe('#!/bin/sh\nls\n');
});

test('deprecate: without a configuration it names the usual environments, and says so', async () => {
	using at = shelf();
	const {code, out, err} = await cockpit(undefined, 'deprecate', '--json', at.script);

	expect(code).toBe(0);
	expect(err).toBe('noted: the warning names the usual environments: no directory holds environments/\n');
	expect(JSON.parse(out)).toEqual({
		schema: 1,
		type: 'deprecation',
		script: at.script,
		state: 'changed',
		backup: `${at.script}.backup`,
		isUndo: false,
	});
	expect(readFileSync(at.script, 'utf8')).toContain("'  cockpit deploy backend --env production'");
});

test('deprecate: a configuration that is named and can’t be read is an error; so is no script', async () => {
	using at = shelf();

	expect(await cockpit(undefined, '--config', at.path, 'deprecate', at.script)).toMatchObject({
		code: 2,
		opened: [at.path],
		err: expect.stringContaining('No configuration found'),
	});
	expect(readdirSync(at.path)).toEqual(['deploy_backend.sh']);
	expect(await cockpit([environment], 'deprecate')).toMatchObject({code: 2, opened: []});
});

test.skipIf(process.getuid?.() !== 0)(
	'deprecate: what a login may not do it refuses (skipped unless root)',
	async () => {
		using at = shelf();
		chmodSync(at.path, 0o755);
		const make = (name: string, mode: number): string => {
			writeFileSync(join(at.path, name), '#!/bin/sh\nls\n');
			chmodSync(join(at.path, name), mode);
			return join(at.path, name);
		};
		mkdirSync(join(at.path, 'theirs'), {mode: 0o777});
		chmodSync(join(at.path, 'theirs'), 0o777);
		const scripts = [
			make('secret.sh', 0o700),
			make('kept.sh', 0o755),
			make('open.sh', 0o777),
			make('theirs/of.sh', 0o777),
		];
		const program = `
		const {scriptFiles} = await import(${JSON.stringify(join(process.cwd(), 'src/services/local/script-files.ts'))});
		process.setgid(65534);
		process.setuid(65534);
		for (const path of process.argv.slice(1)) {
			try {
				await scriptFiles.replace(await scriptFiles.read(path), 'x', path + '.backup');
			} catch ({why}) {
				console.log(why);
			}
		}
	`;
		const ended = await runProgram([process.execPath, '--input-type=module', '-e', program, ...scripts]);

		expect(ended).toEqual({
			code: 0,
			stderr: '',
			stdout: [
				'you may not read it',
				'you may not change it, or may not write in its directory',
				'you may not change it, or may not write in its directory',
				'its owner and group are not yours to give, or it may not be changed: do it as its owner or as root',
				'',
			].join('\n'),
		});
		expect(readdirSync(at.path, {recursive: true, encoding: 'utf8'}).toSorted()).toEqual([
			'deploy_backend.sh',
			'kept.sh',
			'open.sh',
			'secret.sh',
			'theirs',
			'theirs/of.sh',
		]);
	},
);
