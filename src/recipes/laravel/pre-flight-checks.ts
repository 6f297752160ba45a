import {migrateStatusOrWhy} from '../../commands/laravel/laravel.ts';
import {askHostFacts, parseHostFacts} from '../../commands/host/host-facts.ts';
import {takeLock} from '../../commands/lock/lock.ts';
import {prepareLink, renameLink, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import {migrationsIn, pendingMigrations} from '../../domain/runs/migrations.ts';
import type {ReadAction, Refusal, Step} from '../../domain/runs/pipeline.ts';
import {lockTerms} from '../lock-terms.ts';
import {runEntry} from '../run-entry.ts';
import {checkHost} from './check-host.ts';
import {checkSource} from './check-source.ts';
import type {LaravelPlan} from './plan.ts';

/** What the swap calls as root; a right that is missing there would be found out far too late. */
const asRoot = ({layout, release, target: {services}}: LaravelPlan): Command['argv'][] => [
	prepareLink(layout, release).argv,
	renameLink(layout),
	...services.flatMap(testService).map(({argv}) => argv),
	...services
		.filter(({after}) => after !== 'nothing')
		.flatMap(({unit, after}): Command['argv'][] => [
			['systemctl', after, unit],
			['systemctl', 'start', unit],
		]),
];

/**
 * Where nobody is there to ask and nothing was settled, pending migrations are found out before anything is done. Asks
 * the live release, whose database it is; what it can't tell counts as pending.
 */
const askMigrations = (plan: LaravelPlan): readonly ReadAction[] =>
	plan.canAsk || plan.record.migrate !== undefined
		? []
		: [
				{
					kind: 'read',
					id: 'ask-migrations',
					command: migrateStatusOrWhy({directory: plan.layout.live, target: plan.target}, plan.layout),
					check: results => refusePending(plan, results['ask-migrations'] ?? ''),
				},
			];

const refusePending = (plan: LaravelPlan, status: string): Refusal | undefined => {
	const paths = plan.source.entries.map(({path}) => path);
	const {app, environment} = plan.record;
	if (migrationsIn(paths).length === 0) return undefined;
	const next = `Say what becomes of them: cockpit deploy ${app} --env ${environment} --migrate run (or skip) ...`;
	const failure = /^unknown (.*)$/m.exec(status)?.[1];
	if (failure !== undefined)
		return {code: 'answer-needed', why: `the live release can't say which migrations ran: ${failure}`, next};
	const pending = pendingMigrations(paths, status);
	return pending.length === 0
		? undefined
		: {code: 'answer-needed', why: `migrations are pending: ${pending.join(', ')}`, next};
};

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
		...askMigrations(plan),
		{
			kind: 'lock',
			id: 'take-lock',
			command: attempt =>
				takeLock(plan.state, {
					attempt,
					...lockTerms(plan),
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
