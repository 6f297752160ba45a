import type {HostFacts} from '../../commands/host/host-facts.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {hostChecks, judgeBy, refuseMissing} from '../deploy/host-checks.ts';
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

/** Every check with its verdict, for people who want to see them all before they start. */
export const judgeHost = (plan: LaravelPlan, facts: HostFacts) => judgeBy(checks, facts, plan);

/** The first thing on the host that does not allow a deploy. */
export const checkHost = (plan: LaravelPlan, facts: HostFacts): Refusal | undefined =>
	judgeHost(plan, facts).find(({refusal}) => refusal)?.refusal;
