import {planLines, type PlanLine} from '../app/runs/plan-lines.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import {printJson} from './print-json.ts';
import {paint, type Terminal} from './terminal.ts';

const tail: Readonly<Record<string, string>> = {
	abandon: 'If it fails or is cancelled before the swap',
	'close-as-failed': 'If it fails after the swap',
	'on-failure': 'Once it has failed, and its host is in a named state',
};

/** Every command of a run: as text what each does and needs, as JSON also the exact line. */
export const printPlan = (terminal: Terminal, pipeline: Pipeline, json: boolean): void => {
	const lines = planLines(pipeline);
	if (json) {
		for (const line of lines) printJson(terminal, {type: 'plan.line', ...line});
		return;
	}
	terminal.out(
		`${paint(terminal, 'strong', pipeline.title)} on ${pipeline.host.name}: plan, nothing is connected to\n`,
	);
	if (pipeline.record.kind === 'deploy')
		terminal.out(
			'Before the words, and again under the lock, the gates ask the hosts what they know. That changes nothing.\n',
		);
	let step = '';
	for (const line of lines) {
		if (line.step !== step) terminal.out(`\n${paint(terminal, 'header', titleOf(pipeline, line.step))}\n`);
		step = line.step;
		printLine(terminal, line);
	}
	terminal.out(`\nExact lines: add --json.\n`);
};

const titleOf = ({steps}: Pipeline, id: string): string => {
	const index = steps.findIndex(step => step.id === id);
	return tail[id] ?? `${index + 1} ${steps[index]?.title ?? id}`;
};

const kinds: Readonly<Record<PlanLine['kind'], string>> = {
	read: 'asks',
	lock: 'runs',
	job: 'job',
	send: 'sends',
	transfer: 'sends',
	probe: 'here',
	served: 'here',
	build: 'here',
	prompt: 'asks',
	follow: '',
	hook: 'here',
	keep: 'sends',
};

const printLine = (terminal: Terminal, {kind, does, needs, when, line, on}: PlanLine): void => {
	const first = on === 'here' ? `${line}: ${does.join('')}` : does[0];
	terminal.out(
		`  ${kinds[kind].padEnd(6)} ${first}${when === undefined ? '' : paint(terminal, 'muted', `  only if ${when}`)}\n`,
	);
	if (on === 'host') for (const more of does.slice(1)) terminal.out(`         ${more}\n`);
	if (needs.length > 0) terminal.out(`         ${paint(terminal, 'muted', `needs ${needs.join(', ')}`)}\n`);
};
