import {shortCommit} from '../build.ts';
import {hasCode, type DeployError} from '../errors.ts';
import {duration} from '../format.ts';
import {downtimeWords} from '../runs/downtime-words.ts';
import type {Pipeline} from '../runs/pipeline.ts';
import type {Prompt} from '../runs/prompt.ts';
import type {MeasuredDowntime} from '../runs/run-state.ts';
import {cutLine, type Message} from './message.ts';

/** A run as far as its messages speak of it. */
export type ToldRun = Pick<Pipeline, 'record' | 'title' | 'app'> & {
	readonly environment: Pick<Pipeline['environment'], 'name' | 'tier'>;
	/** File with the whole story, on the machine of whoever drives; empty where none is kept. */
	readonly logPath: string;
};

/** How a run ended, and what came on its way. */
export type RunEnd = {
	readonly outcome: 'done' | 'failed' | 'cancelled' | 'left';
	readonly error?: DeployError | undefined;
	/** It has gone back to what was live before, by itself. */
	readonly wentBack: boolean;
	readonly durationMs: number;
	/** Absent: nobody asked live meanwhile. */
	readonly downtime?: MeasuredDowntime | undefined;
	readonly attempt: number;
};

const messageOf = (
	{record, app, environment, logPath}: ToldRun,
	{event, title, lines, key}: Pick<Message, 'event' | 'title' | 'lines' | 'key'>,
): Message => ({
	event,
	environment: environment.name,
	app,
	title,
	lines: [...lines, `By ${record.actor.name} on ${record.actor.machine}, run ${record.run}`],
	key: `run ${record.run} ${key}`,
	run: record.run,
	...(logPath === '' ? {} : {link: logPath}),
});

/** The build where the title does not name it: an adoption has none. */
const buildLine = ({record: {kind, commit}}: ToldRun): readonly string[] =>
	kind === 'rollback' && commit !== '' ? [`Build ${shortCommit(commit)}`] : [];

/** Why the emergency profile was gone by: whoever was not asked hears of it. */
const emergencyLine = ({record: {promotion}}: ToldRun): readonly string[] =>
	promotion?.emergency === undefined ? [] : [cutLine(`EMERGENCY: ${promotion.emergency}`)];

export const startedMessage = (run: ToldRun): Message =>
	messageOf(run, {
		event: 'started',
		title: `Started: ${run.title}`,
		lines: [...buildLine(run), ...emergencyLine(run)],
		key: 'started',
	});

const mostFacts = 3;

/** A run that waits for a person. */
export const questionMessage = (run: ToldRun, {id, title, facts}: Prompt): Message =>
	messageOf(run, {
		event: 'question',
		title: `Waits for an answer: ${run.title}`,
		lines: [
			title,
			...facts.slice(0, mostFacts),
			...(facts.length > mostFacts ? [`and ${facts.length - mostFacts} more`] : []),
			`Next: answer it in the cockpit of ${run.record.actor.name}.`,
		].map(cutLine),
		key: `asks ${id}`,
	});

const nextOf = ({record: {kind}, environment: {name, tier}}: ToldRun): readonly string[] => {
	if (kind !== 'deploy' && kind !== 'rollback') return [];
	if (tier === 'production') return [`Next: watch it: cockpit watch --env ${name}`];
	return kind === 'deploy' ? [`Next: sign what you see work: cockpit checklist show --env ${name}`] : [];
};

const downtimeText = (downtime: MeasuredDowntime | undefined): string => {
	if (!downtime) return '';
	const words = downtimeWords(downtime);
	return words === 'none' ? ', no downtime' : `, downtime ${words}`;
};

const doneMessage = (run: ToldRun, {durationMs, downtime}: RunEnd): Message =>
	messageOf(run, {
		event: run.record.kind === 'rollback' ? 'rolled-back' : 'done',
		title: `Done: ${run.title}`,
		lines: [
			...buildLine(run),
			...emergencyLine(run),
			`Took ${duration(durationMs)}${downtimeText(downtime)}`,
			...nextOf(run),
		],
		key: 'done',
	});

/** Of an error its own words; what a program printed below them may be anything, and stays in the log. */
const errorLines = ({why, now, next}: DeployError): readonly string[] =>
	[
		['Why', why],
		['Now', now],
		['Next', next],
	].flatMap(([name, text = '']) => {
		const [first = ''] = text.split('\n');
		return first === '' ? [] : [cutLine(`${name}: ${first}`)];
	});

/**
 * What is told of the end of a run. Undefined where somebody else drives it on, who will tell. A run that nobody drives
 * any more waits for a person as one that asks does.
 */
export const endMessage = (run: ToldRun, end: RunEnd): Message | undefined => {
	const {outcome, error, wentBack, attempt} = end;
	if (hasCode(error, 'taken-over')) return undefined;
	if (outcome === 'done') return doneMessage(run, end);
	const {title} = run;
	const lines = [...emergencyLine(run), ...(error ? errorLines(error) : [])];
	if (outcome === 'left')
		return messageOf(run, {event: 'question', title: `Nobody drives it: ${title}`, lines, key: `left ${attempt}`});
	if (wentBack)
		return messageOf(run, {event: 'rolled-back', title: `Failed, went back: ${title}`, lines, key: 'end'});
	if (outcome === 'cancelled')
		return messageOf(run, {event: 'failed', title: `Cancelled: ${title}`, lines, key: 'end'});
	return hasCode(error, 'blocked', 'locked')
		? messageOf(run, {event: 'blocked', title: `Blocked: ${title}`, lines, key: 'end'})
		: messageOf(run, {event: 'failed', title: `Failed: ${title}`, lines, key: 'end'});
};
