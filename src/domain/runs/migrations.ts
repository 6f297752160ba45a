import {isDestructive, type Prompt, type SqlStatement} from './prompt.ts';

const name = /\d{4}_\d{2}_\d{2}_\d{6}_\w+/;

/**
 * Names of the migrations that have run, from `artisan migrate:status`: a table with `| Yes | name |` up to Laravel 8,
 * lines `name ...... [1] Ran` from 9 on.
 */
export const migrationsRan = (status: string): readonly string[] =>
	status.split('\n').flatMap(line => {
		const found = name.exec(line)?.[0];
		return found !== undefined && /\|\s*Yes\s*\||\bRan\s*$/.test(line) ? [found] : [];
	});

/** Names of those that `artisan migrate` says it has run: `Migrated: name (12ms)` up to Laravel 8, `name ... 12ms DONE` from 9. */
export const migrationsDone = (log: string): readonly string[] =>
	log.split('\n').flatMap(line => {
		const found = name.exec(line)?.[0];
		return found !== undefined && /\bMigrated:|\bDONE\s*$/.test(line) ? [found] : [];
	});

/** Names of those that `artisan migrate` says it has begun with, in its order: `Migrating: name`, or a line `name ....`. */
export const migrationsBegun = (log: string): readonly string[] => [
	...new Set(
		log.split('\n').flatMap(line => {
			const found = name.exec(line)?.[0];
			return found !== undefined && /\bMigrat(?:ing|ed):|^\s*\d{4}_\d{2}_\d{2}_\d{6}_\w+ \.{2,}/.test(line)
				? [found]
				: [];
		}),
	),
];

/** A migration that has run, and with which others. */
type Ran = {readonly name: string; readonly batch: number};

/** Those that have run, in the order in which `migrate:rollback` takes them back: the last batch first, names backwards. */
export const ranLastFirst = (status: string): readonly Ran[] =>
	status
		.split('\n')
		.flatMap((line): Ran[] => {
			const [ran] = migrationsRan(line);
			const [, before, after] = /\[(\d+)\]\s+Ran\s*$|\|\s*(\d+)\s*\|\s*$/.exec(line) ?? [];
			return ran === undefined ? [] : [{name: ran, batch: Number(before ?? after)}];
		})
		.toSorted((one, other) => other.batch - one.batch || (one.name < other.name ? 1 : -1));

/** Names of the migrations a source tree brings, in the order in which they run. Artisan looks into no folder below theirs. */
export const migrationsIn = (paths: readonly string[]): readonly string[] =>
	paths.flatMap(path => /^database\/migrations\/([^/]+)\.php$/.exec(path)?.[1] ?? []).toSorted();

/** Those of a source tree that a database has not seen. */
export const pendingMigrations = (paths: readonly string[], status: string): readonly string[] => {
	const ran = new Set(migrationsRan(status));
	return migrationsIn(paths).filter(migration => !ran.has(migration));
};

/**
 * Statements of `artisan migrate --pretend`: `CreateUsersTable: create table ...` up to Laravel 8; from 9 on the name of
 * the migration on a line of its own and `⇂ create table ...` below it.
 */
export const pretendedSql = (preview: string): readonly SqlStatement[] => {
	let migration = '';
	return preview.split('\n').flatMap((line): SqlStatement[] => {
		const [, before, text] = /^\s*(\w+):\s+(\S.*)$/.exec(line) ?? [];
		if (before !== undefined && text !== undefined) {
			return [{migration: before, text, isDestructive: isDestructive(text)}];
		}
		const [, below] = /^\s*[⇂•-]\s+(\S.*)$/.exec(line) ?? [];
		if (below !== undefined) return [{migration, text: below, isDestructive: isDestructive(below)}];
		migration = name.exec(line)?.[0] ?? migration;
		return [];
	});
};

/** The question before a database is changed. Source: workflow, "deploy_backend_prod.sh", step 6; design, "Pipelines". */
export const migrationsPrompt = (options: {
	readonly id: string;
	readonly pending: readonly string[];
	readonly sql: readonly SqlStatement[];
	/** What was settled before the run began. */
	readonly settled: 'run' | 'skip' | undefined;
}): Prompt => {
	const {id, pending, sql, settled} = options;
	const destructive = sql.filter(({isDestructive}) => isDestructive).length;
	return {
		id,
		kind: 'migrations',
		title: `${pending.length} ${pending.length === 1 ? 'migration is' : 'migrations are'} pending. Run ${pending.length === 1 ? 'it' : 'them'} now?`,
		facts: [
			...pending,
			...(destructive > 0 ? [`${destructive} of ${sql.length} statements take something away`] : []),
			'They run before the swap: they must work with the code that is live now.',
		],
		sql,
		choices: [
			{id: 'abort', label: 'Stop here', detail: 'live and the database stay as they are'},
			{id: 'run', label: 'Run them', detail: 'the database is changed now, live follows at the swap'},
			{id: 'skip', label: 'Skip them', detail: 'the new release goes live without them'},
		],
		...(settled === undefined ? {} : {settled}),
	};
};
