import {Argument, Option} from 'commander';
import type {AppServices} from '../app/app-services.ts';
import {hiddenWords, ownWords} from '../app/own-words.ts';
import type {AppName, Environment} from '../domain/environments/environment.ts';
import {usage} from '../domain/errors.ts';
import {reasonRefusal} from '../domain/reason.ts';
import type {Terminal} from './terminal.ts';

/* What several verbs are given, once. Each call makes a new one: commander keeps state in them. */

/** What each verb knows of how to print. */
export type JsonOption = {readonly json: boolean};

export const environmentOption = (): Option => new Option('--env <name>', 'environment').makeOptionMandatory();

/** For verbs that ask all environments unless one is named. */
export const onlyEnvironmentOption = (): Option => new Option('--env <name>', 'only this environment');

export const onlyAppOption = (): Option =>
	new Option('--app <app>', 'only of this app').choices(['backend', 'frontend'] satisfies AppName[]);

export const jsonOption = (): Option => new Option('--json', 'one JSON object per line').default(false);

export const planOption = (): Option =>
	new Option('--plan', 'print every command and stop; connects to nothing').default(false);

/** For what changes production: whether it stays to see what comes of it. */
export const watchOption = (): Option =>
	new Option('--watch', 'stay until the watch behind it has ended; exit 7 when that was bad').default(false);

/** The words a person would type; given once per word, in order. */
export const wordsOption = (description: string): Option =>
	new Option('--confirm <word>', description)
		.default([])
		.argParser((word: string, before: readonly string[]) => [...before, word]);

/** What `hold` and `unlock` are told. */
export type HoldOptions = JsonOption & {readonly app?: AppName; readonly reason: string};

export const reasonOption = (): Option => new Option('--reason <text>', 'why').makeOptionMandatory();

/** Throws DeployError `usage`. */
export const reasonOf = (reason: string): string => {
	const refusal = reasonRefusal(reason);
	if (refusal === undefined) return reason.trim();
	throw usage({
		what: 'A reason is missing',
		why: `others read it before they ask you: ${refusal}`,
		next: 'Say why in a few words: --reason "load test until noon"',
	});
};

/** Words of somebody's own as they are kept; who typed a secret is told that it is hidden. */
export const toKeep = (
	{
		terminal,
		services,
		environment,
	}: {
		readonly terminal: Terminal;
		readonly services: Pick<AppServices, 'secrets'>;
		readonly environment: Environment;
	},
	typed: string,
): string => {
	const kept = ownWords(services, environment, typed);
	if (kept !== typed) terminal.err(`${hiddenWords}\n`);
	return kept;
};

/** `2h`, `90m` in minutes, as `option` is given it. Throws DeployError `usage`. */
export const minutesIn = (text: string, option: string): number => {
	const [, count, unit] = /^(\d{1,4})(m|h)$/.exec(text) ?? [];
	const minutes = Number(count) * (unit === 'h' ? 60 : 1);
	if (minutes > 0) return minutes;
	throw usage({
		what: `${JSON.stringify(text)} is not a duration`,
		why: `${option} takes minutes or hours`,
		next: `Write ${option} 2h or ${option} 90m.`,
	});
};

/** What the gates may be asked to go by instead of the usual policy. */
export type GateTerms = {
	/** Why the emergency profile is used. */
	readonly emergency?: string;
	/** Beginning of the digest of a policy that asks less than the last one. */
	readonly acceptPolicy?: string;
};

export const emergencyOption = (): Option =>
	new Option('--emergency <reason>', 'go by the emergency profile of the environment, and say why');

export const acceptPolicyOption = (): Option =>
	new Option(
		'--accept-policy <digest>',
		'go by this policy though it asks less than at the last run; recorded under your name',
	);

/** Throws DeployError `usage`. */
export const parseApp = (value: string): AppName => {
	if (value === 'backend' || value === 'frontend') return value;
	throw usage({
		what: `There is no app ${JSON.stringify(value)}`,
		why: 'an app is backend or frontend',
		next: 'cockpit deploy backend --env preprod',
	});
};

export const appArgument = (): Argument => new Argument('<app>', 'backend or frontend').argParser(parseApp);
