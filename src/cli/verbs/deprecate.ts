import type {Command} from 'commander';
import {deprecate as deprecateAll, undoDeprecate, type Deprecated} from '../../app/deprecation/deprecate.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {exitCodes, hasCode} from '../../domain/errors.ts';
import {sanitise} from '../../domain/sanitise.ts';
import type {CliContext} from '../cli-context.ts';
import {jsonOption, type JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {alone}) =>
	program
		.command('deprecate')
		.description('put a warning in front of scripts that the cockpit has replaced')
		.argument('<script...>', 'files, each kept as SCRIPT.backup')
		.option('--undo', 'put them back as they were', false)
		.addOption(jsonOption())
		.action(alone(deprecate));

/** Environments of the team, so that a warning names them. Without a configuration it says what is usual. */
const environmentsKnown = async (
	{open, terminal}: CliContext,
	config: string | undefined,
): Promise<readonly Environment[]> => {
	try {
		const cockpit = await open(config);
		await cockpit.close();
		return cockpit.environments;
	} catch (error) {
		if (config !== undefined || !hasCode(error, 'configuration', 'blocked')) throw error;
		terminal.err(`noted: the warning names the usual environments: ${sanitise(error.why)}\n`);
		return [];
	}
};

const marks = {
	changed: ['✓', 'success'],
	already: ['–', 'muted'],
	refused: ['✗', 'danger'],
} as const;

const print = (terminal: Terminal, {script, state, backup, reason, notes = []}: Deprecated, undo: boolean): void => {
	const [glyph, meaning] = marks[state];
	const done = undo ? `restored from ${backup ?? ''}` : `deprecated; as it was: ${backup ?? ''}`;
	const said = state === 'changed' ? done : `${state}: ${reason ?? ''}`;
	terminal.out(`  ${paint(terminal, meaning, `${glyph} ${sanitise(script)}`)}  ${sanitise(said)}\n`);
	for (const note of notes) terminal.out(`    ${sanitise(note)}\n`);
};

/**
 * `cockpit deprecate SCRIPT...`: a warning in front of each, which asks before it lets the script go on. Exits 7 when one
 * was refused.
 */
const deprecate = async (
	context: CliContext,
	scripts: readonly string[],
	{undo, json}: JsonOption & {readonly undo: boolean},
	command: Command,
): Promise<number> => {
	const {terminal} = context;
	const onResult = (result: Deprecated): void =>
		json ? printJson(terminal, {type: 'deprecation', ...result, isUndo: undo}) : print(terminal, result, undo);
	const environments = undo
		? []
		: await environmentsKnown(context, command.optsWithGlobals<{config?: string}>().config);
	const files = await context.openScripts();
	const results = undo
		? await undoDeprecate(files, {scripts, onResult})
		: await deprecateAll(files, {scripts, environments, onResult});
	const count = (state: Deprecated['state']): number => results.filter(result => result.state === state).length;
	if (!json) {
		terminal.out(
			`${count('changed')} ${undo ? 'restored' : 'deprecated'}, ${count('already')} already, ${count('refused')} refused\n`,
		);
	}
	return count('refused') > 0 ? exitCodes['checked-bad'] : 0;
};
