import {pretendRollback, rollbackWords, type RollbackSteps} from '../../commands/laravel/laravel.ts';
import type {Between} from '../../commands/rollback/between-releases.ts';
import {asUser, quote} from '../../commands/shell.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {Known} from '../../domain/gates/gates.ts';
import {reportMigrations, type MigrationReport} from '../../domain/migrations/report.ts';
import {pretendedSql} from '../../domain/runs/migrations.ts';
import type {SqlStatement} from '../../domain/runs/prompt.ts';
import type {RollbackPlan} from '../../recipes/rollback/plan.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {answerTo, known, unknown} from '../known.ts';

/** Migrations that a rollback leaves in the database, and how a person could take them back by hand. */
export type LeftMigrations = {
	/** In the order in which they ran. */
	readonly reports: readonly MigrationReport[];
	/** The line to paste, whole; why there is none. The cockpit never runs it. */
	readonly command: Known<string>;
	/** What that would do, as artisan says without doing it. */
	readonly sql: Known<readonly SqlStatement[]>;
};

/** What `migrate:rollback` has to be told to take back these and no other; undefined where that can't be said. */
export const stepsBack = (since: readonly string[], ran: Between['ran']): RollbackSteps | undefined => {
	const wanted = new Set(since);
	const last = ran.findLastIndex(({name}) => wanted.has(name));
	const step = last + 1;
	if (step === 0 || ran.slice(0, step).some(({batch}) => Number.isNaN(batch))) return undefined;
	const isExact = step === wanted.size;
	return {step, paths: isExact ? [] : since.map(name => `database/migrations/${name}.php`)};
};

/** A word as people type it: an option needs no quotes for its `=`. */
const asTyped = (word: string): string => (/^--\w+=[\w./-]+$/.test(word) ? word : quote(word));

const none = (reports: readonly MigrationReport[], why: string): LeftMigrations => ({
	reports,
	command: unknown(why),
	sql: unknown(why),
});

/**
 * What a rollback leaves behind. Nothing of it is needed to go back: what can't be found out, in 20 seconds at most, is
 * said. The live release is asked, which has the files; one whose `down()` is not understood is not even pretended, since
 * what it does beside SQL it would really do.
 */
export const leftMigrations = async (
	services: Pick<AppServices, 'sessions'>,
	{environment, host, layout}: RollbackPlan,
	options: {
		readonly between: Between;
		readonly target: LaravelTarget;
		/** Id of the live release. */
		readonly live: string | undefined;
	},
): Promise<LeftMigrations | undefined> => {
	const {between, target, live} = options;
	const {migrationsSince: since = [], ran, files} = between;
	if (since.length === 0) return undefined;
	const reports = cleanText(reportMigrations(since, files));
	const steps = stepsBack(since, ran);
	// Under this name the release keeps its files when something else is live.
	const directory = live === undefined ? layout.live : `${layout.releases}/${live}`;
	if (!steps) return none(reports, 'which of them ran last is not known');
	// A line that only makes Laravel forget them, or stops halfway, is no way back.
	const stays = reports.filter(({revert}) => revert.kind === 'no').map(({name}) => name);
	if (stays.length > 0) return none(reports, `migrate:rollback does not take back ${stays.join(', ')}`);
	const argv = [target.php, `${directory}/artisan`, ...rollbackWords(steps)] as const;
	const command = known(sshLine(host, asUser({argv, as: target.owner}).map(asTyped).join(' ')));
	const unread = reports.find(({isDownRead}) => !isDownRead);
	if (unread)
		return {reports, command, sql: unknown(`the down() of ${unread.name} is not understood: it was not tried`)};
	const sql = await answerTo(async () =>
		execOn(services, environment, pretendRollback({directory, target}, steps), {lane: 'poll', timeoutMs: 20_000}),
	);
	if ('unknown' in sql) return {reports, command, sql};
	const {code, stdout} = sql.value;
	const words = cleanText(stdout).replaceAll(/\s+/g, ' ').trim();
	return {
		reports,
		command,
		sql:
			code === 0
				? known(cleanText(pretendedSql(stdout)))
				: unknown(words.slice(0, 200) || `artisan exited with ${code}`),
	};
};
