import {artisan} from '../../commands/laravel/laravel.ts';
import {refreshService, serviceStates, swapBack, swapLink} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {GoBack, Step} from '../../domain/runs/pipeline.ts';
import {beforeSwap, goBackBy} from '../deploy/swap.ts';
import type {LaravelPlan} from './plan.ts';

/**
 * Makes every service see what live points to now: opcache keeps the old files until php-fpm is told, whatever the
 * symlink says.
 */
export const refreshServices = ({target, layout}: LaravelPlan): readonly Command[] => [
	...target.services.flatMap(refreshService),
	...(target.restartQueue ? [artisan({directory: layout.live, target}, 'queue:restart')] : []),
	serviceStates(target.services),
];

/** The swap, and the services that must see it. Everything that can refuse comes before the rename. */
export const restartServices = (plan: LaravelPlan): Step => {
	const before = beforeSwap(plan);
	return {
		id: 'restart-services',
		title: 'Restart services',
		touches: 'live',
		after: ['back-up', 'rebuild-caches'],
		actions: [
			{
				kind: 'job',
				id: 'swap',
				swap: before.length,
				commands: [...before, swapLink(plan.claim, plan.record.run), ...refreshServices(plan)],
			},
		],
		summary: results => servicesSummary(plan.target, results['swap']),
	};
};

export const backendGoBack = (plan: LaravelPlan): GoBack =>
	goBackBy(plan, {commands: [swapBack(plan.claim, plan.record.run), ...refreshServices(plan)], part: ''});

/** What each service said of itself last, from the log of the job that made it see the new release. */
export const servicesSummary = ({services}: LaravelTarget, log = ''): string => {
	const lines = log.split('\n');
	return services
		.map(({unit}) => lines.findLast(line => line.startsWith(`${unit} `)) ?? `${unit} unknown`)
		.join(', ');
};
