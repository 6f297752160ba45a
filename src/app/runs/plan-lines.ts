import {startOrAttachJob} from '../../commands/job/job.ts';
import {renderScript} from '../../commands/job/job.ts';
import {renderCommand} from '../../commands/shell.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Command} from '../../domain/command.ts';
import type {Action, Pipeline} from '../../domain/runs/pipeline.ts';
import {hostState} from '../../runner/jobs/run-job.ts';

/** One command of a run, as it will be sent. */
export type PlanLine = {
	/** Id of the step, or `abandon` / `close-as-failed` for what only a failed run does. */
	readonly step: string;
	readonly action: string;
	readonly kind: Action['kind'];
	/** `host`: executed by the SSH server. `here`: done by this machine. */
	readonly on: 'host' | 'here';
	/** Exactly what the SSH server executes, or the request made from here. */
	readonly line: string;
	/** What goes to its standard input, where that is settled: the script of a job. */
	readonly input?: string;
	/** For people: what the line does, one entry per command. */
	readonly does: readonly string[];
	/** Rights it needs on the host, as `user: command`. */
	readonly needs: readonly string[];
	readonly when?: string;
};

const say = ({label, argv, as}: Command): string =>
	`${label ?? argv.join(' ')}${as === undefined ? '' : ` (as ${as})`}`;

const needs = (commands: readonly Command[]): string[] => [
	...new Set(
		commands.flatMap(({as, argv, sudo}) => [...(as === undefined ? [] : [`${as}: ${argv[0]}`]), ...(sudo ?? [])]),
	),
];

const describe = (
	pipeline: Pipeline,
	action: Action,
): Pick<PlanLine, 'on' | 'line' | 'input' | 'does' | 'needs' | 'when'>[] => {
	const onHost = (command: Command, when?: string) => ({
		on: 'host' as const,
		line: renderCommand(command),
		does: [say(command)],
		needs: needs([command]),
		...(when === undefined ? {} : {when}),
	});
	switch (action.kind) {
		case 'read':
			return [onHost(action.command)];
		case 'send':
		case 'lock':
			return [onHost(action.command(1))];
		case 'job': {
			const script = renderScript(action.commands);
			const job = {job: action.id, attempt: 1, offset: 0, script, seals: action.swap !== undefined};
			const command = startOrAttachJob(hostState(pipeline), job);
			const {input = ''} = command;
			return [
				{
					on: 'host',
					line: renderCommand(command),
					input,
					does: action.commands.map(say),
					needs: needs(action.commands),
				},
			];
		}
		case 'transfer': {
			const {against, list, receive} = action.transfer;
			const sent = (when?: string) => onHost(receive(1), when);
			return against === 'manifest'
				? [sent(), onHost(list, 'there is no manifest of live, or the stream was cut')]
				: [onHost(list), sent('a file differs')];
		}
		case 'probe': {
			const {url, passes, stableForMs, withinMs} = action.policy;
			const does = `${passes} answers ${action.policy.status} in a row over ${stableForMs / 1000} s, within ${withinMs / 1000} s`;
			return [{on: 'here', line: `GET ${url}`, does: [does], needs: []}];
		}
		case 'build': {
			const {id, request} = action;
			if (id !== 'build') {
				return [{on: 'here', line: 'cat .next/BUILD_ID', does: ['reads the finished build back'], needs: []}];
			}
			const names = Object.keys(request.environment).toSorted().join(', ');
			const does = `builds ${shortCommit(request.commit)} in a clean work tree, with ${names}`;
			return [{on: 'here', line: 'npm run build', does: [does], needs: []}];
		}
		case 'served': {
			const does = 'the HTML and _buildManifest.js must be of the new build';
			return [{on: 'here', line: `GET ${action.site}/`, does: [does], needs: []}];
		}
		case 'prompt':
			return [
				{
					on: 'here',
					line: `ask whether ${action.job} runs`,
					does: ['asks a person, unless settled before'],
					needs: [],
				},
			];
		// Its commands stand with the job.
		case 'follow':
			return [];
	}
};

/** Every command of a run, in order, from the objects the runner acts on. Connects to nothing. */
export const planLines = (pipeline: Pipeline): readonly PlanLine[] => {
	const of = (step: string, action: Action): PlanLine[] =>
		describe(pipeline, action).map(line => ({
			step,
			action: action.id,
			kind: action.kind,
			...(action.when ? {when: action.when.text} : {}),
			...line,
		}));
	const failing = (step: string, when: string, action: Action): PlanLine[] =>
		of(step, action).map(line => ({...line, when}));
	return [
		...pipeline.steps.flatMap(step => step.actions.flatMap(action => of(step.id, action))),
		...failing('abandon', 'the run fails or is cancelled before the swap', pipeline.abandon),
		...failing('close-as-failed', 'the run fails after the swap', pipeline.closeAsFailed),
	];
};
