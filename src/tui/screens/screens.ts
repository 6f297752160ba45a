import type {Screens} from '../app.tsx';
import {Backups} from './backups/backups.tsx';
import {Checklist} from './checklist/checklist.tsx';
import {Deploy} from './deploy/deploy.tsx';
import {History} from './history/history.tsx';
import {Overview} from './overview/overview.tsx';

/** Screens by name; a new one is a file here and an entry of its keys in `all-bindings`. */
export const screens: Screens = {
	overview: Overview,
	checklist: Checklist,
	deploy: Deploy,
	backups: Backups,
	history: History,
};
