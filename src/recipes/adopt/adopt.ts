import {posix} from 'node:path';
import {
	abandonAdoption,
	exchangeForDirectory,
	exchangeForLink,
	prepareFirstRelease,
	removeOldDirectory,
	removeReleases,
} from '../../commands/adoption/adoption.ts';
import {closeRun, noteDone} from '../../commands/lock/lock.ts';
import {keepAllLeftOut} from '../../commands/releases/release-record.ts';
import {refreshService, serviceStates, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {JobAction, Pipeline, Step} from '../../domain/runs/pipeline.ts';
import {backUpAction} from '../run/archive-live.ts';
import {runFrame} from '../run/frame.ts';
import {closingUrgency, runEntry} from '../run/run-entry.ts';
import {closingJob, job} from '../run/job.ts';
import {baseline} from './baseline.ts';
import {inventory} from './inventory.ts';
import type {AdoptPlan} from './plan.ts';

const prepare = (plan: AdoptPlan): Step => ({
	id: 'prepare',
	title: 'Prepare the first release beside live',
	touches: 'candidate',
	after: ['inventory'],
	actions: [job('prepare', [prepareFirstRelease(plan)])],
});

/** What an app of one kind asks for beside the exchange of its directory. */
export type AdoptRecipe = {
	/** The last thing before the exchange: a process that has the directory open. */
	readonly stop?: readonly Command[];
	/** The exchange, as it is done while that is stopped, and what has to follow it at once. Absent: the exchange alone. */
	readonly exchange?: (command: Command) => readonly Command[];
	readonly start?: readonly Command[];
	/** What is done once the app has proven healthy. */
	readonly healthy?: readonly JobAction[];
	/** What lets the app run again that a failed run may have stopped, around what ends that run. */
	readonly around?: (commands: readonly Command[]) => readonly Command[];
};

const exchange = (plan: AdoptPlan, recipe: AdoptRecipe, command: Command): Step => {
	const {services, health} = plan.target;
	// Everything that can refuse comes first.
	const before = [...services.flatMap(testService), ...(recipe.stop ?? [])];
	return {
		id: 'exchange',
		title: 'Exchange and check health',
		touches: 'live',
		after: [plan.record.kind === 'adopt' ? 'prepare' : 'inventory'],
		actions: [
			{
				kind: 'job',
				id: 'exchange',
				swap: before.length,
				commands: [
					...before,
					...(recipe.exchange?.(command) ?? [command]),
					...services.flatMap(refreshService),
					...(recipe.start ?? []),
					serviceStates(services),
				],
			},
			{kind: 'probe', id: 'health', policy: health},
			...(recipe.healthy ?? []),
		],
		summary: results => {
			const lines = (results['exchange'] ?? '').split('\n');
			const carried = lines.filter(line => line.startsWith('carried over ')).length;
			return `${results['health'] ?? ''}; ${carried} files written meanwhile carried over`;
		},
	};
};

const firstBackup = (plan: AdoptPlan): Step => ({
	id: 'back-up',
	title: 'First backup',
	touches: 'backups',
	after: ['exchange'],
	actions: [backUpAction(plan, 'adopted')],
	summary: () => posix.basename(plan.backupFile),
});

/** What only an adoption has to say of its release: its undoing leaves none. */
const releaseIn = ({record, release}: AdoptPlan) => (record.kind === 'adopt' ? {release} : {});

const close = (plan: AdoptPlan, after: readonly string[], ...commands: readonly Command[]): Step => {
	const entry = runEntry(`${plan.record.kind}.finished`, plan.record, releaseIn(plan));
	return {
		id: 'close',
		title: 'Record and tidy up',
		touches: 'backups',
		after,
		actions: [
			closingJob('close', [
				...commands,
				noteDone(plan.state, {live: plan.layout.live}),
				closeRun(plan.state, 'done', entry),
			]),
		],
	};
};

/** `tidy`: takes away what a run that was given up has prepared. */
const adoptFrame = (plan: AdoptPlan, {around = commands => commands}: AdoptRecipe, tidy: Command) => {
	const {record, state} = plan;
	const abandoned = closeRun(
		state,
		'abandoned',
		runEntry(`${record.kind}.abandoned`, record),
		closingUrgency(record),
	);
	const failed = closeRun(
		state,
		'failed',
		runEntry(`${record.kind}.failed`, record, releaseIn(plan)),
		closingUrgency(record),
	);
	return {
		...runFrame(plan),
		swapStep: 'exchange',
		abandon: closingJob('abandon', around([tidy, abandoned])),
		closeAsFailed: closingJob('close-as-failed', around([failed])),
	};
};

/**
 * Takes over an app as the old scripts left it: directory becomes release + symlink. Read first, then reversible.
 * Source: design, "Hosts: one layout, one transfer".
 */
const takeOver = (plan: AdoptPlan, recipe: AdoptRecipe): Pipeline => ({
	...adoptFrame(plan, recipe, abandonAdoption(plan.claim)),
	title: `Adopt ${plan.record.app} on ${plan.environment.title}`,
	steps: [
		inventory(plan, 'directory'),
		prepare(plan),
		exchange(plan, recipe, exchangeForLink(plan)),
		baseline(plan),
		firstBackup(plan),
		close(plan, ['baseline', 'back-up'], removeOldDirectory(plan)),
	],
	liveAfterSwap: `${plan.layout.releases}/${plan.release}`,
	wayBack: [`cockpit adopt --env ${plan.environment.name} --undo`],
});

/** Puts a plain directory back where the link is, with everything written since. */
const undo = (plan: AdoptPlan, recipe: AdoptRecipe): Pipeline => ({
	...adoptFrame(plan, recipe, {argv: ['rm', '-rf', '--', `${plan.layout.base}/undo`], as: 'root'}),
	title: `Undo the adoption of ${plan.record.app} on ${plan.environment.title}`,
	steps: [
		inventory(plan, 'releases'),
		exchange(plan, recipe, exchangeForDirectory(plan)),
		close(plan, ['exchange'], keepAllLeftOut(plan), removeReleases(plan)),
	],
	liveAfterSwap: plan.layout.live,
	wayBack: [`cockpit adopt --env ${plan.environment.name}`],
});

/** An adoption or its undoing, as the record of the run says. */
export const adopt = (plan: AdoptPlan, recipe: AdoptRecipe): Pipeline =>
	plan.record.kind === 'adopt-undo' ? undo(plan, recipe) : takeOver(plan, recipe);
