import {askHostFacts, parseHostFacts} from '../../commands/host-facts.ts';
import {takeLock} from '../../commands/lock.ts';
import type {Step} from '../../domain/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {checkHost} from './check-host.ts';
import {checkSource} from './check-source.ts';
import type {LaravelPlan} from './plan.ts';

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
