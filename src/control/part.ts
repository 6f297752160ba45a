import type {AppServices} from '../app/app-services.ts';
import type {Checklists} from '../domain/checklist/checklist.ts';
import type {Environment} from '../domain/environments/environment.ts';
import type {CockpitStore} from '../store/create-store.ts';

/** What the parts of the cockpit work with. */
export type ControlOptions = {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	readonly store: CockpitStore;
	/** Hears of errors that are nobody's answer. */
	readonly onFault: (error: unknown) => void;
};

/** What a part can be told, whatever is on screen. */
export type Part = {
	/** Begins what goes on beside the screens. */
	readonly start: () => void;
	/** Resolves once nothing of it is under way any more; a run is left to be resumed. */
	readonly stop: () => Promise<void>;
	/** Asks the hosts again now. */
	readonly refresh: () => void;
};
