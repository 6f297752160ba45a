import {maskSecrets} from '../logs/mask.ts';
import {sanitise} from '../sanitise.ts';
import type {AppName} from './environment.ts';

/**
 * When the team's own programs are run. `beforeMigrate`: the backup is verified, the database is as it was.
 * `afterBackup`: the archive is there. `afterDeploy`, `afterRollback`: live is healthy, the lock is still held.
 * `onFailure`: a run has failed, and its host is left in a named state.
 */
export const hookMoments = ['beforeMigrate', 'afterBackup', 'afterDeploy', 'afterRollback', 'onFailure'] as const;

export type HookMoment = (typeof hookMoments)[number];

/**
 * What a failing hook does to the run. `stop`: the step fails. `go-on`: it is noted. `rollback`: as `stop`, and behind
 * the swap the run goes back to its snapshot by itself. `onFailure` and `afterRollback` take `go-on` alone.
 */
export const hookPolicies = ['stop', 'go-on', 'rollback'] as const;

export type HookPolicy = (typeof hookPolicies)[number];

/** A program of the team's own that a run executes. */
export type Hook = {
	/** Lower-case words joined by `-`, unique in its moment: names it on screen, in jobs and in logs. */
	readonly id: string;
	/** Never a shell line. Here, a relative program is looked for below the configuration directory, then on the PATH. */
	readonly run: readonly [string, ...string[]];
	/** On this machine, or on the primary host as the SSH user. */
	readonly where: 'here' | 'host';
	/** It is ended, with all it has started, when it takes longer. */
	readonly timeoutMs: number;
	readonly fails: HookPolicy;
	/** Names of variables of this machine that a hook run here gets beside `COCKPIT_*`, PATH, HOME and LANG. */
	readonly variables: readonly string[];
};

/** The hooks of one app in one environment, in the order they run. */
export type Hooks = {readonly [Moment in HookMoment]?: readonly Hook[]};

/** What a hook hears: every value as `COCKPIT_<NAME>` in its environment, the whole as one JSON object on standard input. */
export type HookFacts = {
	readonly moment: HookMoment;
	readonly project: string;
	readonly environment: string;
	readonly app: AppName;
	readonly host: string;
	readonly address: string;
	readonly run: string;
	readonly kind: 'deploy' | 'rollback';
	/** ISO 8601 UTC. */
	readonly startedAt: string;
	/** Of the build that is deployed or gone back to; empty where it is not known. */
	readonly commit: string;
	readonly release: string;
	/** The one that was live before; empty where it is not known. */
	readonly previous: string;
	/** Absolute path of the archive on the host. */
	readonly backup: string;
	readonly site: string;
	readonly api: string;
	readonly actor: string;
	/** Of a hook run here: 1, or more where somebody drives the run on. */
	readonly attempt?: number;
	/** Of `onFailure`: what happened, and the release that is live now; empty where it is not known. */
	readonly error?: string;
	readonly live?: string;
};

/** What a hook hears as variables of its environment: `COCKPIT_STARTED_AT`. */
export const hookVariables = (facts: Partial<HookFacts>): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(facts).map(([name, value]) => [
			`COCKPIT_${name.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`,
			String(value),
		]),
	);

/** What everything a hook starts has as `COCKPIT_HOOK` in its environment: by that it is found when it has to end. */
export const hookMark = ({run, moment}: Pick<HookFacts, 'run' | 'moment'>, {id}: Pick<Hook, 'id'>): string =>
	`${run}/${moment}/${id}`;

/** How people read of a hook: `hook rds-snapshot`. */
export const hookLabel = ({id}: Pick<Hook, 'id'>): string => `hook ${id}`;

/**
 * What a hook asks to be kept with the backup and the ledger entry of the run, by lines `cockpit-keep NAME=VALUE` of its
 * standard output. Names in use: `database-snapshot`, `database-restore` (the command that restores it). Values are
 * cleaned of what a terminal would obey; at most 20 of at most 500 characters. A longer one is not kept: cut, it could be
 * pasted.
 */
export type Kept = Readonly<Record<string, string>>;

const mostKept = 20;
const longestKept = 500;
const keepLine = /^cockpit-keep ([a-z][a-z\d-]{0,62})=(.+)$/;

type Pair = readonly [name: string, value: string];

/** What of these values may be kept, and why the others may not. The last of one name counts. */
const limited = (pairs: readonly Pair[]): {readonly kept: Kept; readonly not: readonly string[]} => {
	const clean = [...new Map(pairs)].map(([name, value]): Pair => [name, sanitise(value)]);
	const short = clean.filter(([, value]) => value.length <= longestKept);
	return {
		kept: Object.fromEntries(short.slice(0, mostKept)),
		not: [
			...clean
				.filter(([, {length}]) => length > longestKept)
				.map(([name]) => `${name} is not kept: it is longer than ${longestKept} characters`),
			...short.slice(mostKept).map(([name]) => `${name} is not kept: ${mostKept} values are, and no more`),
		],
	};
};

/** Secrets are masked: it goes into the ledger. */
const asked = (lines: readonly string[]): readonly Pair[] =>
	lines.flatMap(line => {
		const [, name, value = ''] = keepLine.exec(line.trimEnd()) ?? [];
		return name === undefined ? [] : [[name, maskSecrets(value.trim()).text] as const];
	});

/** What a hook asks to be kept, from the lines of its standard output. */
export const keptFrom = (lines: readonly string[]): Kept => limited(asked(lines)).kept;

/** What of that is not kept, and why. */
export const notKeptFrom = (lines: readonly string[]): readonly string[] => limited(asked(lines)).not;

/** What is kept, from JSON that a host has. */
export const keptIn = (value: unknown): Kept =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? limited(
				Object.entries(value).flatMap(([name, text]: [string, unknown]) =>
					typeof text === 'string' ? [[sanitise(name), text] as const] : [],
				),
			).kept
		: {};
