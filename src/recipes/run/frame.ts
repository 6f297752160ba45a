import {readLiveLink} from '../../commands/releases/swap.ts';
import type {RunPlan} from './plan.ts';

/** What the pipeline of every run says of its place. */
export const runFrame = ({record, environment, host, layout}: RunPlan) => ({
	record,
	environment,
	host,
	app: record.app,
	readLive: readLiveLink(layout),
});
