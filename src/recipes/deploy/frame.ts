import {requireLive} from '../../commands/live/live-moved.ts';
import {removeUnfinished} from '../../commands/backups/archive/backup.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Command} from '../../domain/command.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {removeCandidate} from '../../commands/candidate/candidate.ts';
import {failureHooks, hooksAt} from '../hooks/hook-actions.ts';
import {runFrame} from '../run/frame.ts';
import {closingUrgency, runEntry} from '../run/run-entry.ts';
import {wayBack} from '../run/way-back.ts';
import {closingJob} from '../run/job.ts';
import type {DeployValues} from './plan.ts';

/**
 * What every deploy has beside its steps. `around`: what lets an app run again that a failed run may have stopped; the
 * app comes first, and its fault last: nothing keeps the lock from being given back.
 */
export const deployFrame = (
	plan: DeployValues,
	around: (commands: readonly Command[]) => readonly Command[] = commands => commands,
): Omit<Pipeline, 'steps' | 'swapStep' | 'goBack'> => {
	const {record, environment, target, candidate, state, layout, release} = plan;
	const close = (outcome: 'abandoned' | 'failed', data: Readonly<Record<string, unknown>> = {release}): Command =>
		closeRun(state, outcome, runEntry(`deploy.${outcome}`, record, data), closingUrgency(record));
	return {
		...runFrame(plan),
		title: `Deploy ${record.app} ${shortCommit(record.commit)} to ${environment.title}`,
		liveAfterSwap: candidate,
		abandon: closingJob(
			'abandon',
			around([
				tolerate(removeCandidate(plan)),
				tolerate(removeUnfinished(plan.backupFile)),
				close('abandoned', {}),
			]),
		),
		closeAsFailed: closingJob('close-as-failed', around([close('failed')])),
		closeAsPutBack: closingJob(
			'close-as-put-back',
			around([close('failed', {release, wentBack: true, byHand: true})]),
		),
		proveLive: requireLive(layout, state, release),
		...(hooksAt(plan, 'onFailure').length === 0 ? {} : {onFailure: heard => failureHooks(plan, {release, heard})}),
		watch: target.health,
		wayBack: wayBack(plan),
	};
};
