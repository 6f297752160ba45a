import type {HostFacts} from '../../commands/host/host-facts.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {hostChecks, refuseMissing} from '../host-checks.ts';
import type {LaravelPlan} from './plan.ts';

type Check = (facts: HostFacts, plan: LaravelPlan) => Refusal | undefined;

const tools: Check = ({missingTools, php, composer}, {target}) => {
	const missing = [
		...missingTools,
		...(php.startsWith('PHP ') ? [] : [target.php]),
		...(composer.includes('Composer') ? [] : [target.composer]),
	];
	return refuseMissing(missing);
};

/** In the order in which they are worth mending. */
const {lock, layout, sudo, jobs, places, belongings, space} = hostChecks;
const checks = {lock, layout, tools, sudo, jobs, places, belongings, space} as const;

export type HostCheck = keyof typeof checks;

/** The first thing on the host that does not allow a deploy. */
export const checkHost = (plan: LaravelPlan, facts: HostFacts): Refusal | undefined => {
	for (const {refusal} of judgeHost(plan, facts)) if (refusal) return refusal;
	return undefined;
};

/** Every check with its verdict, for people who want to see them all before they start. */
export const judgeHost = (
	plan: LaravelPlan,
	facts: HostFacts,
): readonly {readonly check: HostCheck; readonly refusal: Refusal | undefined}[] =>
	Object.entries(checks).map(([name, check]) => ({check: name as HostCheck, refusal: check(facts, plan)}));
