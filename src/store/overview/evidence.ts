import type {StateCreator} from 'zustand';
import type {EvidenceEvent} from '../../app/gates/watch-evidence.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {decide, type GateFacts, type GatePolicy, type GateReport, type Known} from '../../domain/gates/gates.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import type {CockpitState} from '../create-store.ts';

/** What is known of one app on its way to an environment, as it was found out at `at` (epoch milliseconds, here). */
export type EvidenceView = {
	readonly app: AppName;
	/** Names of environments. */
	readonly from: string;
	readonly to: string;
	readonly facts: GateFacts;
	readonly policy: GatePolicy;
	/** Items that speak of the app. */
	readonly items: readonly ItemState[];
	/** What the policy asks less of than the last run to the environment did. */
	readonly weaker: readonly string[];
	readonly at: number;
};

export type EvidenceSlice = {
	/** As the configuration has them; they do not change while the cockpit runs. */
	readonly checklists: Checklists;
	/** One for each app of each promotion, once it is known. */
	readonly evidence: readonly EvidenceView[];
	readonly applyEvidence: (events: readonly EvidenceEvent[]) => void;
};

const isSame = (a: EvidenceView, b: EvidenceView): boolean => a.app === b.app && a.to === b.to;

export const createEvidenceSlice =
	(checklists: Checklists): StateCreator<CockpitState, [], [], EvidenceSlice> =>
	(set, get) => ({
		checklists,
		evidence: [],
		applyEvidence: events =>
			set({
				evidence: events.reduce<readonly EvidenceView[]>(
					(known, {view}) => [...known.filter(one => !isSame(one, view)), view],
					get().evidence,
				),
			}),
	});

const later = (time: Known<number>, ms: number): Known<number> => ('value' in time ? {value: time.value + ms} : time);

/** The same facts with both hosts' clocks carried on by what has passed here. */
const carriedOn = (facts: GateFacts, ms: number): GateFacts => ({
	...facts,
	from: {...facts.from, now: later(facts.from.now, ms)},
	to: {...facts.to, now: later(facts.to.now, ms)},
});

/** Facts older than this are not relied on: three polls. */
const reliedOnMs = 20_000;

/** A board of the overview: the decision as it is now. `isStale`: the facts are too old to be relied on. */
export type Board = {readonly view: EvidenceView; readonly report: GateReport; readonly isStale: boolean};

/** The decision on an app at a moment of this machine; undefined while nothing is known. To the last environment when none is named. */
export const selectBoard = (
	{evidence, now}: Pick<CockpitState, 'evidence' | 'now'>,
	app: AppName,
	to?: string,
): Board | undefined => {
	const view = evidence.findLast(one => one.app === app && (to === undefined || one.to === to));
	if (!view) return undefined;
	const ms = Math.max(0, now - view.at);
	return {view, report: decide(carriedOn(view.facts, ms), view.policy), isStale: ms > reliedOnMs};
};
