import {checkBuildId, parseBuildId} from '../../commands/nextjs/nextjs.ts';
import {sentManifest} from '../../commands/candidate/made.ts';
import {startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import {refreshService, serviceStates, swapBack, swapLink} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {GoBack, Results, ServedBuild, Step} from '../../domain/runs/pipeline.ts';
import {isProduction} from '../deploy/plan.ts';
import {beforeSwap, goBackBy} from '../deploy/swap.ts';
import {builtIn} from './build.ts';
import type {FrontendPlan} from './plan.ts';

/**
 * Stop, swap and start are one job on the host: whatever becomes of this machine or the link, what is stopped in it is
 * started again in it. Everything that can refuse comes before the stop.
 */
export const switchRelease = (plan: FrontendPlan): readonly Step[] => {
	const {layout, target, release, state} = plan;
	const before = [...beforeSwap(plan), stopPm2(plan)];
	const extract: readonly Command[] = [
		whileStopped(plan, swapLink(plan.claim, plan.record.run)),
		whileStopped(plan, checkBuildId({directory: layout.live, owner: target.owner, manifest: sentManifest(state)})),
	];
	const start: readonly Command[] = [
		startPm2(plan, target.health.withinMs),
		...target.services.flatMap(refreshService),
		...(target.services.length > 0 ? [serviceStates(target.services)] : []),
	];
	return [
		{
			id: 'stop-pm2',
			title: 'Stop PM2',
			touches: 'live',
			after: ['back-up', 'upload'],
			actions: [
				{
					kind: 'job',
					id: 'swap',
					commands: [...before, ...extract, ...start],
					swap: before.length,
					spans: [
						{from: before.length, step: 'extract'},
						{from: before.length + extract.length, step: 'start-pm2'},
					],
				},
			],
			summary: () => 'only for the swap; a cluster goes on',
		},
		{
			id: 'extract',
			title: isProduction(plan) ? 'Extract and verify BUILD_ID' : 'Extract',
			touches: 'live',
			after: ['stop-pm2'],
			actions: [{kind: 'follow', id: 'follow-extract', job: 'swap'}],
			summary: () => `${release} is live`,
		},
		{
			id: 'start-pm2',
			title: 'Start PM2',
			touches: 'live',
			after: ['extract'],
			actions: [{kind: 'follow', id: 'follow-start', job: 'swap'}],
			summary: pm2Summary,
		},
	];
};

/** What of a release people look for under its name once it has failed. */
export const ownPart = '/.next';

export const frontendGoBack = (plan: FrontendPlan): GoBack => {
	const {target, record} = plan;
	return goBackBy(plan, {
		commands: [
			stopPm2(plan),
			whileStopped(plan, swapBack(plan.claim, record.run)),
			startPm2(plan, target.health.withinMs),
			...target.services.flatMap(refreshService),
		],
		part: ownPart,
	});
};

/** What PM2 said of the app last, once it was started. */
export const pm2Summary = (results: Results): string | undefined =>
	results['follow-start']
		?.split('\n')
		.findLast(line => line.startsWith('PM2: '))
		?.slice('PM2: '.length);

/** The build that must be served: the one the host says is live, also where another machine has built it. */
export const switchedTo = (results: Results): ServedBuild =>
	parseBuildId(results['follow-start'] ?? '') ?? builtIn(results) ?? {buildId: ''};
