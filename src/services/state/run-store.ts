import {readdirSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {RunEvent} from '../../domain/events.ts';
import type {Journal, RunStore} from '../../domain/ports.ts';
import {openJournal, readJournal} from './run-journal.ts';

const keptMs = 30 * 24 * 3_600_000;

const namesIn = (directory: string): string[] => {
	try {
		return readdirSync(directory).sort();
	} catch {
		return [];
	}
};

/** The runs this machine has driven, below `<state home>/cockpit/<project>/<environment>/runs`. */
export const createRunStore = (stateHome: string): RunStore => {
	const runs = (project: string, environment: string): string =>
		join(stateHome, 'cockpit', project, environment, 'runs');
	return {
		open: ({project, environment, run}): Journal => openJournal(join(runs(project, environment), run)),
		events: ({project, environment, run}): readonly RunEvent[] =>
			readJournal(join(runs(project, environment), run)),
		list: ({project, environment}) => namesIn(runs(project, environment)),
		prune: ({project, environment, now}) => {
			for (const name of namesIn(runs(project, environment))) {
				const directory = join(runs(project, environment), name);
				if (now - statSync(directory).mtimeMs > keptMs) rmSync(directory, {recursive: true, force: true});
			}
		},
	};
};
