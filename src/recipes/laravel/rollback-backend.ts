import {linkShared, removeCandidate} from '../../commands/candidate/candidate.ts';
import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import {artisan, composerInstall} from '../../commands/laravel/laravel.ts';
import {keepWayBack} from '../../commands/releases/release-record.ts';
import {restoreBackup} from '../../commands/backups/restore.ts';
import {listRestoredFiles} from '../../commands/rollback/compared.ts';
import {reusePackages} from '../../commands/rollback/packages.ts';
import {orStartAgain, startService, stopService} from '../../commands/rollback/services.ts';
import {prepareLinkToTarget} from '../../commands/rollback/target.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {
	prepareLink,
	readLive,
	refreshService,
	rememberPrevious,
	serviceStates,
	swapLink,
} from '../../commands/releases/swap.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import type {Command} from '../../domain/command.ts';
import type {Service} from '../../domain/environments/environment.ts';
import type {Pipeline, Step} from '../../domain/runs/pipeline.ts';
import {claimOf} from '../lock-terms.ts';
import type {BackendRollbackPlan} from '../rollback/plan.ts';
import {
	closeRollback,
	isSnapshot,
	preRollbackBackup,
	rollbackFrame,
	verifyBackupStep,
} from '../rollback/shared-steps.ts';
import {ownDirectories} from './extract-files.ts';
import {cacheCommands} from './rebuild-caches.ts';

/** What runs PHP holds the old code; the web server before it only passes on, and is told to look again. */
const isStopped = ({unit, after}: Service): boolean => after !== 'nothing' && unit.includes('php');

const stopPhp = (plan: BackendRollbackPlan): Step => {
	const {layout, target, state, record} = plan;
	const stopped = target.services.filter(isStopped);
	const units = stopped.map(({unit}) => unit);
	const before: readonly Command[] = [
		tolerate(rememberPrevious(layout, state.directory, record.run)),
		tolerate(keepWayBack(state, {claim: claimOf(plan), services: target.services})),
		isSnapshot(plan) ? prepareLinkToTarget(state, layout) : prepareLink(layout, plan.release),
	];
	const stop = units.map(unit => orStartAgain(units, stopService(unit)));
	const swap: readonly Command[] = [orStartAgain(units, swapLink(claimOf(plan)))];
	const start: readonly Command[] = [
		...units.map(startService),
		keepFailedRelease(state, {
			layout,
			release: '',
			name: plan.failedName,
			part: '',
			why: `rolled back in ${record.run}`,
		}),
		...target.services.filter(service => !isStopped(service)).flatMap(refreshService),
		...(target.restartQueue ? [tolerate(artisan({directory: layout.live, target}, 'queue:restart'))] : []),
		serviceStates(target.services),
	];
	return {
		id: 'stop-services',
		title: units.length === 0 ? 'Stop services' : `Stop ${units.join(', ')}`,
		touches: 'live',
		after: ['pre-rollback-backup', 'rebuild-caches'],
		actions: [
			{
				kind: 'job',
				id: 'swap',
				swap: before.length + stop.length,
				commands: [...before, ...stop, ...swap, ...start],
				spans: [
					{from: before.length + stop.length, step: 'keep-failed'},
					{from: before.length + stop.length + swap.length, step: 'restart-services'},
				],
			},
		],
		summary: () => 'only for the swap',
	};
};

const keepFailed = (plan: BackendRollbackPlan): Step => ({
	id: 'keep-failed',
	title: `Move live to ${plan.failedName}`,
	touches: 'live',
	after: ['stop-services'],
	actions: [{kind: 'follow', id: 'follow-keep-failed', job: 'swap'}],
	summary: () => 'swapped; kept whole beside live',
});

const restoreFiles = (plan: BackendRollbackPlan): Step => ({
	id: 'restore-files',
	title: 'Extract backup',
	touches: 'candidate',
	after: ['verify-backup'],
	actions: isSnapshot(plan)
		? []
		: [
				{
					kind: 'job',
					id: 'restore',
					commands: [
						restoreBackup({
							file: plan.archive,
							app: 'backend',
							into: plan.candidate,
							owner: plan.target.owner,
							fileMode: plan.target.fileMode,
							directoryMode: plan.target.directoryMode,
							shared: plan.target.shared,
							layout: plan.layout,
						}),
						linkShared({
							base: plan.layout.base,
							candidate: plan.candidate,
							owner: plan.target.owner,
							directoryMode: plan.target.directoryMode,
							shared: plan.target.shared,
							own: ownDirectories,
						}),
					],
				},
			],
	summary: results =>
		isSnapshot(plan)
			? 'complete beside live already'
			: `${/^restored (\d+) files$/m.exec(results['restore'] ?? '')?.[1] ?? ''} files, beside live`.trim(),
});

const installDependencies = (plan: BackendRollbackPlan): Step => ({
	id: 'install-dependencies',
	title: 'Install composer dependencies',
	touches: 'candidate',
	after: ['restore-files'],
	actions: isSnapshot(plan)
		? []
		: [
				{
					kind: 'job',
					id: 'composer',
					commands: [
						reusePackages(plan.layout, plan.candidate, plan.target.owner),
						composerInstall({
							directory: plan.candidate,
							target: plan.target,
							home: `${plan.layout.base}/composer`,
						}),
					],
				},
			],
	summary: results =>
		isSnapshot(plan)
			? 'with its own'
			: /^(packages as in [^\s:]+|the archive brings its own vendor)/m.exec(results['composer'] ?? '')?.[1],
});

const rebuildCaches = (plan: BackendRollbackPlan): Step => ({
	id: 'rebuild-caches',
	title: 'Clear and rebuild caches',
	touches: 'candidate',
	after: ['install-dependencies'],
	actions: isSnapshot(plan)
		? []
		: [
				{
					kind: 'job',
					id: 'caches',
					commands: [
						...cacheCommands({directory: plan.candidate, target: plan.target}),
						tolerate(listRestoredFiles(plan, plan)),
					],
				},
			],
	summary: () => (isSnapshot(plan) ? 'with its own' : '3 caches'),
});

const restartServices = (plan: BackendRollbackPlan): Step => ({
	id: 'restart-services',
	title: 'Restart services',
	touches: 'live',
	after: ['keep-failed'],
	actions: [{kind: 'follow', id: 'follow-restart', job: 'swap'}],
	summary: results => {
		const lines = (results['follow-restart'] ?? '').split('\n');
		return plan.target.services
			.map(({unit}) => lines.findLast(line => line.startsWith(`${unit} `)) ?? `${unit} unknown`)
			.join(', ');
	},
});

const healthCheck = (plan: BackendRollbackPlan): Step => ({
	id: 'health-check',
	title: 'Health check',
	touches: 'live',
	isClosing: true,
	after: ['restart-services'],
	actions: [
		{kind: 'probe', id: 'health', policy: plan.target.health},
		{
			kind: 'job',
			id: 'close',
			commands: closeRollback(plan),
		},
	],
	summary: results => results['health'],
});

/**
 * Backend rollback in eight steps and the closing check. What is slow is prepared beside live; php-fpm stops only for
 * the swap, and is started again whatever happens. Source: workflow, "rollback_backend_prod.sh"; design, "Pipelines".
 */
export const rollbackBackend = (plan: BackendRollbackPlan): Pipeline => ({
	...rollbackFrame(plan, isSnapshot(plan) ? [] : [tolerate(removeRestored(plan))]),
	steps: [
		verifyBackupStep(plan, ['artisan', 'vendor/autoload.php', 'public/index.php']),
		preRollbackBackup(plan),
		stopPhp(plan),
		keepFailed(plan),
		restoreFiles(plan),
		installDependencies(plan),
		rebuildCaches(plan),
		restartServices(plan),
		healthCheck(plan),
	],
	swapStep: 'stop-services',
	readLive: readLive(plan.layout),
	wayBack: [
		`cockpit rollback backend --env ${plan.environment.name} --to previous --confirm ROLLBACK`,
		sshLine(plan.host, 'sh', `${plan.state.directory}/rollback-backend.sh`),
	],
});

const removeRestored = ({layout, candidate, target}: BackendRollbackPlan): Command =>
	removeCandidate({live: layout.live, candidate, owner: target.owner});
