import {artisan} from '../../commands/laravel/laravel.ts';
import {proveMade} from '../../commands/releases/made.ts';
import {keepWayBack} from '../../commands/releases/release-record.ts';
import {
	prepareLink,
	refreshService,
	rememberPrevious,
	serviceStates,
	swapLink,
	testService,
} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {listsOf} from '../lists-of.ts';
import {claimOf} from '../lock-terms.ts';
import type {LaravelPlan} from './plan.ts';

/** The swap, and the services that must see it. Everything that can refuse comes before the rename. */
export const restartServices = (plan: LaravelPlan): Step => {
	const {layout, target, release} = plan;
	const before: readonly Command[] = [
		...target.services.flatMap(testService),
		rememberPrevious(layout, plan.state.directory, plan.record.run),
		keepWayBack(plan.state, {claim: claimOf(plan), services: target.services}),
		proveMade({state: plan.state, target}, listsOf(plan)),
		prepareLink(layout, release),
	];
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
				commands: [
					...before,
					swapLink(claimOf(plan)),
					// opcache keeps the old files until php-fpm is told, whatever the symlink says
					...target.services.flatMap(refreshService),
					...(target.restartQueue ? [artisan({directory: layout.live, target}, 'queue:restart')] : []),
					serviceStates(target.services),
				],
			},
		],
		summary: results => target.services.map(({unit}) => stateOf(unit, results['swap'] ?? '')).join(', '),
	};
};

const stateOf = (unit: string, output: string): string =>
	output.split('\n').findLast(line => line.startsWith(`${unit} `)) ?? `${unit} unknown`;
