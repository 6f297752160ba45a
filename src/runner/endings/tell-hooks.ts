import {posix} from 'node:path';
import {DeployError} from '../../domain/errors.ts';
import {runHook} from '../actions/run-hook.ts';
import type {Driver} from '../driver.ts';
import {sanitise} from '../jobs/job-output.ts';
import {runJob} from '../jobs/run-job.ts';
import {readLive} from './read-live.ts';
import type {RunOutcome} from './settle-run.ts';

const onFailureId = 'on-failure';

/** What a hook may take beside its own time: a link that has to come back. */
const spareMs = 30_000;

/**
 * Lets the team's own programs hear that a run has failed, once its host is in its named state. What fails of it is noted,
 * and none of it keeps the run from ending: each has its time.
 */
export const tellHooks = async (driver: Driver, {outcome, error}: RunOutcome): Promise<void> => {
	const {pipeline, stopping, contextFor, emit} = driver;
	if (outcome !== 'failed' || !error || !pipeline.onFailure) return;
	const live = await liveNow(driver);
	const said = driver.redact([error.what, ...error.why.split('\n')].map(sanitise).join('; '));
	for (const {hook, action} of pipeline.onFailure({error: said, live})) {
		const enough = AbortSignal.timeout(hook.timeoutMs + spareMs);
		const context = contextFor(onFailureId, AbortSignal.any([stopping.leaving, enough]));
		emit({type: 'action.announced', step: onFailureId, action: action.id});
		try {
			await (action.kind === 'hook'
				? runHook(context, action, {results: {}, isBehind: false})
				: runJob(context, action));
		} catch (thrown) {
			const why = thrown instanceof DeployError ? thrown.why : String(thrown);
			emit({type: 'run.noted', step: onFailureId, text: sanitise(why.replaceAll('\n', ' '))});
		}
	}
};

/** The release that is live, as far as the host says. */
const liveNow = async ({contextFor, stopping}: Driver): Promise<string> => {
	try {
		const live = await readLive(contextFor(onFailureId, stopping.leaving));
		return live === undefined ? '' : posix.basename(live);
	} catch {
		return '';
	}
};
