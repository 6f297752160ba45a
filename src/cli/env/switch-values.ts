import {dirname, join} from 'node:path';
import {besideFile, type KeptNotes} from '../../app/env/kept-file.ts';
import {applySwitch, planSwitch, secretsIn, type SwitchedFile, type SwitchPlan} from '../../app/env/use-values.ts';
import {renderCommand} from '../../commands/shell.ts';
import {checkWords, productionSecretsWord} from '../../domain/runs/confirm.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import type {JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import {leftOutText, trackedText} from './git-lines.ts';

export type UseOptions = JsonOption & {readonly confirm: readonly string[]; readonly fromHost: boolean};

/** Secrets of production leave their host for a laptop by a typed word alone. Throws DeployError `wrong-word`. */
const confirmSecrets = async (
	terminal: Terminal,
	plan: SwitchPlan,
	confirm: readonly string[],
	json: boolean,
): Promise<void> => {
	const what = 'secrets of production on this machine';
	if (confirm.length > 0 || json || !terminal.isInteractive)
		return checkWords(what, [productionSecretsWord], confirm, 'SWITCH BLOCKED');
	terminal.out(
		`${paint(terminal, 'danger', `Secrets of PRODUCTION come to this machine: ${secretsIn(plan).join(', ')}`)}\n`,
	);
	const typed = await terminal.ask(`Type ${productionSecretsWord} to go on, anything else to stop: `);
	checkWords(what, [productionSecretsWord], [typed ?? ''], 'SWITCH BLOCKED');
};

const beside = ({file}: SwitchedFile, name: string): string => besideFile(file, name);

/** What was filled from where, and what nobody had. */
const linesOf = (switched: SwitchedFile): readonly string[] => {
	const {filled, empty, keptName, onlyKept} = switched;
	const byPlace = Map.groupBy(filled, ({from}) => from);
	return [
		...[...byPlace].map(([from, keys]) => `filled from ${from}: ${keys.map(({key}) => key).join(', ')}`),
		...(empty.length > 0 ? [`left empty, yours to fill in: ${empty.join(', ')}`] : []),
		...(keptName === undefined ? [] : [`kept before: ${beside(switched, keptName)}`]),
		...(onlyKept.length > 0 ? [`only in what is kept: ${onlyKept.join(', ')}`] : []),
	];
};

/**
 * How to have the files as they were, byte for byte, by whole paths: a switch back would fill templates anew. A file of
 * which only the mode was put right says the same as before.
 */
const wayBack = (files: readonly SwitchedFile[]): readonly string[] =>
	files.flatMap(({change, keptName, file: {path}}) => {
		if (change === undefined || (change.before !== undefined && keptName === undefined)) return [];
		const argv: readonly [string, ...string[]] =
			keptName === undefined ? ['rm', '--', path] : ['cp', '-p', '--', join(dirname(path), keptName), path];
		return [renderCommand({argv})];
	});

const printSwitch = (terminal: Terminal, {environment, files}: SwitchPlan, {tracked, leftOutBy}: KeptNotes): void => {
	const {title, name} = environment;
	const isChanged = files.some(({change}) => change !== undefined);
	terminal.out(
		isChanged
			? `${paint(terminal, 'success', `✓ The working copy has the values of ${title}`)}, from .env.${name}\n`
			: `The working copy is already ${title}, from .env.${name}\n`,
	);
	for (const switched of files) {
		const {file, change, keys} = switched;
		const many = `${keys} ${keys === 1 ? 'key' : 'keys'}`;
		terminal.out(`  ${file.shown}  ${change ? `written, ${many}` : `as it is, ${many}`}\n`);
		for (const line of linesOf(switched)) terminal.out(`    ${line}\n`);
	}
	if (leftOutBy !== undefined) terminal.out(leftOutText(leftOutBy));
	for (const path of tracked) terminal.out(trackedText(terminal, path));
	const lines = wayBack(files);
	if (lines.length === 0) return;
	terminal.out('To go back:\n');
	for (const line of lines) terminal.out(`  ${line}\n`);
};

/** `cockpit env use`: gives the working copy the values of an environment. */
export const switchValues = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	name: string,
	{confirm, fromHost, json}: UseOptions,
): Promise<number> => {
	const {services, environments} = cockpit;
	const environment = environmentNamed(cockpit, name);
	if (fromHost && environment.tier === 'production' && confirm.length === 0 && !terminal.isInteractive)
		checkWords('secrets of production on this machine', [productionSecretsWord], confirm, 'SWITCH BLOCKED');
	const plan = await planSwitch(services, {environments, environment, fromHost});
	if (plan.bringsSecrets) await confirmSecrets(terminal, plan, confirm, json);
	const notes = await applySwitch(services, plan);
	if (!json) {
		printSwitch(terminal, plan, notes);
		return 0;
	}
	printJson(terminal, {
		type: 'env-use',
		environment: environment.name,
		files: plan.files.map(switched => {
			const {file, change, filled, empty, keptName, onlyKept, had} = switched;
			return {
				file: file.shown,
				isChanged: change !== undefined,
				had: had ?? null,
				filled,
				empty,
				kept: keptName === undefined ? null : beside(switched, keptName),
				onlyKept,
			};
		}),
		...notes,
	});
	return 0;
};
