import {askHostFacts, parseHostFacts} from '../../commands/host-facts.ts';
import {takeLock} from '../../commands/lock.ts';
import {prepareLink, swapLink, testService} from '../../commands/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {Step} from '../../domain/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {checkHost} from './check-host.ts';
import {checkSource} from './check-source.ts';
import type {LaravelPlan} from './plan.ts';

/** What the swap calls as root; a right that is missing there would be found out far too late. */
const asRoot = ({layout, release, target: {services}}: LaravelPlan): Command['argv'][] => [
	prepareLink(layout, release).argv,
	swapLink(layout).argv,
	...services.flatMap(testService).map(({argv}) => argv),
	...services
		.filter(({after}) => after !== 'nothing')
		.flatMap(({unit, after}): Command['argv'][] => [
			['systemctl', after, unit],
			['systemctl', 'start', unit],
		]),
];

/** Proves everything a deploy depends on, then takes the lock. Nothing is changed before both. */
export const preFlightChecks = (plan: LaravelPlan): Step => ({
	id: 'pre-flight-checks',
	title: 'Pre-flight checks',
	touches: 'nothing',
	after: [],
	actions: [
		{
			kind: 'read',
			id: 'ask-host',
			command: askHostFacts({
				stateDirectory: plan.state.directory,
				app: plan.state.app,
				layout: plan.layout,
				backups: plan.environment.backups.directory,
				target: plan.target,
				php: plan.target.php,
				composer: plan.target.composer,
				asRoot: asRoot(plan),
			}),
			check: results => checkSource(plan) ?? checkHost(plan, parseHostFacts(results['ask-host'] ?? '')),
		},
		{
			kind: 'lock',
			id: 'take-lock',
			command: attempt =>
				takeLock(plan.state, {
					attempt,
					holder: {...plan.record.actor, run: plan.record.run, app: plan.record.app},
					record: plan.record,
					entry: runEntry(attempt === 1 ? 'deploy.started' : 'deploy.resumed', plan.record, {
						release: plan.release,
					}),
				}),
		},
	],
	summary: results => {
		const {php} = parseHostFacts(results['ask-host'] ?? '');
		return /^PHP \S+/.exec(php)?.[0];
	},
});
