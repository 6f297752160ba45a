import type {AppServices} from '../app/app-services.ts';
import type {Environment} from '../domain/environment.ts';
import type {CockpitController} from './controller.ts';
import type {CockpitStore} from './create-store.ts';

export const createOverviewController = ({store}: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly store: CockpitStore;
}): Pick<CockpitController, 'start' | 'stop' | 'refresh'> => {
	let timer: NodeJS.Timeout | undefined;
	return {
		start: () => {
			timer = setInterval(() => store.getState().tick(Date.now()), 1000);
		},
		stop: async () => clearInterval(timer),
		refresh: () => undefined,
	};
};
