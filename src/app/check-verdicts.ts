import type {HostFacts} from '../commands/host-facts.ts';
import {size} from '../domain/format.ts';
import type {Refusal} from '../domain/pipeline.ts';
import {judgeHost, type HostCheck} from '../recipes/laravel/check-host.ts';
import {checkSource} from '../recipes/laravel/check-source.ts';
import type {LaravelPlan} from '../recipes/laravel/plan.ts';
import type {DeployPlan} from './deploy.ts';

/** One pre-flight check and how it came out. */
export type CheckVerdict = {
	readonly name: string;
	/** What was measured, or why it does not hold. */
	readonly text: string;
	readonly refusal?: Refusal;
};

const bytes = (kib: number): string => (Number.isFinite(kib) ? size(kib * 1024) : 'not known');

const says: Readonly<Record<HostCheck, (facts: HostFacts, plan: LaravelPlan) => string>> = {
	lock: () => 'free',
	layout: ({live}) => (live === undefined ? 'prepared, nothing live yet' : `release ${live}`),
	tools: ({php, composer}) =>
		[/^PHP \S+/.exec(php)?.[0], /Composer (?:version )?(\S+)/.exec(composer)?.[1]]
			.filter(Boolean)
			.join(', composer ')
			.replace('PHP', 'php'),
	sudo: (_, {target}) => `without a password, as ${target.owner} too`,
	jobs: () => 'outlive the connection',
	places: () => 'backups, lock and releases writable',
	belongings: (_, {target}) => `${target.shared.files.length + target.shared.directories.length} paths kept apart`,
	space: ({freeKib}) => `${bytes(freeKib.app)} free, backups ${bytes(freeKib.backups)}`,
};

/** Every check of the recipe, the ones on this machine first. The pre-flight step asks them again. */
export const checkVerdicts = ({plan}: DeployPlan, facts: HostFacts): readonly CheckVerdict[] => [
	verdict('source', checkSource(plan), () => `${plan.source.branch ?? 'no branch'}, clean`),
	...judgeHost(plan, facts).map(({check, refusal}) => verdict(check, refusal, () => says[check](facts, plan))),
];

const verdict = (name: string, refusal: Refusal | undefined, text: () => string): CheckVerdict =>
	refusal ? {name, text: refusal.why, refusal} : {name, text: text()};
