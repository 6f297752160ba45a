import {requireLive} from '../../commands/live/live-moved.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {rememberRollback} from '../../commands/rollback/target.ts';
import {tolerate} from '../../commands/tolerate.ts';
import type {Command} from '../../domain/command.ts';
import type {JobAction, Pipeline} from '../../domain/runs/pipeline.ts';
import {removeCandidate} from '../../commands/candidate/candidate.ts';
import {closesBehind} from '../hooks/closing-steps.ts';
import {failureHooks, hooksAt} from '../hooks/hook-actions.ts';
import {runFrame} from '../run/frame.ts';
import {noteHealthy} from '../run/note-done.ts';
import {runEntry} from '../run/run-entry.ts';
import {wayBackByCockpit} from '../run/way-back.ts';
import {closingJob} from '../run/job.ts';
import {goalInWords, isSnapshot, settledRelease, type RollbackPlan} from './plan.ts';

/** The last job of a rollback: what was live is written down, and the lock given back, whatever can't be written. */
export const closeRollback = (plan: RollbackPlan): JobAction =>
	closingJob('close', [
		requireLive(plan.layout, plan.state, plan.release),
		tolerate(rememberRollback(plan.state, {layout: plan.layout, release: plan.release})),
		noteHealthy(plan),
		close(plan, 'done', 'finished', {release: plan.release}),
	]);

/** The same with the health check, unless something of the team's own comes behind it. */
export const closeAtHealth = (plan: RollbackPlan): readonly JobAction[] =>
	closesBehind(plan, 'afterRollback') ? [] : [closeRollback(plan)];

const close = (
	{state, record, goal}: RollbackPlan,
	outcome: Parameters<typeof closeRun>[1],
	type: 'finished' | 'abandoned' | 'failed',
	more: Readonly<Record<string, unknown>> = {},
): Command => closeRun(state, outcome, runEntry(`rollback.${type}`, record, {target: goal, ...more}), 'urgent');

/** What a rollback that did not come to the swap takes away: what it restored, nothing where there was a snapshot. */
const removeRestored = (plan: RollbackPlan): readonly Command[] =>
	isSnapshot(plan) ? [] : [tolerate(removeCandidate(plan))];

/** What every rollback has beside its steps. `letRun`: what lets an app run again that may have been stopped. */
export const rollbackFrame = (
	plan: RollbackPlan,
	letRun: readonly Command[] = [],
): Omit<Pipeline, 'steps' | 'swapStep'> => ({
	...runFrame(plan),
	title: `Roll back ${plan.record.app} on ${plan.environment.title} to ${goalInWords(plan)}`,
	liveAfterSwap: plan.candidate,
	resolveLive: results => {
		const release = settledRelease(results['verify-target']);
		return release === undefined ? undefined : `${plan.layout.releases}/${release}`;
	},
	abandon: closingJob('abandon', [...letRun, ...removeRestored(plan), close(plan, 'abandoned', 'abandoned')]),
	closeAsFailed: closingJob('close-as-failed', [...letRun, close(plan, 'failed', 'failed', {release: plan.release})]),
	...(hooksAt(plan, 'onFailure').length === 0
		? {}
		: {onFailure: heard => failureHooks(plan, {release: isSnapshot(plan) ? '' : plan.release, heard})}),
	proveLive: requireLive(plan.layout, plan.state, plan.release),
	watch: plan.target.health,
	wayBack: [wayBackByCockpit(plan)],
});
