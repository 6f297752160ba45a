import {requireBeforeSwap} from '../../app/resume/abandon.ts';
import {findResumable, type Resumable} from '../../app/resume/resume.ts';
import {guardFor} from '../../app/gates/run-guard.ts';
import {exitCodes} from '../../domain/errors.ts';
import {checkWords, takeOverWord} from '../../domain/runs/confirm.ts';
import {moment} from '../../domain/format.ts';
import {afterRun} from '../after-run.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {drive} from '../drive.ts';
import {jsonOption, wordsOption, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {withCockpit}) =>
	program
		.command('resume')
		.description('drive on a run that lost its cockpit')
		.argument('[run]', 'id of the run; the last unfinished one when absent')
		.option('--env <name>', 'only look in this environment')
		.option('--mine', 'only a run begun with the SSH key or under the name in use here', false)
		.addOption(wordsOption('TAKE-OVER, when somebody else drives it'))
		.option('--abandon', 'end it instead, with live as it is: only before its swap', false)
		.addOption(jsonOption())
		.action(withCockpit(resume));

type ResumeOptions = JsonOption & {
	readonly env?: string;
	readonly mine: boolean;
	readonly confirm: readonly string[];
	readonly abandon: boolean;
};

type OpenRun = Extract<Resumable, {kind: 'open'}>;

/** Who drives the run, since when, and what its host does for it now. */
const holderText = ({takenFrom, pipeline}: OpenRun): string => {
	if (!takenFrom) return '';
	const {name, machine, since, running} = takenFrom;
	const at = moment(Date.parse(since), pipeline.environment.timeZone);
	return `${name} on ${machine} drives it since ${at}; ${
		running.length > 0 ? `the host is at ${running.join(', ')}` : 'nothing runs on the host'
	}`;
};

/** A run that somebody else drives goes on from here only by a typed word. Throws DeployError `wrong-word`. */
const checkTakeOver = async (
	terminal: Terminal,
	open: OpenRun,
	{confirm, abandon, json}: ResumeOptions,
): Promise<void> => {
	if (!open.takenFrom) return;
	const who = holderText(open);
	let typed = confirm;
	if (terminal.isInteractive && !json && confirm.length === 0) {
		terminal.out(
			`${paint(terminal, 'attention', open.pipeline.title)}\n  ${who}. Ask first: theirs ends with exit 6.\n`,
		);
		typed = [
			(await terminal.ask(
				`Type ${takeOverWord} to ${abandon ? 'end it' : 'drive it on'} from here, anything else to stop: `,
			)) ?? '',
		];
	}
	checkWords(`${open.pipeline.title}: ${who}`, [takeOverWord], typed, 'TAKEOVER BLOCKED');
};

/** `cockpit resume [RUN]`: drives a run on, from whichever machine started it; `--abandon` ends it before its swap. */
export const resume = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	run: string | undefined,
	options: ResumeOptions,
): Promise<number> => {
	const environments = options.env === undefined ? cockpit.environments : [environmentNamed(cockpit, options.env)];
	const found = await findResumable(cockpit.services, environments, run, {
		canAsk: terminal.isInteractive && !options.json,
		all: cockpit.environments,
		mine: options.mine,
	});
	if (found.kind === 'open') {
		if (options.abandon) await requireBeforeSwap(cockpit.services, found.pipeline);
		await checkTakeOver(terminal, found, options);
		const {pipeline, attempt} = found;
		const {services, environments: all, checklists} = cockpit;
		const code = await drive(terminal, services, pipeline, {
			attempt,
			json: options.json,
			aim: options.abandon ? 'abandon' : 'finish',
			// A deploy that was left before its first change is asked for its evidence again.
			guard: guardFor(services, pipeline, {environments: all, checklists, attempt}),
		});
		const {environment, record} = pipeline;
		if (code === exitCodes.locked) {
			// It may have ended between the question and its lock: then that is the answer.
			const now = await findResumable(services, [environment], record.run, {canAsk: false}).catch(
				() => undefined,
			);
			if (now?.kind === 'closed') return tellClosed(terminal, now, options.json);
		}
		if (code !== 0 || options.abandon) return code;
		return afterRun(terminal, cockpit, {environment, apps: [record.app], json: options.json, follows: false});
	}

	return tellClosed(terminal, found, options.json);
};

/** A run that is over: how it ended, when, by whom, and what is live. */
const tellClosed = (
	terminal: Terminal,
	{closed, text}: Extract<Resumable, {kind: 'closed'}>,
	json: boolean,
): number => {
	const isDone = closed.outcome === 'done';
	tell(terminal, json, {type: 'run.closed', ...closed}, paint(terminal, isDone ? 'success' : 'attention', text));
	return isDone ? 0 : 3;
};
