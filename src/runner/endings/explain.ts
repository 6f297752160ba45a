import {cutAnswer} from '../../commands/answers.ts';
import {fenceExit} from '../../commands/lock/fence/fence.ts';
import {answerUnreadable, stepFailed, type DeployError} from '../../domain/errors.ts';
import type {ExecResult} from '../../domain/ports.ts';
import {sanitise} from '../jobs/job-output.ts';
import type {RunContext} from '../run-context.ts';
import {takenOver} from './lock-errors.ts';

/* What composer says of every healthy install, often behind the reason of a failed one, whose lines it would push out. */
const isIdle = (line: string): boolean =>
	/does not comply with psr-\d autoloading standard\. Skipping\.$/.test(line) || line.startsWith('> ');

/** Last lines of a tool's own words that say anything. */
const lastWords = (output: string, count = 6): string[] =>
	output
		.split('\n')
		.map(line => withoutQuote(sanitise(line)).trim())
		.filter(line => line !== '' && !/^[-=+|\s]+$/.test(line) && !isIdle(line))
		.slice(-count);

/* Laravel quotes the value it could not parse, which may be a password. Source: vlucas/phpdotenv, `ErrorProvider`. */
const withoutQuote = (line: string): string =>
	line.replace(/^(.*Failed to parse dotenv file\..*? at \[).*$/i, '$1...]');

const hints: readonly {readonly pattern: RegExp; readonly next: string}[] = [
	{pattern: /No space left on device|Disk quota exceeded/i, next: 'Free space on the host, then start again.'},
	{
		pattern: /a password is required|sudo: not found|sudo: command not found/i,
		next: 'Install sudo and allow the command with NOPASSWD in /etc/sudoers.d, then start again.',
	},
	{pattern: /Permission denied/i, next: 'Check owner and mode of the path named above, then start again.'},
];

/** Where a run is: a step by its title, on its host. */
export const placeOf = ({pipeline: {steps, host, environment}, step}: Place, what: string): string =>
	`${steps.find(({id}) => id === step)?.title ?? step} ${what} on ${host.name} (${environment.name})`;

type Place = Pick<RunContext, 'pipeline' | 'step'>;

/** Turns a command's exit into what an operator reads: the tool's own words first. */
export const explainExit = (place: Place, command: string, exit: number, output: string): DeployError => {
	const words = lastWords(output);
	return stepFailed({
		what: placeOf(place, 'failed'),
		why: [`${command} exited with ${exit}${words.length > 0 ? ':' : ''}`, ...words].join('\n'),
		now: '',
		next: hints.find(({pattern}) => pattern.test(output))?.next ?? 'Mend what is named above, then start again.',
	});
};

/** The same of what is fenced: it may have been refused because somebody else drives the run by now. */
export const explainFenced = (place: Place, command: string, {code, stderr}: ExecResult): DeployError =>
	code === fenceExit.fenced ? takenOver(place.pipeline, stderr) : explainExit(place, command, code, stderr);

/** A host that says by its exit code that all is well, and by no word: how it came out is not known. */
const explainUnsaid = (place: Place, what: string, {code, stdout, stderr}: ExecResult): DeployError => {
	const {why, next} = cutAnswer(what, stderr.trim() === '' ? stdout : stderr);
	return answerUnreadable({what: placeOf(place, 'failed'), why: `${why} (exit ${code})`, now: '', next});
};

/** Why an answer without the word that ends it is none. */
export const explainNoEnd = (place: Place, command: string, result: ExecResult): DeployError =>
	result.code === 0 ? explainUnsaid(place, command, result) : explainFenced(place, command, result);
