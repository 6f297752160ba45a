import {migrateStatusOrWhy} from '../../commands/laravel/laravel.ts';
import {askHostFacts, parseHostFacts} from '../../commands/host/host-facts.ts';
import {migrationsIn, pendingMigrations} from '../../domain/runs/migrations.ts';
import type {ReadAction, Refusal, Step} from '../../domain/runs/pipeline.ts';
import {checkSource} from '../deploy/check-source.ts';
import {hostQuestion, preFlightChecks} from '../deploy/pre-flight-checks.ts';
import {checkHost} from './check-host.ts';
import type {LaravelPlan} from './plan.ts';

/** What must be in the sources of a Laravel app. */
export const checkBackendSource = (plan: LaravelPlan): Refusal | undefined =>
	checkSource(plan, ['artisan', 'composer.json', 'composer.lock']);

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
		return {
			code: 'answer-needed',
			why: `the live release can't say which migrations ran: ${failure}`,
			next,
			guide: 'failures',
		};
	const pending = pendingMigrations(paths, status);
	return pending.length === 0
		? undefined
		: {code: 'answer-needed', why: `migrations are pending: ${pending.join(', ')}`, next, guide: 'failures'};
};

export const backendPreFlight = (plan: LaravelPlan): Step =>
	preFlightChecks(plan, {
		ask: askHostFacts({...hostQuestion(plan), php: plan.target.php, composer: plan.target.composer}),
		check: answer => checkBackendSource(plan) ?? checkHost(plan, parseHostFacts(answer)),
		more: askMigrations(plan),
		summary: answer => /^PHP \S+/.exec(parseHostFacts(answer).php)?.[0],
	});
