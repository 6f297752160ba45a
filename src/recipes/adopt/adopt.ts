import {posix} from 'node:path';
import {
	abandonAdoption,
	exchangeForDirectory,
	exchangeForLink,
	prepareFirstRelease,
	removeOldDirectory,
	removeReleases,
} from '../../commands/adoption/adoption.ts';
import {ensurePm2Runs, savePm2, startPm2, stopPm2, tryToLetPm2Run, whileStopped} from '../../commands/nextjs/pm2.ts';
import {rebuildBakedCaches} from '../../commands/laravel/laravel.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {keepAllLeftOut} from '../../commands/releases/release-record.ts';
import {refreshService, serviceStates, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {Pipeline, Step} from '../../domain/runs/pipeline.ts';
import {backUpAction} from '../run/archive-live.ts';
import {runFrame} from '../run/frame.ts';
import {runEntry} from '../run/run-entry.ts';
import {job} from '../run/job.ts';
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

/** A frontend has its directory open: its process follows the link only when it is started, or reloaded, in it. */
const isRunByPm2 = (plan: AdoptPlan): plan is AdoptPlan & {readonly target: NextTarget} =>
	plan.target.recipe === 'nextjs';

/** What comes before the exchange: everything that can refuse, then the stop where there has to be one. */
const before = (plan: AdoptPlan): readonly Command[] => [
	...plan.target.services.flatMap(testService),
	...(isRunByPm2(plan) ? [stopPm2(plan)] : []),
];

/** The app comes first, and its fault last: nothing keeps the lock from being given back. */
const letRun = (plan: AdoptPlan, ...commands: readonly Command[]): readonly Command[] =>
	isRunByPm2(plan) ? [tryToLetPm2Run(plan), ...commands, ensurePm2Runs(plan)] : commands;

/** A deploy has baked the path of its release into the caches, and an undoing takes the releases away. */
const ownCaches = ({record, target, layout}: AdoptPlan): readonly Command[] =>
	record.kind === 'adopt-undo' && target.recipe === 'laravel'
		? [rebuildBakedCaches({directory: layout.live, target}, layout)]
		: [];

const exchange = (plan: AdoptPlan, command: ReturnType<typeof exchangeForLink>): Step => ({
	id: 'exchange',
	title: 'Exchange and check health',
	touches: 'live',
	after: [plan.record.kind === 'adopt' ? 'prepare' : 'inventory'],
	actions: [
		{
			kind: 'job',
			id: 'exchange',
			swap: before(plan).length,
			commands: [
				...before(plan),
				isRunByPm2(plan) ? whileStopped(plan, command) : command,
				...ownCaches(plan),
				...plan.target.services.flatMap(refreshService),
				...(isRunByPm2(plan) ? [startPm2(plan, plan.target.health.withinMs)] : []),
				serviceStates(plan.target.services),
			],
		},
		{kind: 'probe', id: 'health', policy: plan.target.health},
		...(isRunByPm2(plan) ? [job('save', [savePm2(plan)])] : []),
	],
	summary: results => {
		const carried = (results['exchange'] ?? '').split('\n').filter(line => line.startsWith('carried over ')).length;
		return `${results['health'] ?? ''}; ${carried} files written meanwhile carried over`;
	},
});

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
		actions: [job('close', [...commands, closeRun(plan.state, 'done', entry)])],
	};
};

/** `tidy`: takes away what a run that was given up has prepared. */
const adoptFrame = (plan: AdoptPlan, tidy: Command) => {
	const {record, state} = plan;
	const abandoned = closeRun(state, 'abandoned', runEntry(`${record.kind}.abandoned`, record));
	const failed = closeRun(state, 'failed', runEntry(`${record.kind}.failed`, record, releaseIn(plan)));
	return {
		...runFrame(plan),
		swapStep: 'exchange',
		abandon: job('abandon', letRun(plan, tidy, abandoned)),
		closeAsFailed: job('close-as-failed', letRun(plan, failed)),
	};
};

/**
 * Takes over an app as the old scripts left it: directory becomes release + symlink. Read first, then reversible.
 * Source: design, "Hosts: one layout, one transfer".
 */
export const adopt = (plan: AdoptPlan): Pipeline => ({
	...adoptFrame(plan, abandonAdoption(plan.claim)),
	title: `Adopt ${plan.record.app} on ${plan.environment.title}`,
	steps: [
		inventory(plan, 'directory'),
		prepare(plan),
		exchange(plan, exchangeForLink(plan)),
		baseline(plan),
		firstBackup(plan),
		close(plan, ['baseline', 'back-up'], removeOldDirectory(plan)),
	],
	liveAfterSwap: `${plan.layout.releases}/${plan.release}`,
	wayBack: [`cockpit adopt --env ${plan.environment.name} --undo`],
});

/** Puts a plain directory back where the link is, with everything written since. */
export const undoAdoption = (plan: AdoptPlan): Pipeline => ({
	...adoptFrame(plan, {argv: ['rm', '-rf', '--', `${plan.layout.base}/undo`], as: 'root'}),
	title: `Undo the adoption of ${plan.record.app} on ${plan.environment.title}`,
	steps: [
		inventory(plan, 'releases'),
		exchange(plan, exchangeForDirectory(plan)),
		close(plan, ['exchange'], keepAllLeftOut(plan), removeReleases(plan)),
	],
	liveAfterSwap: plan.layout.live,
	wayBack: [`cockpit adopt --env ${plan.environment.name}`],
});
