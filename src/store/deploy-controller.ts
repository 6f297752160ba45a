import type {AppServices} from '../app/app-services.ts';
import type {Environment} from '../domain/environment.ts';
import type {CockpitController} from './controller.ts';
import type {CockpitStore} from './create-store.ts';
import {OutputRing} from './output-ring.ts';

export const createDeployController = (_: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly store: CockpitStore;
}): Omit<CockpitController, 'start' | 'stop' | 'refresh'> => ({
	review: () => undefined,
	confirm: () => undefined,
	cancelRun: () => undefined,
	leaveRun: () => undefined,
	resume: () => undefined,
	reconnect: () => undefined,
	output: new OutputRing(),
});
