import {parseLiveMoved} from '../../commands/live/live-moved.ts';
import {stepFailed, type DeployError} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../jobs/job-output.ts';
import {again} from './lock-errors.ts';

/**
 * Somebody has made another release live than the run found or left there, outside of the cockpit. `output`: what the
 * host has printed; undefined where it says nothing of that.
 */
export const liveMovedError = (pipeline: Pipeline, output: string): DeployError | undefined => {
	const moved = parseLiveMoved(output);
	if (!moved) return undefined;
	const {app, host, record, environment} = pipeline;
	const {hand} = moved;
	const at = Date.parse(hand?.at ?? '');
	const how = hand
		? `, put live by hand${Number.isNaN(at) ? '' : ` at ${moment(at, environment.timeZone)}`} by ${hand.by}`
		: '';
	const live = `live is ${moved.to === '' ? 'nothing' : moved.to} now${how}`;
	const place = `${host.name} (${environment.name})`;
	return stepFailed(
		moved.was === 'made'
			? {
					what: `Somebody changed by hand what is live of the ${app} on ${place}`,
					why: sanitise(`run ${record.run} made ${moved.from} live, and ${live}`),
					now: '',
					next: `See what is live: cockpit status. If this run is still wanted, start anew: ${again(pipeline)}`,
				}
			: {
					what: `Run ${record.run} does not go on: the ${app} on ${place} is not what it was when the run began`,
					why: sanitise(
						`live was ${moved.from}, and ${live}: what the run has prepared and backed up is of ${moved.from}`,
					),
					now: '',
					next: `See what is live: cockpit status. If this run is still wanted, start anew: ${again(pipeline)}`,
				},
	);
};
