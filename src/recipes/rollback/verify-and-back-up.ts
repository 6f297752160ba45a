import {posix} from 'node:path';
import {verifyBackup} from '../../commands/backups/verify/backup-verification.ts';
import {tellAlteredFiles} from '../../commands/rollback/compared.ts';
import {settleTarget} from '../../commands/rollback/target.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {size} from '../../domain/format.ts';
import {ownFilesOf} from '../../domain/releases/own-files.ts';
import type {Results, Step} from '../../domain/runs/pipeline.ts';
import {archiveBehind} from '../run/archive-live.ts';
import {job} from '../run/job.ts';
import {lookAndLock} from './look-back.ts';
import {goalInWords, isSnapshot, settledRelease, type RollbackPlan} from './plan.ts';

/** Step 1: what is gone back to is there and whole. */
export const verifyBackupStep = (plan: RollbackPlan): Step => ({
	id: 'verify-backup',
	title: 'Verify backup',
	touches: 'nothing',
	after: [],
	actions: [
		...lookAndLock(plan),
		job(
			'verify-target',
			isSnapshot(plan)
				? [
						settleTarget(plan.state, {
							layout: plan.layout,
							release: plan.release,
							needed: ownFilesOf(plan.target).needed,
						}),
						tolerate(tellAlteredFiles(plan, plan.layout)),
					]
				: [verifyBackup({file: plan.archive, app: plan.record.app, target: plan.target})],
		),
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
	actions: [job('back-up', [tolerate(archiveBehind(plan, `before rollback to ${goalInWords(plan)}`))])],
	summary: () => `live is kept beside; ${posix.basename(plan.backupFile)} is written meanwhile`,
});
