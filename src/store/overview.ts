import type {StateCreator} from 'zustand';
import type {EnvironmentStatus} from '../app/status.ts';
import type {Tier} from '../domain/environment.ts';
import type {CockpitState} from './create-store.ts';

/** One environment as the overview shows it. Facts carry the time they were read; the screen derives their age. */
export type EnvironmentView = {
	readonly name: string;
	readonly title: string;
	readonly tier: Tier;
	readonly timeZone: string;
	readonly status: EnvironmentStatus | undefined;
	/** Epoch milliseconds of the last answer. */
	readonly readAt: number | undefined;
};

export type OverviewSlice = {
	/** In promotion order. */
	readonly environments: readonly EnvironmentView[];
};

export const createOverviewSlice =
	(environments: readonly EnvironmentView[]): StateCreator<CockpitState, [], [], OverviewSlice> =>
	() => ({environments});
