import {misconfigured, type DeployError} from '../domain/errors.ts';

/** One mistake in a configuration file, with the place and the way out. */
export type ConfigProblem = {
	/** Relative to the configuration directory, e.g. `environments/preprod.yaml`. */
	readonly file: string;
	/** From 1. */
	readonly line: number;
	/** From 1, in UTF-16 code units. */
	readonly column: number;
	/** Path of the value, e.g. `hosts[0].port`; empty for the file as a whole. */
	readonly path: string;
	/** What is wrong. Never a secret. */
	readonly problem: string;
	readonly fix: string;
};

/** A value that a field refuses: what is wrong with it and how to write it. */
export class Fault {
	readonly problem: string;
	readonly fix: string;

	constructor(problem: string, fix: string) {
		this.problem = problem;
		this.fix = fix;
	}
}

export type Path = ReadonlyArray<string | number>;

/** `['hosts', 0, 'port']` as `hosts[0].port`. */
export const formatPath = (path: Path): string =>
	path
		.map(part => (typeof part === 'string' && /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`))
		.join('')
		.replace(/^\./, '');

export const formatProblem = ({file, line, column, path, problem, fix}: ConfigProblem): string =>
	`${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${problem}. Fix: ${fix}${/[.?]$/.test(fix) ? '' : '.'}`;

const inReadingOrder = (a: ConfigProblem, b: ConfigProblem): number =>
	a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

/** One error for everything that is wrong, in reading order, so that one round of editing is enough. */
export const configurationError = (directory: string, problems: readonly ConfigProblem[]): DeployError =>
	misconfigured({
		what: `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in the configuration ${directory}`,
		why: problems.toSorted(inReadingOrder).map(formatProblem).join('\n'),
		now: 'Nothing was started and no host was contacted.',
		next: 'Correct the places named above and run the same command again.',
	});
