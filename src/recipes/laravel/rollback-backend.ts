import {artisan, rebuildConfig} from '../../commands/laravel/laravel.ts';
import {listRestoredFiles} from '../../commands/rollback/compared.ts';
import {reusePackages} from '../../commands/rollback/packages.ts';
import {letServicesRun, orStartAgain, startService, stopService} from '../../commands/rollback/services.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {refreshService, serviceStates, swapLink} from '../../commands/releases/swap.ts';
import type {Pipeline, Step} from '../../domain/runs/pipeline.ts';
import {afterRollback} from '../hooks/closing-steps.ts';
import {closeAtHealth, closeRollback, rollbackFrame} from '../rollback/frame.ts';
import {isSnapshot, type BackendRollbackPlan} from '../rollback/plan.ts';
import {stopsForSwap} from '../rollback/rights.ts';
import {requireWhole} from '../../commands/rollback/target.ts';
import {ofArchive, restore} from '../rollback/restore.ts';
import {job} from '../run/job.ts';
import {keepFailed, swapStep} from '../rollback/swap.ts';
import {preRollbackBackup, verifyBackupStep} from '../rollback/verify-and-back-up.ts';
import {linkShared} from '../../commands/candidate/candidate.ts';
import {cacheCommands} from './rebuild-caches.ts';
import {servicesSummary} from './restart-services.ts';
import {composer, ownDirectories} from './upload.ts';

const stopped = ({target}: BackendRollbackPlan): readonly string[] =>
	target.services.filter(stopsForSwap).map(({unit}) => unit);

const stopPhp = (plan: BackendRollbackPlan): Step => {
	const {layout, target} = plan;
	const units = stopped(plan);
	return swapStep(plan, {
		id: 'stop-services',
		title: units.length === 0 ? 'Stop services' : `Stop ${units.join(', ')}`,
		after: ['pre-rollback-backup', 'rebuild-caches'],
		stop: units.map(unit => orStartAgain(units, stopService(unit))),
		swap: orStartAgain(units, swapLink(plan.claim, plan.record.run)),
		start: units.map(startService),
		part: '',
		refresh: [
			...target.services.filter(service => !stopsForSwap(service)).flatMap(refreshService),
			...(target.restartQueue ? [tolerate(artisan({directory: layout.live, target}, 'queue:restart'))] : []),
			serviceStates(target.services),
		],
		startStep: 'restart-services',
		summary: 'only for the swap',
	});
};

const restoreFiles = (plan: BackendRollbackPlan): Step => ({
	id: 'restore-files',
	title: 'Extract backup',
	touches: 'candidate',
	after: ['verify-backup'],
	actions: ofArchive(plan, 'restore', [
		restore(plan),
		requireWhole(plan.candidate, ['artisan', 'public/index.php'], plan.target.owner),
		linkShared(plan, ownDirectories),
	]),
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
	actions: ofArchive(plan, 'composer', [reusePackages(plan), composer(plan)]),
	summary: results =>
		isSnapshot(plan)
			? 'with its own'
			: /^(packages as in [^\s:]+|the archive brings its own vendor)/m.exec(results['composer'] ?? '')?.[1],
});

/** What became of the caches of a release that is complete beside live. */
const ownCaches = (log = ''): string => {
	if (/^cached anew/m.test(log)) return 'its configuration cached anew: .env is newer';
	return log.includes('noted: ') ? 'with its own, older than .env' : 'with its own';
};

const rebuildCaches = (plan: BackendRollbackPlan): Step => ({
	id: 'rebuild-caches',
	title: 'Clear and rebuild caches',
	touches: 'candidate',
	after: ['install-dependencies'],
	actions: isSnapshot(plan)
		? [job('config-cache', [tolerate(rebuildConfig('settled', plan.state, plan))])]
		: [
				job('caches', [
					...cacheCommands({directory: plan.candidate, target: plan.target}),
					tolerate(listRestoredFiles(plan, plan)),
				]),
			],
	summary: results => (isSnapshot(plan) ? ownCaches(results['config-cache']) : '3 caches'),
});

const restartServices = (plan: BackendRollbackPlan): Step => ({
	id: 'restart-services',
	title: 'Restart services',
	touches: 'live',
	after: ['keep-failed'],
	actions: [{kind: 'follow', id: 'follow-restart', job: 'swap'}],
	summary: results => servicesSummary(plan.target, results['follow-restart']),
});

const healthCheck = (plan: BackendRollbackPlan): Step => ({
	id: 'health-check',
	title: 'Health check',
	touches: 'live',
	isClosing: true,
	after: ['restart-services'],
	actions: [{kind: 'probe', id: 'health', policy: plan.target.health}, ...closeAtHealth(plan)],
	summary: results => results['health'],
});

/**
 * Backend rollback in eight steps and the closing check. What is slow is prepared beside live; php-fpm stops only for
 * the swap, and is started again whatever happens. Source: workflow, "rollback_backend_prod.sh"; design, "Pipelines".
 */
export const rollbackBackend = (plan: BackendRollbackPlan): Pipeline => ({
	...rollbackFrame(plan, stopped(plan).length === 0 ? [] : [tolerate(letServicesRun(plan.state, stopped(plan)))]),
	steps: [
		verifyBackupStep(plan),
		preRollbackBackup(plan),
		stopPhp(plan),
		keepFailed(plan, '', 'stop-services'),
		restoreFiles(plan),
		installDependencies(plan),
		rebuildCaches(plan),
		restartServices(plan),
		healthCheck(plan),
		...afterRollback(plan, {close: closeRollback(plan), health: 'health-check'}),
	],
	swapStep: 'stop-services',
});
