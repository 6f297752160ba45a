import type {RunEvent} from '../domain/events.ts';
import {duration} from '../domain/format.ts';
import {emptyRun, foldRun, type RunState} from '../domain/run-state.ts';
import {paint, type Terminal} from './terminal.ts';

/** Version of the objects `--json` prints; raised when a field changes its meaning. */
export const jsonSchemaVersion = 1;

/** One JSON object per event and line. */
export const printRunJson =
	(terminal: Terminal) =>
	(event: RunEvent): void =>
		terminal.out(`${JSON.stringify({schema: jsonSchemaVersion, ...event})}\n`);

/** A run as plain lines: step headers, their output, their ends. */
export const printRun = (terminal: Terminal): ((event: RunEvent) => void) => {
	let state: RunState = emptyRun;
	return event => {
		state = foldRun(state, event);
		for (const line of linesFor(terminal, state, event)) terminal.out(`${line}\n`);
	};
};

const linesFor = (terminal: Terminal, state: RunState, event: RunEvent): string[] => {
	switch (event.type) {
		case 'run.started':
			return [
				paint(terminal, 'strong', event.title),
				paint(terminal, 'muted', `run ${event.record.run} on ${event.host}`),
			];
		case 'run.resumed':
			return [paint(terminal, 'strong', `Resumes run ${event.run}, attempt ${event.attempt}`)];
		case 'step.started':
			return [
				...swapLine(terminal, state, event.step),
				paint(terminal, 'header', `▸ ${position(state, event.step)}`),
			];
		case 'step.output':
			return event.lines.map(line => paint(terminal, 'muted', `    ${event.command} │ ${line}`));
		case 'step.finished':
			return [finished(terminal, state, event)];
		case 'health.sampled':
			return [paint(terminal, 'muted', `    health │ ${event.answer} in ${Math.round(event.durationMs)} ms`)];
		case 'live.changed':
			return [paint(terminal, 'attention', `  ── swap: live is now ${event.to}`)];
		case 'link.lost':
			return [
				paint(
					terminal,
					'attention',
					`  ▲ connection to ${event.host} lost: ${event.reason}. The job on the host goes on.`,
				),
			];
		case 'link.resumed':
			return [
				paint(
					terminal,
					'attention',
					`  ● connection to ${event.host} is back after ${duration(event.afterMs)}`,
				),
			];
		case 'lock.taken':
		case 'action.announced':
		case 'step.progress':
		case 'run.finished':
			return [];
	}
};

const position = ({steps}: RunState, id: string): string => {
	const index = steps.findIndex(step => step.id === id);
	return index < 0 ? id : `${index + 1}/${steps.length} ${steps[index]?.title}`;
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
