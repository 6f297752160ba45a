import {lookAtItem} from '../../app/checklist/item-probes.ts';
import type {ChecklistItem} from '../../domain/checklist/checklist.ts';
import type {Observation} from '../../domain/checklist/observation.ts';
import {
	probeOf,
	refuseChange,
	selectHostNow,
	selectItemStates,
	selectLiveBuilds,
} from '../../store/checklist/checklist.ts';
import type {ChecklistContext} from './checklist-context.ts';

/** Age up to which what a probe saw is not asked again when the checklist is opened. */
const freshMs = 60_000;

/** Asks the probes of items, so that what they see stands beside the items before somebody signs. */
export const createItemProbing = ({services, environment, store, ending, onFault}: ChecklistContext) => {
	const look = async (item: ChecklistItem): Promise<Observation | undefined> => {
		const {probe} = item;
		if (!probe) return undefined;
		const builds = selectLiveBuilds(store.getState());
		store.getState().probeAsked(item, builds);
		const sight = await lookAtItem(services, environment, {...item, probe}, ending);
		if (ending.aborted) return undefined;
		// The clock of the screen stands still between two frames.
		const at = selectHostNow({...store.getState(), now: services.clock.now()});
		store.getState().probeSaw(item, builds, {...sight, at});
		const seen = probeOf(store.getState(), item)?.observation;
		return seen?.at === at ? seen : undefined;
	};
	const looks = new Map<string, Promise<Observation | undefined>>();
	const ask = (item: ChecklistItem): Promise<Observation | undefined> => {
		const asked = look(item);
		looks.set(item.id, asked);
		return asked;
	};
	const askAll = (items: readonly ChecklistItem[]): void => {
		for (const item of items) ask(item).catch(onFault);
	};
	/** Until they are asked, probes of the last opening are due again when they are old. */
	let openedAt: number | undefined;
	const isDue = (item: ChecklistItem): boolean => {
		const known = probeOf(store.getState(), item);
		if (!known) return true;
		const {observation, isAsking} = known;
		return openedAt !== undefined && !isAsking && observation !== undefined && openedAt - observation.at > freshMs;
	};
	return {
		/**
		 * What the probe of an item sees now, for who signs with it; what is being asked already is not asked twice.
		 * Undefined: of what is live now it saw nothing.
		 */
		see: (item: ChecklistItem): Promise<Observation | undefined> => {
			const isAsking = probeOf(store.getState(), item)?.isAsking === true;
			return (isAsking ? looks.get(item.id) : undefined) ?? ask(item);
		},
		/** The checklist was opened: what its probes saw long ago is asked again, once. */
		opened: (): void => {
			openedAt = selectHostNow({...store.getState(), now: services.clock.now()});
		},
		/** The ledger was read: asks what was not asked about the builds that are live now. */
		askDue: (): void => {
			const state = store.getState();
			const items = selectItemStates(state)
				.filter(one => one.item.probe && refuseChange({...state, checklistPending: []}, one) === undefined)
				.map(({item}) => item);
			askAll(items.filter(isDue));
			openedAt = undefined;
		},
		/** Asks the probe of an item again. */
		ask: (item: string): void => {
			const state = store.getState();
			const one = selectItemStates(state).find(({item: {id}}) => id === item);
			if (!one) return;
			const refusal = refuseChange({...state, checklistPending: []}, one);
			if (refusal !== undefined) return state.say('attention', `Not asked: ${refusal}.`);
			if (!one.item.probe) return state.say('attention', `${one.item.title} has no probe: it takes a person.`);
			if (probeOf(state, one.item)?.isAsking) return state.say('attention', 'The probe is being asked.');
			askAll([one.item]);
		},
	};
};
