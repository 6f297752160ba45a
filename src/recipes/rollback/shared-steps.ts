import {posix} from 'node:path';
import {archiveRelease} from '../../commands/backups/backup.ts';
import {verifyBackup} from '../../commands/backups/backup-verification.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {tellAlteredFiles} from '../../commands/rollback/compared.ts';
import {rememberRollback, settleTarget} from '../../commands/rollback/target.ts';
import {tolerate} from '../../commands/tolerate.ts';
import type {Command} from '../../domain/command.ts';
import {size} from '../../domain/format.ts';
import type {Pipeline, Results, Step} from '../../domain/runs/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {lookAndLock} from './look-back.ts';
import {goalInWords, settledRelease, type RollbackPlan} from './plan.ts';

export const isSnapshot = ({goal}: Pick<RollbackPlan, 'goal'>): boolean => goal.kind === 'snapshot';

/** Step 1: what is gone back to is there and whole. `needed`: paths without which a snapshot could not run. */
export const verifyBackupStep = (plan: RollbackPlan, needed: readonly string[]): Step => ({
	id: 'verify-backup',
	title: 'Verify backup',
	touches: 'nothing',
	after: [],
	actions: [
		...lookAndLock(plan),
		{
			kind: 'job',
			id: 'verify-target',
			commands: isSnapshot(plan)
				? [
						settleTarget(plan.state, {layout: plan.layout, release: plan.release, needed}),
						tolerate(tellAlteredFiles(plan, plan.layout)),
					]
				: [verifyBackup({file: plan.archive, app: plan.record.app})],
		},
	],
	summary: results => verifySummary(plan, results),
});

const verifySummary = (plan: RollbackPlan, results: Results): string => {
	const log = results['verify-target'] ?? '';
	if (plan.goal.kind === 'backup') {
		const [, entries] = /^entries (\d+)$/m.exec(log) ?? [];
		const [, bytes] = /^bytes (\d+)$/m.exec(log) ?? [];
		return `${plan.goal.name}, ${size(Number(bytes))}, ${entries} entries read`;
	}
	const [, files, bad] = /^files (\d+) differ (\d+)$/m.exec(log) ?? [];
	if (files === undefined) return `${settledRelease(log) ?? ''}, whole`;
	// Packages and caches have no part in these numbers: what of them is altered is a note of this step.
	if (/^noted: of release /m.test(log)) return `${settledRelease(log) ?? ''}, whole, but not as deployed`;
	const state = bad === '0' ? `${files} files as deployed` : `${bad} of ${files} files differ from what was deployed`;
	return `${settledRelease(log) ?? ''}, ${state}`;
};

/**
 * Step 2: the release itself is kept whole, which is the backup; the archive of it is written behind the run, since
 * nobody waits for one while users have errors. Source: design, "Pipelines".
 */
export const preRollbackBackup = (plan: RollbackPlan): Step => ({
	id: 'pre-rollback-backup',
	title: 'Create pre-rollback backup',
	touches: 'backups',
	after: ['verify-backup'],
	actions: [
		{
			kind: 'job',
			id: 'back-up',
			commands: [
				tolerate(
					archiveRelease({
						live: plan.layout.live,
						base: plan.layout.base,
						stateDirectory: plan.state.directory,
						file: plan.backupFile,
						owner: plan.target.owner,
						root: posix.basename(plan.layout.live),
						excludes: plan.target.excludes,
						shared: plan.target.shared,
						about: {
							app: plan.record.app,
							run: plan.record.run,
							by: plan.record.actor.name,
							why: `before rollback to ${goalInWords(plan)}`,
						},
					}),
				),
			],
		},
	],
	summary: () => `live is kept beside; ${posix.basename(plan.backupFile)} is written meanwhile`,
});

/** The last commands of a rollback: what was live is written down, and the lock given back, whatever can't be written. */
export const closeRollback = (plan: RollbackPlan): readonly Command[] => [
	tolerate(rememberRollback(plan.state, {layout: plan.layout, release: plan.release})),
	closeRun(
		plan.state,
		'done',
		runEntry('rollback.finished', plan.record, {target: plan.goal, release: plan.release}),
		'urgent',
	),
];

/** What every rollback has beside its steps. `tidy`: what a rollback that did not come to the swap leaves to do. */
export const rollbackFrame = (
	plan: RollbackPlan,
	tidy: readonly Command[],
): Pick<
	Pipeline,
	| 'record'
	| 'title'
	| 'environment'
	| 'host'
	| 'app'
	| 'liveAfterSwap'
	| 'resolveLive'
	| 'abandon'
	| 'closeAsFailed'
	| 'watch'
> => ({
	record: plan.record,
	title: `Roll back ${plan.record.app} on ${plan.environment.title} to ${goalInWords(plan)}`,
	environment: plan.environment,
	host: plan.host,
	app: plan.record.app,
	liveAfterSwap: plan.candidate,
	resolveLive: results => {
		const release = settledRelease(results['verify-target']);
		return release === undefined ? undefined : `${plan.layout.releases}/${release}`;
	},
	abandon: {
		kind: 'job',
		id: 'abandon',
		commands: [
			...tidy,
			closeRun(
				plan.state,
				'abandoned',
				runEntry('rollback.abandoned', plan.record, {target: plan.goal}),
				'urgent',
			),
		],
	},
	closeAsFailed: {
		kind: 'job',
		id: 'close-as-failed',
		commands: [
			closeRun(
				plan.state,
				'failed',
				runEntry('rollback.failed', plan.record, {target: plan.goal, release: plan.release}),
				'urgent',
			),
		],
	},
	watch: plan.target.health,
});
