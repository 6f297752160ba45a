import {chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';

type Sqlite = typeof import('node:sqlite');

/** Raised with the tables: a file of another version is begun anew. */
const version = 1;

/*
 * What stays the same about a probe is written once, in `abouts`. Times are those of hosts, so each scope has its own
 * newest one; `thinned` is up to where it was thinned out.
 */
const tables = `
create table scopes (id integer primary key, project text, environment text, thinned integer not null default 0,
  unique (project, environment));
create table abouts (id integer primary key, about text unique);
create table readings (scope integer, at integer, probe text, about integer, state text, value real, count real,
  text text, parts text, primary key (scope, at, probe)) without rowid;
create table signatures (scope integer, log text, signature text, level text, first_at integer, last_at integer,
  count integer, sample text, primary key (scope, log, signature)) without rowid;
create table told (scope integer, key text, at integer, primary key (scope, key)) without rowid;
`;

/** How long a write waits for another process: longer than any of ours takes, shorter than a person notices. */
const patienceMs = 500;

/** Loads SQLite when it is first needed, without a word: up to Node 24 it says on the screen that it is experimental. */
const loadSqlite = (): Sqlite => {
	const emitWarning = process.emitWarning.bind(process);
	process.emitWarning = () => undefined;
	try {
		return process.getBuiltinModule('node:sqlite');
	} finally {
		process.emitWarning = emitWarning;
	}
};

let loaded: Sqlite | undefined;

const inodeOf = (path: string): number | undefined => statSync(path, {throwIfNoEntry: false})?.ino;

/** Not a file of ours, or not any more: its tables are another version's, it is damaged, or none at all. */
class Unusable extends Error {}

/** Codes of SQLite, without what extends them: ERROR, CORRUPT, NOTADB. */
const damages: ReadonlySet<number> = new Set([1, 11, 26]);

export const isDamage = (error: unknown): boolean =>
	error instanceof Unusable ||
	(error instanceof Error && 'errcode' in error && damages.has(Number(error.errcode) & 0xff));

const prepare = (database: DatabaseSync): void => {
	database.exec(`pragma busy_timeout = ${patienceMs}; pragma journal_mode = wal; pragma synchronous = off`);
	const isMade = (): number => Number(database.prepare('pragma user_version').get()?.['user_version']);
	if (isMade() === version) return;
	// Two processes may begin at once: the second waits here, and finds it made.
	database.exec('begin immediate');
	const found = isMade();
	if (found === 0) database.exec(`${tables}; pragma user_version = ${version}`);
	database.exec('commit');
	if (found !== 0 && found !== version) throw new Unusable(`tables of version ${found}`);
};

/** An open file of samples, and which file that is: a path may come to name another one. */
export type SampleFile = {readonly database: DatabaseSync; readonly isThere: () => boolean};

/** Opens the file, and makes it first where there is none. Throws what SQLite does. */
export const openSampleFile = (path: string): SampleFile => {
	loaded ??= loadSqlite();
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	// SQLite gives the files beside it the mode of this one.
	closeSync(openSync(path, 'a', 0o600));
	chmodSync(path, 0o600);
	const inode = inodeOf(path);
	const database = new loaded.DatabaseSync(path);
	try {
		prepare(database);
	} catch (error) {
		database.close();
		throw error;
	}
	return {database, isThere: () => inodeOf(path) === inode};
};

export const removeSampleFile = (path: string): void => {
	for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, {force: true});
};
