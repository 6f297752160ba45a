import {quote, renderCommand} from '../../commands/shell.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Command} from '../../domain/command.ts';
import {hookLabel} from '../../domain/environments/hooks.ts';
import type {Action, BuildAction, JobAction, Pipeline} from '../../domain/runs/pipeline.ts';
import {jobCommand} from '../../runner/jobs/job-command.ts';

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

/** A line without the step it belongs to. */
type Told = Pick<PlanLine, 'on' | 'line' | 'input' | 'does' | 'needs' | 'when'>;

const onHost = (command: Command, when?: string): Told => ({
	on: 'host',
	line: renderCommand(command),
	does: [say(command)],
	needs: needs([command]),
	...(when === undefined ? {} : {when}),
});

const here = (line: string, does: string): Told => ({on: 'here', line, does: [does], needs: []});

const jobLine = (pipeline: Pipeline, action: JobAction): Told => {
	const command = jobCommand(pipeline, action, {attempt: 1, offset: 0});
	const {commands} = action;
	const {input = ''} = command;
	return {on: 'host', line: renderCommand(command), input, does: commands.map(say), needs: needs(commands)};
};

const buildLine = ({id, request}: BuildAction): Told => {
	if (id !== 'build') return here('cat .next/BUILD_ID', 'reads the finished build back');
	const names = Object.keys(request.environment).toSorted().join(', ');
	return here('npm run build', `builds ${shortCommit(request.commit)} in a clean work tree, with ${names}`);
};

const describe = (pipeline: Pipeline, action: Action): readonly Told[] => {
	switch (action.kind) {
		case 'read':
			return [onHost(action.command)];
		case 'send':
		case 'keep':
		case 'lock':
			return [onHost(action.command(1))];
		case 'job':
			return [jobLine(pipeline, action)];
		case 'transfer': {
			const {against, list, receive} = action.transfer;
			return against === 'manifest'
				? [onHost(receive(1)), onHost(list, 'there is no manifest of live, or the stream was cut')]
				: [onHost(list), onHost(receive(1), 'a file differs')];
		}
		case 'probe': {
			const {url, status, passes, stableForMs, withinMs} = action.policy;
			const does = `${passes} answers ${status} in a row over ${stableForMs / 1000} s, within ${withinMs / 1000} s`;
			return [here(`GET ${url}`, does)];
		}
		case 'build':
			return [buildLine(action)];
		case 'served':
			return [here(`GET ${action.site}/`, 'the HTML and _buildManifest.js must be of the new build')];
		case 'prompt':
			return [here(`ask whether ${action.job} runs`, 'asks a person, unless settled before')];
		case 'hook': {
			const {hook, begin} = action;
			const does = `${hookLabel(hook)}, at most ${hook.timeoutMs / 1000} s; when it fails: ${hook.fails}`;
			return [...(begin ? [onHost(begin(1))] : []), here(hook.run.map(quote).join(' '), does)];
		}
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
		...(pipeline.closeAsPutBack
			? failing('close-as-put-back', 'somebody goes back by hand behind the swap', pipeline.closeAsPutBack)
			: []),
		...(pipeline.onFailure?.({error: '', live: ''}) ?? []).flatMap(({action}) =>
			failing('on-failure', 'the run has failed, and its host is in a named state', action),
		),
	];
};
