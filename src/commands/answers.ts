import {answerUnreadable, hasCode, type DeployError} from '../domain/errors.ts';
import {isTime, timeWritten} from '../domain/host-clock.ts';
import type {ExecResult} from '../domain/ports.ts';
import {saidFirst} from '../domain/said-first.ts';

/** What a host answered in lines of a name and a value; a name may come several times. */
export type Answers = {
	readonly all: (name: string) => readonly string[];
	/** The first of them. */
	readonly one: (name: string) => string | undefined;
	/** One of these words, which is all that the program prints there. Throws as `cutAnswer` for any other. */
	readonly word: <const Word extends string>(name: string, words: readonly Word[]) => Word | undefined;
	/** Whole number; NaN where there is none, or nothing in its place. Throws as `cutAnswer` for anything else. */
	readonly figure: (name: string) => number;
	/** The clock of the host, epoch seconds. Throws as `cutAnswer` where it does not say any. */
	readonly clock: (name: string) => number;
};

/**
 * What a reader throws: the answer is cut, or is another one. `about`: what was asked, for people. Who asked says which host
 * it was, by `understand`.
 */
export const cutAnswer = (about: string, text: string, why = 'it is cut, or is no answer'): DeployError =>
	answerUnreadable({
		what: "An answer of a host can't be read",
		why: `About ${about}: ${why}. It says: ${saidFirst(text)}`,
		next: 'Ask again. If it stays so, look at what the login of this host prints and at the tools it finds first.',
	});

/** Reads what a host has answered. Throws DeployError `answer-unreadable` with the host, the exit code and its own words. */
export const understand = <Value>(
	host: string,
	{code, stdout, stderr}: Pick<ExecResult, 'code' | 'stdout' | 'stderr'>,
	read: (stdout: string) => Value,
): Value => {
	try {
		return read(stdout);
	} catch (error) {
		if (!hasCode(error, 'answer-unreadable')) throw error;
		const words = stderr.trim() === '' ? '' : `; standard error: ${saidFirst(stderr)}`;
		throw error.with({what: `An answer of ${host} can't be read`, why: `${error.why} (exit ${code}${words})`});
	}
};

const wholeNumber = /^\s*(-?\d{1,15})(?!\d)/;

/** Whole number as a host wrote it; undefined for anything else, and for more than anything there has. */
export const wholeIn = (text: string | undefined): number | undefined => {
	const [, digits] = wholeNumber.exec(text ?? '') ?? [];
	return digits === undefined ? undefined : Number(digits);
};

/** Epoch seconds as a host wrote them, whole ones; undefined for anything that is no time. */
export const secondsIn = (text: string | undefined): number | undefined => {
	const seconds = wholeIn(text);
	return seconds !== undefined && isTime(seconds * 1000) ? seconds : undefined;
};

/** ISO 8601 text as a host wrote it, and empty for anything that is no time. */
export const timeTextIn = (value: unknown): string => (timeWritten(value) === undefined ? '' : textOrEmpty(value));

/** Reads lines of `name<TAB>value`, or of what else stands between them. Lines without it are left out. */
export const answersIn = (text: string, between: '\t' | ' ' = '\t'): Answers => {
	const lines = text.split('\n');
	const all = (name: string): readonly string[] =>
		lines.flatMap(line => (line.startsWith(name + between) ? [line.slice(name.length + 1)] : []));
	const one = (name: string): string | undefined => all(name)[0];
	return {
		all,
		one,
		word: (name, words) => {
			const value = one(name);
			const word = words.find(known => known === value);
			if (value !== undefined && word === undefined)
				throw cutAnswer(name, text, `it answered ${name} ${JSON.stringify(saidFirst(value))}`);
			return word;
		},
		figure: name => {
			const value = one(name) ?? '';
			const figure = wholeIn(value);
			if (figure === undefined && /^\s*-?\d/.test(value))
				throw cutAnswer(name, text, `it answered ${name} ${JSON.stringify(saidFirst(value))}`);
			return figure ?? Number.NaN;
		},
		clock: name => {
			const seconds = secondsIn(one(name));
			if (seconds === undefined) throw cutAnswer(name, text, 'it did not say its time');
			return seconds;
		},
	};
};

/** One JSON object, as a host keeps it in a line of a file; undefined for anything else, such as a line that was torn. */
export const objectIn = (line: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		return asObject(JSON.parse(line));
	} catch {
		return undefined;
	}
};

export const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Readonly<Record<string, unknown>>)
		: undefined;

/** What was found in such an object where a text is meant. */
export const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');
