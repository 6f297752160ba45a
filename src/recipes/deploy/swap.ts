import {proveMade} from '../../commands/candidate/made.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import {keepWayBack} from '../../commands/releases/release-record.ts';
import {rememberPrevious} from '../../commands/live/live-moved.ts';
import {prepareLink, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {failedName} from '../../domain/runs/run-names.ts';
import {runEntry} from '../run/run-entry.ts';
import {closingJob} from '../run/job.ts';
import {noteLogEnds} from '../run/note-log-ends.ts';
import {listsOf, type DeployValues} from './plan.ts';

/** Everything that can refuse, and what a way back needs: it comes before live is touched. */
export const beforeSwap = (plan: DeployValues): readonly Command[] => {
	const {layout, target, release, state} = plan;
	return [
		...target.services.flatMap(testService),
		rememberPrevious(layout, state),
		keepWayBack(state, {claim: plan.claim, target}),
		proveMade(plan, listsOf(plan)),
		prepareLink(layout, release),
		noteLogEnds(plan),
	];
};

/**
 * The way back a failed deploy takes by itself: the release it replaced is complete beside it. `commands`: swap back, and
 * make the services see it. `part`: what of the failed release is linked under its name, e.g. `/.next`; empty: all.
 */
export const goBackBy = (
	{layout, target, release, record, state, environment}: DeployValues,
	{commands, part}: {readonly commands: readonly Command[]; readonly part: string},
): GoBack => ({
	job: {kind: 'job', id: 'go-back', commands},
	health: target.health,
	close: closingJob('close-as-gone-back', [
		keepFailedRelease(state, {
			layout,
			release,
			name: failedName({part, app: record.app, startedAt: record.startedAt, timeZone: environment.timeZone}),
			part,
			why: `failed in ${record.run}`,
		}),
		closeRun(state, 'failed', runEntry('deploy.failed', record, {release, wentBack: true})),
	]),
});
