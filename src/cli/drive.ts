import type {AppServices} from '../app/app-services.ts';
import {execute, type RunGuard} from '../app/runs/execute.ts';
import {usualDurations} from '../app/runs/usual-durations.ts';
import type {RunEvent} from '../domain/runs/events.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import type {Prompt} from '../domain/runs/prompt.ts';
import {started, type RunControl} from '../runner/run-pipeline.ts';
import {emptyRun, foldRun} from '../domain/runs/run-state.ts';
import {printError} from './print-error.ts';
import {downtimeInWords, printReport} from './report.ts';
import {printRun, printRunJson} from './run-printer.ts';
import {paint, type Terminal} from './terminal.ts';

/**
 * Runs a pipeline in front of a person or a script and answers with its exit code. INT and TERM cancel before the
 * swap; a second one, and HUP, leave the run to be resumed.
 */
export const drive = async (
	terminal: Terminal,
	services: AppServices,
	pipeline: Pipeline,
	{
		attempt,
		json,
		guard,
		aim = 'finish',
	}: {
		readonly attempt: number;
		readonly json: boolean;
		readonly guard?: RunGuard | undefined;
		readonly aim?: 'finish' | 'abandon';
	},
): Promise<number> => {
	const {project, name: environment} = pipeline.environment;
	const {record} = pipeline;
	// Asked before it begins: the run itself is not what is usual.
	const {totalMs: usualMs} = usualDurations(services.runs, {
		project,
		environment,
		kind: record.kind,
		app: record.app,
		goal: record.target?.kind,
	});
	// Another machine may have begun it: its steps are those of the pipeline all the same.
	const begun = foldRun(emptyRun, {at: services.clock.now(), ...started(pipeline)});
	let state = services.runs.events({project, environment, run: record.run}).reduce(foldRun, begun);
	const print = json ? printRunJson(terminal) : printRun(terminal, state);
	let answer: (prompt: Prompt) => void = () => undefined;
	const onEvent = (event: RunEvent): void => {
		state = foldRun(state, event);
		print(event);
		if (event.type === 'prompt.raised' && event.prompt.settled === undefined) answer(event.prompt);
	};
	const run = execute(services, pipeline, {
		attempt,
		onEvent,
		canAsk: terminal.isInteractive && !json && aim === 'finish',
		aim,
		guard,
	});
	answer = (prompt: Prompt): void => void askPerson(terminal, run, prompt);
	if (state.prompt) answer(state.prompt);
	const stopListening = terminal.onSignal(createInterrupt(terminal, run));
	const {exitCode, isTidy, error, found} = await run.finished;
	stopListening();
	if (aim === 'abandon' && isTidy) {
		if (!json)
			terminal.out(
				`${paint(terminal, 'success', `Run ${record.run} is over: abandoned.`)} ${error?.now ?? ''}\n`,
			);
		return 0;
	}
	if (error) {
		printError(terminal, error);
		if ((state.downtime?.failed ?? 0) > 0) terminal.err(`  Downtime ${downtimeInWords(state)}\n`);
	} else if (!json) printReport(terminal, pipeline, state, {logPath: run.logPath, usualMs, found});
	return exitCode;
};

/** Asks on the terminal until the answer is one of the choices; the end of input leaves the safe one. */
const askPerson = async (terminal: Terminal, run: Pick<RunControl, 'answer'>, {id, choices}: Prompt): Promise<void> => {
	for (const {id: choice, label, detail} of choices) terminal.out(`    ${choice.padEnd(6)} ${label}: ${detail}\n`);
	for (;;) {
		const typed = await terminal.ask(`Type ${choices.map(({id}) => id).join(' or ')}: `);
		const choice = typed === undefined ? choices[0]?.id : typed.trim();
		if (choice === undefined || run.answer(id, choice) === undefined || typed === undefined) return;
	}
};

const createInterrupt = (terminal: Terminal, run: {cancel(): string | undefined; leave(): void}) => {
	let isAsked = false;
	return (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
		if (signal === 'SIGHUP' || isAsked) {
			run.leave();
			return;
		}
		isAsked = true;
		const tooLate = run.cancel();
		const text =
			tooLate === undefined
				? 'Cancels: live stays as it is.'
				: `Not cancelled: ${tooLate}. Once more leaves the run to be resumed.`;
		terminal.err(`${paint(terminal, 'attention', text)}\n`);
	};
};
