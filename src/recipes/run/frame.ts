import {readLiveLink} from '../../commands/releases/swap.ts';
import {ownWordsOf} from './own-words.ts';
import type {RunPlan} from './plan.ts';

/** What the pipeline of every run says of its place. */
export const runFrame = (plan: RunPlan) => {
	const {record, environment, host, layout} = plan;
	return {
		record,
		environment,
		host,
		app: record.app,
		readLive: readLiveLink(layout),
		ownWords: ownWordsOf(plan),
	};
};
