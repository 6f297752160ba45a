import {proveMade} from '../../commands/candidate/made.ts';
import {keepWayBack} from '../../commands/releases/release-record.ts';
import {prepareLink, rememberPrevious, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {listsOf} from './lists-of.ts';
import type {DeployValues} from './plan.ts';

/** Everything that can refuse, and what a way back needs: it comes before live is touched. `pm2`: whose process that stops. */
export const beforeSwap = (plan: DeployValues, pm2?: NextTarget): readonly Command[] => {
	const {layout, target, release, state} = plan;
	return [
		...target.services.flatMap(testService),
		rememberPrevious(layout, state.directory, state.run),
		keepWayBack(state, {claim: plan.claim, services: target.services, ...(pm2 ? {pm2} : {})}),
		proveMade({state, target}, listsOf(plan)),
		prepareLink(layout, release),
	];
};
