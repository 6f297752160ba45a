import {closeRun} from '../../commands/lock/lock.ts';
import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import type {Command} from '../../domain/command.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {failedName} from '../../domain/runs/run-names.ts';
import {runEntry} from '../run/run-entry.ts';
import {job} from '../run/job.ts';
import type {DeployValues} from './plan.ts';

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
	close: job('close-as-gone-back', [
		keepFailedRelease(state, {
			layout,
			release,
			name: failedName({app: record.app, startedAt: record.startedAt, timeZone: environment.timeZone}),
			part,
			why: `failed in ${record.run}`,
		}),
		closeRun(state, 'failed', runEntry('deploy.failed', record, {release, wentBack: true})),
	]),
});
