import {prepareRollback} from '../../app/rollback/rollback.ts';
import {reviewRollback, takesOverText, type RollbackReview} from '../../app/rollback/review-rollback.ts';
import {answerTo} from '../../app/known.ts';
import {checkWords, rollbackWord} from '../../domain/runs/confirm.ts';
import {primaryHost, type AppName} from '../../domain/environments/environment.ts';
import {databaseSnapshotWords, type DatabaseSnapshot} from '../../domain/backups/database-snapshot.ts';
import {DeployError} from '../../domain/errors.ts';
import {duration, size} from '../../domain/format.ts';
import {afterRun} from '../after-run.ts';
import type {Cockpit} from '../cli-context.ts';
import {drive} from '../drive.ts';
import {
	appArgument,
	environmentOption,
	jsonOption,
	planOption,
	watchOption,
	wordsOption,
	type JsonOption,
} from '../options.ts';
import {printLeft} from '../print-migrations.ts';
import {printJson} from '../print-json.ts';
import {printPlan} from '../print-plan.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('rollback')
		.description('go back to the release before, or to a backup')
		.addArgument(appArgument())
		.addOption(environmentOption())
		.requiredOption('--to <target>', 'previous, the name of a backup, or the id of a release on the host')
		.addOption(wordsOption('ROLLBACK'))
		.addOption(watchOption())
		.addOption(planOption())
		.addOption(jsonOption())
		.action(onEnvironment(rollback));

type RollbackOptions = JsonOption & {
	readonly to: string;
	readonly confirm: readonly string[];
	readonly watch: boolean;
	readonly plan: boolean;
};

/**
 * `cockpit rollback <app> --env E --to BACKUP|previous`. Asks for nothing but the word; on a terminal it says before
 * what will happen.
 */
export const rollback = async (
	{terminal, cockpit, services, environment}: Place,
	app: AppName,
	{to, confirm, watch, plan, json}: RollbackOptions,
): Promise<number> => {
	if (plan) {
		printPlan(terminal, await prepareRollback(services, {environment, app, to}), json);
		return 0;
	}
	const what = `${app} on ${environment.name}`;
	const asks = terminal.isInteractive && !json && confirm.length === 0;
	if (!asks) checkWords(what, [rollbackWord], confirm, 'ROLLBACK BLOCKED');
	await services.sessions.session(primaryHost(environment)).connect();
	const pipeline = await prepareRollback(services, {environment, app, to});
	if (asks) {
		await describe(terminal, cockpit, {environment, app, to});
		const answer = await terminal.ask(`Type ${rollbackWord} to start, anything else to stop: `);
		checkWords(pipeline.title, [rollbackWord], [answer ?? ''], 'ROLLBACK BLOCKED');
	}
	// Asked beside the run, which waits for nobody, and told behind it.
	const left = asks ? undefined : leftBehind(services, {environment, app, to});
	const code = await drive(terminal, services, pipeline, {attempt: 1, json});
	const {migrations, databaseSnapshots} = (code === 0 ? await left : undefined) ?? {};
	if (migrations) printLeft(terminal, migrations, json);
	if (databaseSnapshots) printSnapshots(terminal, databaseSnapshots, json);
	return code === 0 ? afterRun(terminal, cockpit, {environment, apps: [app], json, follows: watch}) : code;
};

/** What stays in the database; undefined where it can't be found out: the run does not fail for it. */
const leftBehind = async (
	services: Place['services'],
	options: Parameters<typeof reviewRollback>[1],
): Promise<Pick<RollbackReview, 'migrations' | 'databaseSnapshots'> | undefined> => {
	const review = await answerTo(async () => reviewRollback(services, options));
	return 'value' in review ? review.value : undefined;
};

const ranSince = (count: number): string =>
	count === 1 ? '1 migration ran since and stays' : `${count} migrations ran since and stay`;

/** What hooks said of the database before the migrations; one object each with `json`. */
const printSnapshots = (terminal: Terminal, snapshots: readonly DatabaseSnapshot[], json: boolean): void => {
	for (const snapshot of snapshots) {
		if (json) {
			printJson(terminal, {type: 'database.snapshot', ...snapshot});
			continue;
		}
		terminal.out(`  ${databaseSnapshotWords(snapshot)}\n`);
		if (snapshot.restore !== undefined)
			terminal.out(`      to restore it, by hand, it says: ${snapshot.restore}\n`);
	}
};

/**
 * What will happen, before the word. What can't be found out is said, and keeps nobody from going back. Throws DeployError for
 * what the run would refuse before its first change.
 */
const describe = async (
	terminal: Terminal,
	{services}: Cockpit,
	options: Parameters<typeof reviewRollback>[1],
): Promise<void> => {
	const row = (name: string, text: string): void => terminal.out(`  ${name.padEnd(9)} ${text}\n`);
	const review = await reviewRollback(services, options);
	const {from, to, migrationsSince, databaseSnapshots = [], expected, address, title, tier} = review;
	terminal.out(`${paint(terminal, tier === 'production' ? 'danger' : 'strong', title)}  ${address}\n`);
	const takesOver = takesOverText(review);
	if (takesOver !== undefined) row('over', takesOver);
	row('from', from.release ?? 'not known');
	row(
		'to',
		[to.name, to.release, to.sizeBytes === undefined ? undefined : size(to.sizeBytes)].filter(Boolean).join(', '),
	);
	row(
		'takes',
		expected.durationMs === undefined
			? 'not known: the first one here'
			: `usually ${duration(expected.durationMs)}`,
	);
	if (migrationsSince === undefined) row('database', 'which migrations ran in between is not known');
	else if (migrationsSince.length > 0)
		row('database', `${ranSince(migrationsSince.length)}: ${migrationsSince.join(', ')}`);
	printSnapshots(terminal, databaseSnapshots, false);
	if (review.migrations) printLeft(terminal, review.migrations, false);
	const {refusal} = review;
	if (refusal)
		throw new DeployError({
			...refusal,
			code: refusal.code ?? 'step-failed',
			what: `ROLLBACK BLOCKED: ${title}`,
			now: 'Nothing was changed.',
		});
};
