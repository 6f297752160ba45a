import type {Command} from '../../src/domain/command.ts';
import type {Action, JobAction, Pipeline, Step} from '../../src/domain/runs/pipeline.ts';

const called = ({label, argv, as}: Command): string =>
	`${label ?? argv.join(' ')}${as === undefined ? '' : ` (${as})`}`;

/** One command a line; `>` marks the one that makes the candidate live, `[step]` where another step's begin. */
const commandLines = ({commands, swap, spans = []}: JobAction): readonly string[] =>
	commands.map((command, index) => {
		const step = spans.find(({from}) => from === index)?.step;
		return `${swap === index ? '>' : ' '} ${called(command)}${step === undefined ? '' : ` [${step}]`}`;
	});

const actionLines = (action: Action): readonly string[] => {
	const when = action.when ? `, when ${action.when.text}` : '';
	const {kind, id} = action;
	switch (kind) {
		case 'job':
			return [`job ${id}${when}`, ...commandLines(action).map(line => `  ${line}`)];
		case 'read':
			return [`${kind} ${id}${when}: ${called(action.command)}`];
		case 'send':
		case 'lock':
		case 'keep':
			return [`${kind} ${id}${when}: ${called(action.command(1))}`];
		case 'transfer':
			return [
				`transfer ${id} against ${action.transfer.against}: ${called(action.transfer.list)}; ${called(action.transfer.receive(1))}`,
			];
		case 'follow':
			return [`follow ${id} of ${action.job}`];
		case 'prompt':
			return [`prompt ${id} before ${[...(action.before ?? []), action.job].join(' and ')}`];
		case 'hook':
			return [`hook ${id}${when}, ${action.fails}: ${action.hook.run.join(' ')}`];
		case 'probe':
		case 'served':
		case 'build':
			return [`${kind} ${id}`];
	}
};

const stepLines = ({id, touches, after, actions}: Step): readonly string[] => [
	`${id} touches ${touches}, after ${after.length === 0 ? 'nothing' : after.join(' and ')}`,
	...actions.flatMap(actionLines).map(line => `  ${line}`),
];

/** What a step does, in order, for people. */
export const stepOutline = (step: Step): string => stepLines(step).join('\n');

/** What a pipeline does: its steps, then its ways out. */
export const outline = ({steps, swapStep, abandon, closeAsFailed, closeAsPutBack, goBack}: Pipeline): string =>
	[
		...steps.map(stepOutline),
		`live changes in ${swapStep}`,
		...[abandon, closeAsFailed, closeAsPutBack, goBack?.job, goBack?.close].flatMap(job =>
			job ? [`job ${job.id}`, ...commandLines(job).map(line => `  ${line}`)] : [],
		),
		'',
	].join('\n');
