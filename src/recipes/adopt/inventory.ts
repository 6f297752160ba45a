import {answersIn} from '../../commands/answers.ts';
import {takeInventory} from '../../commands/adoption/adoption.ts';
import type {Refusal, Step} from '../../domain/runs/pipeline.ts';
import {takeRunLock} from '../run/lock.ts';
import type {AdoptPlan} from './plan.ts';

const checkInventory = (plan: AdoptPlan, text: string, wanted: 'directory' | 'releases'): Refusal | undefined => {
	const {all, one} = answersIn(text);
	const layout = one('layout');
	const {live} = plan.layout;
	if (layout !== wanted) {
		if (layout === 'releases') {
			return {
				why: `${live} is a release already`,
				next: `Deploy: cockpit deploy ${plan.record.app} --env ${plan.environment.name}`,
			};
		}
		const found = layout === 'directory' ? 'is a plain directory already' : 'is neither a directory nor a release';
		return {why: `${live} ${found}`, next: `Check apps.${plan.record.app}.path in the environment file.`};
	}
	if (one('sudo') !== 'ok') {
		return {
			why: `sudo does not work without a password: ${one('sudo') ?? ''}`,
			next: 'Allow it for the adoption; deploys need far less.',
		};
	}
	if (all('mount').length > 0) {
		return {
			why: `${live} is a mount point and can't be renamed`,
			next: 'Mount it one level higher, or move the app.',
		};
	}
	const {shared} = plan.target;
	const escapes = all('escape').filter(path => ![...shared.files, ...shared.directories].includes(path));
	if (escapes.length > 0 && wanted === 'directory') {
		return {
			why: `relative symlinks lead out of ${live} and would break one level deeper: ${escapes.slice(0, 5).join(', ')}`,
			next: 'Make them absolute: ln -sfn ABSOLUTE-TARGET LINK.',
		};
	}
	return all('exchange').length === 0
		? {
				why: 'neither "mv --exchange" nor perl is on the host',
				next: 'Install perl-base: the directory is replaced in one step with it.',
			}
		: undefined;
};

const summarise = (text: string): string => {
	const {all, one} = answersIn(text);
	const foreign = Number(one('foreign') ?? 0);
	return [
		`${Math.round(Number(one('kib') ?? 0) / 1024)} MiB`,
		`owner ${one('owner') ?? 'unknown'}`,
		...(foreign > 0 ? [`${foreign} files of other owners`] : []),
		`${all('backup').length} backups`,
		`${all('vhost').length} vhosts`,
	].join(', ');
};

/** Reads the host first; only when it can be taken over is the lock taken. */
export const inventory = (plan: AdoptPlan, wanted: 'directory' | 'releases'): Step => ({
	id: 'inventory',
	title: 'Take inventory',
	touches: 'nothing',
	after: [],
	actions: [
		{
			kind: 'read',
			id: 'inventory',
			command: takeInventory({
				app: plan.record.app,
				layout: plan.layout,
				target: plan.target,
				backups: plan.environment.backups.directory,
			}),
			check: results => checkInventory(plan, results['inventory'] ?? '', wanted),
		},
		takeRunLock(plan),
	],
	summary: results => summarise(results['inventory'] ?? ''),
});
