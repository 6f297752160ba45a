import type {RunEvent} from '../domain/runs/events.ts';
import {duration} from '../domain/format.ts';
import {sampledLine} from '../domain/runs/sampled-line.ts';
import type {Prompt} from '../domain/runs/prompt.ts';
import {emptyRun, foldRun, type RunState} from '../domain/runs/run-state.ts';
import {sanitise} from '../runner/jobs/job-output.ts';
import {printJson} from './print-json.ts';
import {paint, type Meaning, type Terminal} from './terminal.ts';

/** One JSON object per event and line. */
export const printRunJson =
	(terminal: Terminal) =>
	(event: RunEvent): void =>
		printJson(terminal, event);

/** A run as plain lines: step headers, their output, their ends. `before`: what is known of one that is driven on. */
export const printRun = (terminal: Terminal, before: RunState = emptyRun): ((event: RunEvent) => void) => {
	let state = before;
	const isTold = createHealthPace();
	return event => {
		state = foldRun(state, event);
		if (event.type === 'health.sampled' && !isTold(event)) return;
		for (const line of linesFor(terminal, state, event)) terminal.out(`${line}\n`);
	};
};

const healthEveryMs = 1000;

/** Of answers alike one a second is printed, and each that differs or decides. */
const createHealthPace = (): ((event: Extract<RunEvent, {type: 'health.sampled'}>) => boolean) => {
	let last: {readonly at: number; readonly answer: string; readonly step: string} | undefined;
	return ({at, answer, step, waits}) => {
		const isAlike = last?.answer === answer && last.step === step && waits !== undefined;
		if (last && isAlike && at - last.at < healthEveryMs) return false;
		last = {at, answer, step};
		return true;
	};
};

const linesFor = (terminal: Terminal, state: RunState, event: RunEvent): string[] => {
	const line = (meaning: Meaning, text: string): string[] => [paint(terminal, meaning, text)];
	switch (event.type) {
		case 'run.started':
			return [...line('strong', event.title), ...line('muted', `run ${event.record.run} on ${event.host}`)];
		case 'run.resumed':
			return line('strong', `Resumes run ${event.run}, attempt ${event.attempt}`);
		case 'step.started':
			return [...swapLine(terminal, state, event.step), ...line('header', `▸ ${position(state, event.step)}`)];
		case 'step.output':
			return event.lines.flatMap(text => line('muted', `    ${event.command} │ ${text}`));
		case 'step.finished':
			return [finished(terminal, state, event)];
		case 'health.sampled':
			return line('muted', `    health │ ${sampledLine(event)}`);
		case 'live.changed':
			return line('attention', `  ── swap: live is now ${event.to}`);
		case 'link.lost':
			return line(
				'attention',
				`  ▲ connection to ${event.host} lost: ${event.reason}. The job on the host goes on.`,
			);
		case 'link.resumed':
			return line('attention', `  ● connection to ${event.host} is back after ${duration(event.afterMs)}`);
		case 'prompt.raised':
			return promptLines(terminal, event.prompt);
		case 'prompt.answered':
			return line('attention', `  answered: ${event.choice}${event.by === 'person' ? '' : `, ${event.by}`}`);
		case 'going-back.started':
			return line('attention', `▸ Going back from ${event.from}`);
		case 'going-back.finished':
			return event.state === 'done'
				? line('success', `✓ Went back: live is ${event.live ?? 'not known'}`)
				: line('danger', `✗ Going back failed; live is ${event.live ?? 'not known'}`);
		case 'run.noted':
			return line('attention', `  ▲ ${event.text}`);
		case 'downtime.measured':
		case 'lock.taken':
		case 'action.announced':
		case 'step.progress':
		case 'run.finished':
			return [];
	}
};

const promptLines = (terminal: Terminal, {title, facts, sql = []}: Prompt): string[] => [
	paint(terminal, 'attention', `? ${title}`),
	...facts.map(fact => `    ${sanitise(fact)}`),
	...sql.map(({text, isDestructive}) =>
		paint(
			terminal,
			isDestructive ? 'danger' : 'muted',
			`    ${isDestructive ? '✗ destructive ' : ''}${sanitise(text)}`,
		),
	),
];

const position = ({steps}: RunState, id: string): string => {
	const index = steps.findIndex(step => step.id === id);
	const found = steps[index];
	if (!found) return id;
	const numbered = steps.filter(({isClosing}) => !isClosing).length;
	return found.isClosing ? found.title : `${index + 1}/${numbered} ${found.title}`;
};

const swapLine = (terminal: Terminal, {swapStep}: RunState, step: string): string[] =>
	step === swapStep ? [paint(terminal, 'attention', '──── live is untouched above this line ────')] : [];

const finished = (terminal: Terminal, state: RunState, event: Extract<RunEvent, {type: 'step.finished'}>): string => {
	const [glyph, meaning] = (
		{done: ['✓', 'success'], failed: ['✗', 'danger'], cancelled: ['–', 'attention']} as const
	)[event.state];
	const word = event.state === 'done' ? '' : ` ${event.state}`;
	const summary = event.summary === undefined ? '' : `  ${event.summary}`;
	return `${paint(terminal, meaning, `${glyph} ${position(state, event.step)}${word}`)}${summary}  ${paint(terminal, 'muted', duration(event.durationMs))}`;
};
