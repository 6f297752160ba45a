import type {BackupsController} from './backups/backups-controller.ts';
import type {ChecklistController} from './checklist/checklist-controller.ts';
import type {DeployController} from './deploy/deploy-controller.ts';
import type {EnvironmentsController} from './environments/environments-controller.ts';
import type {GuidesController} from './guides/guides-controller.ts';
import type {HealthController} from './health/health-controller.ts';
import type {HistoryController} from './history/history-controller.ts';
import type {LogsController} from './logs/logs-controller.ts';
import type {Part} from './part.ts';
import type {RollbackController} from './rollback/rollback-controller.ts';
import type {RunsController} from './runs/runs-controller.ts';

/**
 * The parts of the cockpit, each with what keys may ask of it. Every method returns at once; what comes of it arrives in
 * the store.
 */
export type Parts = {
	readonly overview: Part;
	readonly evidence: Part;
	readonly deploy: DeployController;
	readonly runs: RunsController;
	readonly rollback: RollbackController;
	readonly backups: BackupsController;
	readonly health: HealthController;
	readonly history: HistoryController;
	readonly logs: LogsController;
	readonly guides: GuidesController;
	readonly checklist: ChecklistController;
	readonly environments: EnvironmentsController;
};

/** Starts, stops and refreshes all parts at once. */
export type CockpitController = Parts & Part;

export const controllerOf = (parts: Parts): CockpitController => {
	const all = Object.values(parts);
	return {
		...parts,
		start: () => {
			for (const part of all) if ('start' in part) part.start();
		},
		stop: async () => {
			await Promise.all(all.map(async part => 'stop' in part && part.stop()));
		},
		refresh: () => {
			for (const part of all) if ('refresh' in part) part.refresh();
		},
	};
};
