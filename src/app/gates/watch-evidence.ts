import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {policyOf, type GateFacts, type GatePolicy, type Known, type ProbeResult} from '../../domain/gates/gates.ts';
import type {AppServices} from '../app-services.ts';
import {readPolicy} from './counted-policy.ts';
import {gatherEvidence} from './promotion.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';
import type {AskHost} from '../status/shared-questions.ts';
import {appsOf} from '../target-of.ts';

/** What is known of one app on its way to an environment. What it means at a moment decides whoever looks at it. */
export type EvidenceView = {
	readonly app: AppName;
	/** Names of environments. */
	readonly from: string;
	readonly to: string;
	readonly facts: GateFacts;
	/** What the gates ask for. */
	readonly policy: GatePolicy;
	/** When it was found out, epoch milliseconds of this machine. */
	readonly at: number;
};

/** Pause between two looks at the evidence. */
export const evidenceMs = 5000;
/** Age up to which what is costly to find out (hashes of live, probes, the sources here) is used again. */
export const costlyMs = 60_000;

/** What is costly to find out, and of which release. */
export type Costly = {
	readonly at: number;
	readonly release: string | undefined;
	readonly drift: Known<readonly string[]>;
	readonly probes: Known<readonly ProbeResult[]>;
	readonly build: GateFacts['build'];
};

/** Everything that can be promoted: each app of each environment that another one is promoted from. */
export const promotionsOf = (
	environments: readonly Environment[],
): readonly {readonly from: Environment; readonly to: Environment; readonly app: AppName}[] =>
	environments.flatMap(to => {
		const promotion = promotionTo(environments, to);
		return promotion ? appsOf(to).map(app => ({...promotion, app})) : [];
	});

/**
 * Gathers the evidence of one app by the policy that counts now. `last`: what a look before found out at some cost; used
 * again while it is fresh and the same release is live. Never throws for a host that is silent: what is not known is
 * part of the answer. No view where nothing is promoted by what counts.
 */
export const lookAtEvidence = async (
	services: AppServices,
	{
		environments,
		checklists,
		to,
		app,
		last,
		signal,
		ask,
	}: {
		readonly environments: readonly Environment[];
		readonly checklists: Checklists;
		readonly to: Environment;
		readonly app: AppName;
		readonly last: Costly | undefined;
		readonly signal: AbortSignal;
		readonly ask: AskHost;
	},
): Promise<{readonly view?: EvidenceView; readonly costly?: Costly}> => {
	const policy = await readPolicy(services, {environments, environment: to, checklists});
	const promotion = promotionTo(policy.environments, policy.environment);
	if (!promotion) return {};
	const isFresh = last !== undefined && services.clock.now() - last.at < costlyMs;
	const {facts} = await gatherEvidence(services, {
		promotion,
		app,
		checklists: policy.checklists,
		policy,
		signal,
		ask,
		...(isFresh ? {drift: last.drift, probes: last.probes, build: last.build} : {}),
	});
	const at = services.clock.now();
	const release = 'value' in facts.from.release ? facts.from.release.value : undefined;
	const costly = isFresh ? last : {at, release, drift: facts.from.drift, probes: facts.probes, build: facts.build};
	const {from} = promotion;
	return {
		view: {app, from: from.name, to: to.name, facts, policy: policyOf(promotion.to, from), at},
		// Another release is live than the one that was hashed.
		...(costly.release === release ? {costly} : {}),
	};
};
