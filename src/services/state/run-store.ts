import {closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {RunEvent} from '../../domain/runs/events.ts';
import type {Journal, RunStore} from '../../domain/ports.ts';
import {eventsIn, journalName, openJournal, readJournal} from './run-journal.ts';

const keptMs = 30 * 24 * 3_600_000;

const namesIn = (directory: string): string[] => {
	try {
		return readdirSync(directory).sort();
	} catch {
		return [];
	}
};

const tailOf = (path: string, maxBytes: number): string => {
	let file: number | undefined;
	try {
		file = openSync(path, 'r');
		const {size} = fstatSync(file);
		const buffer = Buffer.alloc(Math.min(size, maxBytes));
		const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
		return buffer.toString('utf8', 0, read);
	} catch {
		return '';
	} finally {
		if (file !== undefined) closeSync(file);
	}
};

/** The end of a run is near the end of its journal. */
const endBytes = 16 * 1024;

/** Of a journal that may be one of thousands: all of it is read only where its last lines do not tell. */
const endIn = (directory: string): ReturnType<RunStore['end']> => {
	const path = join(directory, journalName);
	return finishedIn(eventsIn(tailOf(path, endBytes))) ?? finishedIn(readJournal(directory));
};

const finishedIn = (events: readonly RunEvent[]): ReturnType<RunStore['end']> =>
	events.findLast(event => event.type === 'run.finished');

/** Names come from ledgers of hosts, too: only one that is a name is looked for. */
const isRunName = (run: string): boolean => /^[\w][\w.-]*$/.test(run);

/** The runs this machine has driven, below `<state home>/cockpit/<project>/<environment>/runs`. */
export const createRunStore = (stateHome: string): RunStore => {
	const runs = (project: string, environment: string): string =>
		join(stateHome, 'cockpit', project, environment, 'runs');
	return {
		open: ({project, environment, run}): Journal => openJournal(join(runs(project, environment), run)),
		events: ({project, environment, run}): readonly RunEvent[] =>
			isRunName(run) ? readJournal(join(runs(project, environment), run)) : [],
		end: ({project, environment, run}) =>
			isRunName(run) ? endIn(join(runs(project, environment), run)) : undefined,
		list: ({project, environment}) => namesIn(runs(project, environment)),
		log: ({project, environment, run}) => {
			const path = join(runs(project, environment), run, 'run.log');
			return isRunName(run) && existsSync(path) ? {path, tail: maxBytes => tailOf(path, maxBytes)} : undefined;
		},
		prune: ({project, environment, now}) => {
			const directories = namesIn(runs(project, environment)).map(name => join(runs(project, environment), name));
			const changed = directories.map(directory => statSync(directory, {throwIfNoEntry: false})?.mtimeMs ?? now);
			// A clock that leaps ahead makes nothing old by itself.
			const until = changed.reduce((latest, at) => Math.max(latest, at), 0);
			for (const [index, directory] of directories.entries()) {
				if (Math.min(now, until) - (changed[index] ?? now) <= keptMs) continue;
				try {
					rmSync(directory, {recursive: true, force: true});
				} catch {
					// What can't be removed now is removed another time: no run waits for it.
				}
			}
		},
	};
};
