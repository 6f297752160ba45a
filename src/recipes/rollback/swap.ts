import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import {keepWayBack, type RunBy} from '../../commands/releases/release-record.ts';
import {prepareLinkToTarget} from '../../commands/rollback/target.ts';
import {prepareLink, rememberPrevious} from '../../commands/releases/swap.ts';
import {tolerate} from '../../commands/tolerate.ts';
import type {Command} from '../../domain/command.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {failedName} from '../../domain/runs/run-names.ts';
import {noteLogEnds} from '../run/note-log-ends.ts';
import {isSnapshot, type RollbackPlan} from './plan.ts';

/** The name under which what is live now is kept. */
const nameOf = ({record: {app, startedAt}, environment: {timeZone}}: RollbackPlan, part: string): string =>
	failedName({part, app, startedAt, timeZone});

/**
 * Stop, swap and start as one job, told as three steps: what is stopped in it is started again in it, whoever watches.
 * What was live keeps its place, and gets the name people look for once the app runs again.
 */
export const swapStep = (
	plan: RollbackPlan,
	recipe: Pick<Step, 'id' | 'title' | 'after'> & {
		/** What the way back from here has to tell beside the services. */
		readonly runBy?: RunBy;
		readonly stop: readonly Command[];
		readonly swap: Command;
		readonly start: readonly Command[];
		/** What of the release that was live is linked under its name, e.g. `/.next`; empty: all. */
		readonly part: string;
		readonly refresh: readonly Command[];
		/** Id of the step that the start is told as. */
		readonly startStep: string;
		readonly summary: string;
	},
): Step => {
	const {layout, target, state, record} = plan;
	const before: readonly Command[] = [
		tolerate(rememberPrevious(layout, state)),
		tolerate(keepWayBack(state, {claim: plan.claim, services: target.services, ...recipe.runBy})),
		isSnapshot(plan) ? prepareLinkToTarget(state, layout) : prepareLink(layout, plan.release),
		noteLogEnds(plan),
		...recipe.stop,
	];
	return {
		id: recipe.id,
		title: recipe.title,
		touches: 'live',
		after: recipe.after,
		actions: [
			{
				kind: 'job',
				id: 'swap',
				swap: before.length,
				commands: [
					...before,
					recipe.swap,
					...recipe.start,
					keepFailedRelease(state, {
						layout,
						release: '',
						name: nameOf(plan, recipe.part),
						part: recipe.part,
						why: `rolled back in ${record.run}`,
					}),
					...recipe.refresh,
				],
				spans: [
					{from: before.length, step: 'keep-failed'},
					{from: before.length + 1, step: recipe.startStep},
				],
			},
		],
		summary: () => recipe.summary,
	};
};

/** What is told of the swap itself. `part`: as in `swapStep`. */
export const keepFailed = (plan: RollbackPlan, part: string, after: string): Step => ({
	id: 'keep-failed',
	title: `Move ${part === '' ? 'live' : part.slice(1)} to ${nameOf(plan, part)}`,
	touches: 'live',
	after: [after],
	actions: [{kind: 'follow', id: 'follow-keep-failed', job: 'swap'}],
	summary: () => 'swapped; kept whole beside live',
});
