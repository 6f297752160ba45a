import {noteEnd} from '../../commands/lock/lock.ts';
import {tellPm2} from '../../commands/nextjs/pm2.ts';
import {readLiveLink, serviceStates} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {KeptEnd} from '../../domain/runs/run-end.ts';
import {ownWordsOf} from './own-words.ts';
import type {RunPlan} from './plan.ts';

/** What the app runs in: units, and PM2 where it is what keeps the app running. */
const readServices = ({target, state}: RunPlan): readonly Command[] => [
	...(target.services.length > 0 ? [serviceStates(target.services)] : []),
	...(target.recipe === 'nextjs' ? [tellPm2({target, state})] : []),
];

/** What the pipeline of every run says of its place. */
export const runFrame = (plan: RunPlan) => {
	const {record, environment, host, layout, target, state} = plan;
	const {url, status} = target.health;
	return {
		record,
		environment,
		host,
		app: record.app,
		readLive: readLiveLink(layout),
		ownWords: ownWordsOf(plan),
		seen: {url, status, name: target.recipe === 'laravel' ? 'the API' : 'the site'},
		readServices: readServices(plan),
		noteEnd: (end: KeptEnd) => noteEnd(state, end),
	};
};
