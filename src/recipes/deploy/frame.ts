import {closeRun} from '../../commands/lock/lock.ts';
import {removeCandidate} from '../../commands/candidate/candidate.ts';
import {readLive} from '../../commands/releases/swap.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Command} from '../../domain/command.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {runEntry} from '../run/run-entry.ts';
import {wayBack} from '../run/way-back.ts';
import {job} from '../run/job.ts';
import type {DeployValues} from './plan.ts';

/**
 * What every deploy has beside its steps. `around`: what lets an app run again that a failed run may have stopped; the
 * app comes first, and its fault last: nothing keeps the lock from being given back.
 */
export const deployFrame = (
	plan: DeployValues,
	around: (commands: readonly Command[]) => readonly Command[] = commands => commands,
): Omit<Pipeline, 'steps' | 'swapStep' | 'goBack'> => {
	const {record, environment, host, target, layout, candidate, state, release} = plan;
	return {
		record,
		title: `Deploy ${record.app} ${shortCommit(record.commit)} to ${environment.title}`,
		environment,
		host,
		app: record.app,
		readLive: readLive(layout),
		liveAfterSwap: candidate,
		abandon: job(
			'abandon',
			around([removeCandidate(plan), closeRun(state, 'abandoned', runEntry('deploy.abandoned', record))]),
		),
		closeAsFailed: job(
			'close-as-failed',
			around([closeRun(state, 'failed', runEntry('deploy.failed', record, {release}))]),
		),
		watch: target.health,
		wayBack: wayBack(plan),
	};
};
