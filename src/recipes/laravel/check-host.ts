import type {HostFacts} from '../../commands/host/host-facts.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {clocksCheck as clocks, valuesCheck as values} from '../deploy/expected-values.ts';
import {firstRefusal, hostChecks, judgeBy, refuseMissing, type HostCheck} from '../deploy/host-checks.ts';
import type {LaravelPlan} from './plan.ts';

const tools: HostCheck<HostFacts, LaravelPlan> = {
	refuse: ({missingTools, php, composer}, {target}) =>
		refuseMissing([
			...missingTools,
			...(php.startsWith('PHP ') ? [] : [target.php]),
			...(composer.includes('Composer') ? [] : [target.composer]),
		]),
	says: ({php, composer}) =>
		[/^PHP \S+/.exec(php)?.[0], /Composer (?:version )?(\S+)/.exec(composer)?.[1]]
			.filter(Boolean)
			.join(', composer ')
			.replace('PHP', 'php'),
};

/** In the order in which they are worth mending. */
const {lock, layout, sudo, jobs, places, belongings, space} = hostChecks;
const checks = {lock, layout, tools, sudo, jobs, places, belongings, values, space, clocks};

/** Every check with its verdict, for people who want to see them all before they start. */
export const judgeHost = (plan: LaravelPlan, facts: HostFacts) => judgeBy(checks, facts, plan);

/** The first thing on the host that does not allow a deploy. */
export const checkHost = (plan: LaravelPlan, facts: HostFacts): Refusal | undefined =>
	firstRefusal(judgeHost(plan, facts));
