import {posix} from 'node:path';
import {asUser, quote} from '../../commands/shell.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {targetOf} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {healthWords, stoppedWords, type EndState} from '../../domain/runs/run-end.ts';
import type {Made} from '../run-book.ts';
import {again} from './lock-errors.ts';

/**
 * Which way a run has ended. `untouched`: it did not come to its swap. `kept`: what it made live stays so. `back`: it went back
 * by itself. `back-failed`: it tried. `by-hand`: somebody else has put something else there.
 */
export type Course = 'untouched' | 'kept' | 'back' | 'back-failed' | 'by-hand';

/** Everything that the last words of a run are about. */
export type EndFacts = {
	readonly pipeline: Pipeline;
	readonly course: Course;
	readonly end: EndState;
	/** Path that is live once the run has swapped. */
	readonly made: string;
	/** Name of what was live when it began. */
	readonly found: string | undefined;
	/** What it had begun to make. */
	readonly begun: Made;
	/** What could not be ended or taken away. */
	readonly leftovers: readonly string[];
	/** Whether the lock was given back, whatever is left. */
	readonly isClosed: boolean;
	/** What stays whichever release is live. */
	readonly left: {readonly now: string; readonly next: string} | undefined;
};

/** What is so now: what is live, whether it answers, what does not run, what is left. */
export const nowWords = (ended: EndFacts): string => {
	const {pipeline, end, leftovers, isClosed, left} = ended;
	const {record, seen} = pipeline;
	const stopped = stoppedWords(end.services);
	return [
		...liveWords(ended),
		...(seen ? [`${healthWords(seen.name, end.health)}.`] : []),
		...(stopped === '' ? [] : [`${stopped}.`]),
		...leftovers.map(text => `Not tidied up: ${text.replace(/[.\s]*$/, '.')}`),
		...(leftovers.length === 0
			? []
			: isClosed
				? ['The lock was given back.']
				: [`Once that is mended: cockpit resume ${record.run} --env ${record.environment}`]),
		...(left ? [left.now] : []),
	]
		.filter(text => text !== '')
		.join(' ');
};

const notMade: Readonly<Record<Exclude<Made, 'release'>, string>> = {
	nothing: 'Nothing was changed, the lock was given back.',
	other: 'No release was made, the lock was given back.',
};

const liveWords = (ended: EndFacts): readonly string[] => {
	const {pipeline, course, end, begun, leftovers} = ended;
	if (end.is === 'unknown') return [`What is live on ${pipeline.host.name} is not known: it did not say.`];
	const removed =
		course === 'untouched' && leftovers.length === 0
			? [begun === 'release' ? removedWords(pipeline) : notMade[begun]]
			: [];
	return [...(pipeline.words ? fileWords(ended) : releaseWords(ended)), ...removed];
};

const removedWords = ({words, record}: Pipeline): string =>
	words?.removed ??
	(record.target?.kind === 'snapshot'
		? 'The lock was given back.'
		: 'The release being prepared was removed, the lock given back.');

/** Of a run that changes a file. */
const fileWords = ({pipeline: {words}, course, end}: EndFacts): readonly string[] => {
	if (!words) return [];
	const {untouched, swapped, back} = words;
	if (end.is === 'new') return course === 'back-failed' ? [`Going back failed: ${swapped}`] : [swapped];
	if (course === 'back')
		return [`Went back: ${back}${end.health.state === 'bad' ? '' : ', and the app is healthy'}.`];
	if (course === 'back-failed') return [`Going back did not end well, but ${back}.`];
	return course === 'untouched' ? [untouched] : [`${back}.`];
};

const plainDirectory = 'a plain directory';

const releaseWords = ({pipeline, course, end, made}: EndFacts): readonly string[] => {
	const {app, host, record} = pipeline;
	const name = end.live ?? plainDirectory;
	const isRecorded = `Run ${record.run} is recorded as failed: its release ${posix.basename(made)} is not live.`;
	if (end.is === 'new') {
		const live = course === 'back-failed' ? 'Going back failed: live' : 'Live';
		if (record.kind === 'rollback') return [`${live} ${app} is ${name}, to which it was rolled back.`];
		return [`${live} ${app} is ${end.live === undefined ? `${plainDirectory} again` : `the new release ${name}`}.`];
	}
	if (course === 'by-hand') return [`Live ${app} on ${host.name} is ${name}, put there by hand.`, isRecorded];
	if (end.is === 'other') {
		const told = `Live ${app} on ${host.name} is ${name}, put there by somebody else`;
		return course === 'untouched' ? [`${told}: not by this run.`] : [`${told}.`, isRecorded];
	}
	if (course === 'untouched') return [`Live ${app} is untouched: ${name}.`];
	const kept = `The failed release ${posix.basename(made)} is kept.`;
	if (course === 'back') {
		const healthy = end.health.state === 'bad' ? '' : ', and healthy';
		return [`Went back: live ${app} on ${host.name} is ${name} again${healthy}.`, kept];
	}
	return course === 'back-failed'
		? [`Going back did not end well, but live ${app} on ${host.name} is ${name} again, as before.`, kept]
		: [`Live ${app} on ${host.name} is ${name}, as before.`];
};

/** What to do next: only what would change something. `mend`: what the failure itself asks for. */
export const nextWords = (ended: EndFacts, mend: string): string => {
	const {pipeline, course, end, left} = ended;
	const repair = repairLines(ended);
	const of = (...lines: readonly string[]): string =>
		[...lines, ...(left ? [left.next] : [])].filter(line => line !== '').join('\n');
	if (course === 'untouched' || course === 'by-hand') return of(mend, ...repair);
	if (end.is === 'new' || end.is === 'unknown')
		return of(
			mend,
			...repair,
			'Go back with:',
			...wayBackOf(ended).map(line => `  ${line}`),
			// What did not work by itself may not work by hand: the release before may be gone.
			...(course === 'back-failed'
				? [`To another one: cockpit backups list --env ${pipeline.record.environment}`]
				: []),
		);
	const start = `then start again: ${again(pipeline)}`;
	if (course === 'back' && repair.length === 0) return of(`Mend what is named above, ${start}`);
	return of(
		`What was live before is live already: a rollback would change nothing.`,
		...repair,
		`Mend why it failed, ${start}`,
	);
};

/** A rollback has left behind it what was live: "the release before" is that one by now. */
const wayBackOf = ({pipeline: {record, wayBack}, found}: EndFacts): readonly string[] =>
	record.kind === 'rollback' && found !== undefined
		? [`cockpit rollback ${record.app} --env ${record.environment} --to ${found} --confirm ROLLBACK`]
		: wayBack;

/** How what does not run is started and asked why; where all of it runs and the app is not well, where it says why. */
const repairLines = ({pipeline, end}: EndFacts): readonly string[] => {
	const stopped = (end.services ?? []).filter(({runs}) => !runs);
	if (stopped.length > 0) return stopped.flatMap(({name}) => startLines(pipeline, name));
	if (end.health.state !== 'bad') return [];
	return [`Why it does not answer well: cockpit logs --env ${pipeline.environment.name} --level error --since swap`];
};

const startLines = ({environment, app, host}: Pipeline, name: string): readonly string[] => {
	const target = targetOf(environment, app);
	const line = (...argv: readonly [string, ...string[]]): string =>
		sshLine(
			host,
			asUser({argv, ...(as === undefined ? {} : {as})})
				.map(quote)
				.join(' '),
		);
	const isUnit = target?.services.some(({unit}) => unit === name) ?? true;
	const as = isUnit ? 'root' : target?.recipe === 'nextjs' ? target.pm2User : undefined;
	const pm2 = target?.recipe === 'nextjs' ? target.pm2 : 'pm2';
	return isUnit
		? [
				`Start ${name}: ${line('systemctl', 'start', name)}`,
				`Its own words: ${line('journalctl', '-u', name, '-n', '50', '--no-pager')}`,
			]
		: [
				`Start ${name}: ${line(pm2, 'restart', name)}`,
				`Its own words: ${line(pm2, 'logs', name, '--lines', '50', '--nostream')}`,
			];
};
