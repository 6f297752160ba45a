import {createContext, useContext} from 'react';
import {useStore} from 'zustand';
import type {CockpitState, CockpitStore} from '../../store/create-store.ts';

export const StoreContext = createContext<CockpitStore | undefined>(undefined);

/** The store itself, for reading in handlers. Throws Error outside a cockpit. */
export const useCockpitStore = (): CockpitStore => {
	const store = useContext(StoreContext);
	if (!store) throw new Error('no store around this component');
	return store;
};

/** A stored reference or a primitive; a selector that builds a list or object needs `useShallow`. */
export const useCockpit = <Selected>(selector: (state: CockpitState) => Selected): Selected =>
	useStore(useCockpitStore(), selector);
