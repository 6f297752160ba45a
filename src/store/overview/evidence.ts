import type {StateCreator} from 'zustand';
import type {EvidenceView} from '../../app/gates/watch-evidence.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {decide, type GateFacts, type GateReport, type Known} from '../../domain/gates/gates.ts';
import type {CockpitState} from '../create-store.ts';

export type EvidenceSlice = {
	/** As the configuration has them; they do not change while the cockpit runs. */
	readonly checklists: Checklists;
	/** One for each app of each promotion, once it is known. */
	readonly evidence: readonly EvidenceView[];
	readonly applyEvidence: (view: EvidenceView) => void;
};

export const createEvidenceSlice =
	(checklists: Checklists): StateCreator<CockpitState, [], [], EvidenceSlice> =>
	(set, get) => ({
		checklists,
		evidence: [],
		applyEvidence: view =>
			set({evidence: [...get().evidence.filter(one => one.app !== view.app || one.to !== view.to), view]}),
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

/**
 * The decision on an app at a moment of this machine; undefined while nothing is known. To the last environment when
 * none is named.
 */
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
