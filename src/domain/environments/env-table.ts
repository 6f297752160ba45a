import type {AppName} from './environment.ts';

/** Where one set of values was read: a column of the table. */
export type EnvColumn = {
	/** `template`, else the name of an environment. */
	readonly id: string;
	/** `template`, `Local`, `Pre-Prod`. */
	readonly title: string;
	/** For people: `environments/.env.preprod`, `backend/.env`, `preprod-1:/var/www/qsights/backend/.env`. */
	readonly file: string;
	/** Epoch milliseconds of this machine. */
	readonly readAt: number;
	/** Why its values are not known; its cells are `unknown` then. */
	readonly problem?: string;
	/** What else is worth a line: `everybody on the host may read it (mode 0644)`. */
	readonly notes?: readonly string[];
};

/**
 * What a place says of one key. A secret is never kept: `print` are four hex digits that tell same from different and
 * change every session. What no template has counts as one, and what gives itself away by its name or shape.
 */
export type EnvCell =
	/** `line` is 0 where no file has it: what is compiled in stands in the environment's YAML. */
	| {readonly kind: 'value'; readonly text: string; readonly line: number}
	| {readonly kind: 'secret'; readonly print: string; readonly line: number}
	| {readonly kind: 'empty'; readonly line: number}
	/** In the column of templates: filled in where the app runs, or (`value`) written out, but not the same in all of them. */
	| {readonly kind: 'reference'; readonly of: 'secret' | 'value'}
	| {readonly kind: 'missing'}
	| {readonly kind: 'unknown'};

/**
 * What is to be said of a key, worst first. `missing`: a place lacks it. `extra`: no template has it. `twice`: a file
 * gives it more than once, and the last one counts. `same`: equal where the templates say it differs. `different`: as
 * the templates say; with a line in `problems`, a place has something else than its own template. `equal`: the same
 * everywhere.
 */
export const envFindings = ['missing', 'extra', 'twice', 'same', 'different', 'equal'] as const;

export type EnvFinding = (typeof envFindings)[number];

export type EnvRow = {
	readonly key: string;
	readonly finding: EnvFinding;
	/** By the id of the column. */
	readonly cells: Readonly<Record<string, EnvCell>>;
	/** All values of a key given more than once in a place, as cells, by the id of the column. */
	readonly repeated: Readonly<Record<string, readonly EnvCell[]>>;
	/** What is wrong, for people: `missing on Local`, one line each. */
	readonly problems: readonly string[];
	/** `file:line` of the sources of the app here that ask for it; at most 20. */
	readonly askedFor: readonly string[];
	/** When the value was last set by the cockpit, by environment: from its ledger. */
	readonly setBy: Readonly<Record<string, {readonly at: number; readonly by: string}>>;
};

/** Which set of values the working copy has now, per file of it. */
export type EnvInUse = {
	/** Relative to the configuration directory: `backend/.env`. */
	readonly file: string;
	/** Name of the environment whose values it has; undefined: none, or mixed by hand. */
	readonly environment: string | undefined;
	/** For people: `Local, from .env.local`, `not there`, `written by hand`. */
	readonly text: string;
};

/** The values of one app, side by side: what `cockpit env diff` prints and the screen shows. */
export type EnvTable = {
	readonly app: AppName;
	readonly columns: readonly EnvColumn[];
	/** By finding, worst first, then by key. */
	readonly rows: readonly EnvRow[];
	readonly inUse: readonly EnvInUse[];
};
