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
	/** Of `onFailure`: what happened, and whether live is the new release. */
	readonly error?: string;
	readonly live?: string;
};

/**
 * What a hook asks to be kept with the backup and the ledger entry of the run, by lines `cockpit-keep NAME=VALUE` of its
 * standard output. Names in use: `database-snapshot`, `database-restore` (the command that restores it). Values are
 * cleaned of what a terminal would obey; at most 20 of at most 500 characters.
 */
export type Kept = Readonly<Record<string, string>>;
