import {DeployError, type ErrorCode} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../jobs/job-output.ts';

/* What composer says of every healthy install, often behind the reason of a failed one, whose lines it would push out. */
const isIdle = (line: string): boolean =>
	/does not comply with psr-\d autoloading standard\. Skipping\.$/.test(line) || line.startsWith('> ');

/** Last lines of a tool's own words that say anything. */
const lastWords = (output: string, count = 6): string[] =>
	output
		.split('\n')
		.map(line => withoutSecrets(sanitise(line)).trim())
		.filter(line => line !== '' && !/^[-=+|\s]+$/.test(line) && !isIdle(line))
		.slice(-count);

/* Laravel quotes the value it could not parse, which may be a password. Source: vlucas/phpdotenv, `ErrorProvider`. */
const withoutSecrets = (line: string): string =>
	line.replace(/^(.*Failed to parse dotenv file\..*? at \[).*$/i, '$1...]');

const hints: readonly {readonly pattern: RegExp; readonly next: string}[] = [
	{pattern: /No space left on device|Disk quota exceeded/i, next: 'Free space on the host, then start again.'},
	{
		pattern: /a password is required|sudo: not found|sudo: command not found/i,
		next: 'Install sudo and allow the command with NOPASSWD in /etc/sudoers.d, then start again.',
	},
	{pattern: /Permission denied/i, next: 'Check owner and mode of the path named above, then start again.'},
];

/** Turns a command's exit into what an operator reads: the tool's own words first. */
export const explainExit = (options: {
	readonly pipeline: Pipeline;
	readonly step: string;
	readonly command: string;
	readonly exit: number;
	readonly output: string;
	readonly code?: ErrorCode;
}): DeployError => {
	const {pipeline, command, exit, output} = options;
	const words = lastWords(output);
	const title = pipeline.steps.find(({id}) => id === options.step)?.title ?? options.step;
	return new DeployError({
		code: options.code ?? 'step-failed',
		what: `${title} failed on ${pipeline.host.name} (${pipeline.environment.name})`,
		why: [`${command} exited with ${exit}${words.length > 0 ? ':' : ''}`, ...words].join('\n'),
		now: '',
		next: hints.find(({pattern}) => pattern.test(output))?.next ?? 'Mend what is named above, then start again.',
	});
};
