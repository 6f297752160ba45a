import {askLeftInDatabase} from '../../commands/laravel/laravel.ts';
import {asUser, quote} from '../../commands/shell.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {databaseSnapshotIn, type DatabaseSnapshot} from '../../domain/backups/database-snapshot.ts';
import {keptFrom, keptIn} from '../../domain/environments/hooks.ts';
import {sanitise} from '../../domain/sanitise.ts';
import {migrationsBegun, migrationsDone, migrationsRan} from '../../domain/runs/migrations.ts';
import type {LeftBehind, Results} from '../../domain/runs/pipeline.ts';
import {hookActionId, hooksAt} from '../hooks/hook-actions.ts';
import type {LaravelPlan} from './plan.ts';

const mostNamed = 5;

/** The id of the job that changes the database. */
const migrate = 'migrate';

type Facts = Parameters<LeftBehind['tell']>[0];

/**
 * What a run that did not end well leaves in the database: nothing takes migrations back with the release. From what the
 * run knows itself, and from what the host says: whoever drives it on knows less.
 */
export const leftInDatabase = (plan: LaravelPlan): LeftBehind => ({
	job: migrate,
	command: askLeftInDatabase({directory: plan.candidate, target: plan.target}, plan.state, plan.layout),
	tell: facts => tell(plan, facts),
});

const tell = (plan: LaravelPlan, {results, log, said, is}: Facts): ReturnType<LeftBehind['tell']> => {
	const of = linesOf(said);
	const words = `${results[migrate] ?? log(migrate)}\n${of('log').join('\n')}`;
	const before = results['migrations-before'];
	const status = `${results['migrations-after'] ?? ''}\n${of('status').join('\n')}`;
	const seen = new Set(migrationsRan(before ?? ''));
	// Without the status of before, only what the job itself has said is known to be of this run.
	const now = before === undefined ? [] : migrationsRan(status).filter(name => !seen.has(name));
	const ran = [...new Set([...migrationsDone(words), ...now])].toSorted();
	const failed = migrationsBegun(words).filter(name => !ran.includes(name));
	const snapshot = snapshotOf(plan, results) ?? keptByHost(of('kept'));
	const changed = ran.length + failed.length;
	return {
		now: [
			...ranWords(ran),
			...failed.map(
				name => `${name} failed on its way: what it had done by then stays, where the database keeps it.`,
			),
			...(changed === 0 ? ['Its migrations had begun; that one of them changed something is not known.'] : []),
			...(changed > 0 && is !== 'new' ? unexpected([...ran, ...failed], of('live')) : []),
			...(snapshot === undefined ? [] : [`Database snapshot from before: ${snapshot.name}.`]),
		].join(' '),
		next: [
			`Which have run: ${statusLine(plan)}`,
			...(snapshot?.restore === undefined
				? []
				: [`To restore the snapshot, by hand, its hook says: ${snapshot.restore}`]),
		].join('\n'),
	};
};

/** The lines of an answer that begin with a word, without it. */
const linesOf =
	(said: string) =>
	(word: string): readonly string[] =>
		said.split('\n').flatMap(line => (line.startsWith(`${word} `) ? [sanitise(line.slice(word.length + 1))] : []));

const listed = (names: readonly string[]): string => {
	const more = names.length - mostNamed;
	return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const ranWords = (ran: readonly string[]): readonly string[] =>
	ran.length === 0
		? []
		: [
				`${ran.length === 1 ? 'A migration' : `${ran.length} migrations`} of it ran and ${ran.length === 1 ? 'stays' : 'stay'} in the database: ${listed(ran)}.`,
			];

/** What live was made without. Where its files are not known, all of them: it was live before they came. */
const unexpected = (changed: readonly string[], live: readonly string[]): readonly string[] => {
	const unknown = changed.filter(name => !live.includes(name));
	return unknown.length === 0 ? [] : ['Live is the code from before, which does not expect that.'];
};

const statusLine = ({host, layout, target: {php, owner}}: LaravelPlan): string =>
	sshLine(
		host,
		asUser({argv: [php, `${layout.live}/artisan`, 'migrate:status'], as: owner})
			.map(quote)
			.join(' '),
	);

const snapshotOf = (plan: LaravelPlan, results: Results): DatabaseSnapshot | undefined => {
	const said = hooksAt(plan, 'beforeMigrate').map(hook => results[hookActionId('beforeMigrate', hook)] ?? '');
	return databaseSnapshotIn(keptFrom(said.flatMap(text => text.split('\n'))), undefined);
};

const keptByHost = ([line = '{}']: readonly string[]): DatabaseSnapshot | undefined => {
	try {
		return databaseSnapshotIn(keptIn(JSON.parse(line)), undefined);
	} catch {
		return undefined;
	}
};
