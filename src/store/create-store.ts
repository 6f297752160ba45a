import {createStore, type StoreApi} from 'zustand/vanilla';
import {noChecklists, type Checklists} from '../domain/checklist/checklist.ts';
import {createBackupsSlice, type BackupsSlice} from './backups/backups.ts';
import {createChecklistSlice, type ChecklistSlice} from './checklist/checklist.ts';
import {createEnvTablesSlice, type EnvTablesSlice} from './environments/env-tables.ts';
import {createValueChangeSlice, type ValueChangeSlice} from './environments/value-change.ts';
import {createEvidenceSlice, type EvidenceSlice} from './overview/evidence.ts';
import {createGuidesSlice, type GuidesSlice} from './guides/guides.ts';
import {createHealthSlice, type HealthSlice} from './health/health.ts';
import {createHistorySlice, type HistorySlice} from './history/history.ts';
import {createListsSlice, type ListsSlice} from './list.ts';
import {createLinksSlice, type LinksSlice} from './links.ts';
import {createLogsSlice, type LogsSlice} from './logs/logs.ts';
import {createNavigationSlice, type NavigationSlice} from './navigation.ts';
import {createOverviewSlice, type EnvironmentView, type OverviewSlice} from './overview/overview.ts';
import {createRollbackSlice, type RollbackSlice} from './rollback/rollback-review.ts';
import {createRunSlice, type RunSlice} from './runs/run.ts';
import {createWizardSlice, type WizardSlice} from './deploy/wizard.ts';

/** Facts only; everything that can be derived is derived by selectors. */
export type CockpitState = NavigationSlice &
	ListsSlice &
	LinksSlice &
	OverviewSlice &
	RunSlice &
	RollbackSlice &
	BackupsSlice &
	EnvTablesSlice &
	ValueChangeSlice &
	EvidenceSlice &
	HealthSlice &
	HistorySlice &
	GuidesSlice &
	LogsSlice &
	ChecklistSlice &
	WizardSlice & {readonly project: string};

export type CockpitStore = StoreApi<CockpitState>;

/** One store per cockpit; tests own theirs. `now`: epoch milliseconds. */
export const createCockpitStore = (options: {
	readonly project: string;
	readonly environments: readonly EnvironmentView[];
	/** Absent: none. */
	readonly checklists?: Checklists;
	readonly now: number;
}): CockpitStore =>
	createStore<CockpitState>()((...api) => ({
		project: options.project,
		...createNavigationSlice(options.now)(...api),
		...createListsSlice(...api),
		...createLinksSlice(...api),
		...createOverviewSlice(options.environments)(...api),
		...createRunSlice(...api),
		...createRollbackSlice(...api),
		...createBackupsSlice(...api),
		...createEnvTablesSlice(...api),
		...createValueChangeSlice(...api),
		...createEvidenceSlice(options.checklists ?? noChecklists)(...api),
		...createHealthSlice(...api),
		...createHistorySlice(...api),
		...createGuidesSlice(...api),
		...createLogsSlice(...api),
		...createChecklistSlice(...api),
		...createWizardSlice(...api),
	}));
