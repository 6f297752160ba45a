import type {StateCreator} from 'zustand';
import type {AppName} from '../domain/environment.ts';
import type {CockpitState} from './create-store.ts';

/** Where a deploy stands on its way: choose, review, type the word, run, and how it ended. */
export type WizardStage = 'choose' | 'review' | 'confirm' | 'run' | 'done' | 'failed';

export type WizardSlice = {
	readonly stage: WizardStage;
	readonly choice: {readonly app: AppName; readonly environment: string} | undefined;
	/** What has been typed of the word; compared whole, only on Enter. */
	readonly typed: string;
	/** The search field of the output has focus. */
	readonly isSearching: boolean;
	readonly setTyped: (typed: string) => void;
	readonly setStage: (stage: WizardStage) => void;
};

export const createWizardSlice: StateCreator<CockpitState, [], [], WizardSlice> = set => ({
	stage: 'choose',
	choice: undefined,
	typed: '',
	isSearching: false,
	setTyped: typed => set({typed}),
	setStage: stage => set({stage}),
});
