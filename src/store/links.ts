import type {StateCreator} from 'zustand';
import type {SessionStatus} from '../domain/ports.ts';
import type {CockpitState} from './create-store.ts';

/** State of each connection, by environment name. */
export type LinksSlice = {
	readonly links: Readonly<Record<string, SessionStatus | undefined>>;
	readonly setLink: (environment: string, status: SessionStatus) => void;
};

export const createLinksSlice: StateCreator<CockpitState, [], [], LinksSlice> = (set, get) => ({
	links: {},
	setLink: (environment, status) => set({links: {...get().links, [environment]: status}}),
});
