import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {GateFacts, GatePolicy, Known, ProbeResult} from '../../domain/gates/gates.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import type {AppServices} from '../app-services.ts';
import {decideDeploy} from './gate.ts';
import {promotionTo} from './promotion.ts';
import type {AskHost} from '../status/shared-questions.ts';
import {appsOf} from '../target-of.ts';

/** What is known of one app on its way to an environment. */
export type EvidenceEvent = {
	readonly type: 'evidence.gathered';
	readonly view: {
		readonly app: AppName;
		readonly from: string;
		readonly to: string;
		readonly facts: GateFacts;
		readonly policy: GatePolicy;
		readonly items: readonly ItemState[];
		readonly weaker: readonly string[];
		/** Epoch milliseconds of this machine. */
		readonly at: number;
	};
};

/** Pause between two looks at the evidence. */
export const evidenceMs = 5000;
/** Age up to which what is costly to find out (hashes of live, probes, the sources here) is used again. */
export const costlyMs = 60_000;

type Costly = {
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
 * Looks at the evidence of one app. `last`: what a look before found out at some cost; used again while it is fresh and
 * the same release is live. Never throws for a host that is silent: what is not known is part of the answer.
 */
export const lookAtEvidence = async (
	services: AppServices,
	{
		environments,
		checklists,
		from,
		to,
		app,
		last,
		signal,
		ask,
	}: {
		readonly environments: readonly Environment[];
		readonly checklists: Checklists;
		readonly from: Environment;
		readonly to: Environment;
		readonly app: AppName;
		readonly last?: Costly | undefined;
		readonly signal?: AbortSignal;
		readonly ask?: AskHost;
	},
): Promise<{readonly event: EvidenceEvent | undefined; readonly costly: Costly | undefined}> => {
	const isFresh = last !== undefined && services.clock.now() - last.at < costlyMs;
	const reused = isFresh ? {drift: last.drift, probes: last.probes, build: last.build} : {};
	const decision = await decideDeploy(services, {
		environments,
		environment: to,
		app,
		checklists,
		...reused,
		...(signal ? {signal} : {}),
		...(ask ? {ask} : {}),
	});
	const {evidence, report, weaker} = decision;
	if (!evidence) return {event: undefined, costly: undefined};
	const {facts, items} = evidence;
	const release = 'value' in facts.from.release ? facts.from.release.value : undefined;
	const at = services.clock.now();
	const costly: Costly = isFresh
		? last
		: {at, release, drift: facts.from.drift, probes: facts.probes, build: facts.build};
	return {
		event: {
			type: 'evidence.gathered',
			view: {app, from: from.name, to: to.name, facts, policy: report.policy, items, weaker, at},
		},
		// Another release is live than the one that was hashed.
		costly: costly.release === release ? costly : undefined,
	};
};
