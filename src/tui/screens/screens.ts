import type {Screens} from '../app.tsx';
import {Backups} from './backups/backups.tsx';
import {Checklist} from './checklist/checklist.tsx';
import {Deploy} from './deploy/deploy.tsx';
import {EnvironmentTables} from './environments/environments.tsx';
import {Guides} from './guides/guides.tsx';
import {Health} from './health/health.tsx';
import {History} from './history/history.tsx';
import {Logs} from './logs/logs.tsx';
import {Overview} from './overview/overview.tsx';

/** Screens by name. What else a new one needs: docs/codebase.md, "Where to begin". */
export const screens: Screens = {
	overview: Overview,
	checklist: Checklist,
	deploy: Deploy,
	backups: Backups,
	health: Health,
	history: History,
	logs: Logs,
	environments: EnvironmentTables,
	guides: Guides,
};
