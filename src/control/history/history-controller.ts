import {cleanText} from '../../app/clean-text.ts';
import type {ExportPort} from '../../domain/ports.ts';
import {selectHistoryLine, type ChainCheck} from '../../store/history/history.ts';
import type {ControlOptions, Part} from '../part.ts';
import {checkLedger} from './check-ledger.ts';
import {followJournals} from './run-journals.ts';
import {writeHistory} from './write-history.ts';

/** The part of the controller that looks back; it changes no host. */
export type HistoryController = Pick<Part, 'start' | 'stop'> & {
	/** Goes to the history of all ledgers. */
	readonly open: () => void;
	/** Holds every ledger against what others have seen of it. */
	readonly verify: () => void;
	/** Shows the log of the run under the cursor, where this machine has one. */
	readonly openLog: () => void;
	/** Writes the lines on screen to a file in the current directory. */
	readonly export: () => void;
};

/** The end of a log is what people look for; all of it is in the file whose path is shown. */
const logBytes = 512 * 1024;

/** Verifies, exports and looks at logs for the screen. `schema`: version of the lines that are exported. */
export const createHistoryController = (
	options: Omit<ControlOptions, 'checklists'> & {readonly files: ExportPort; readonly schema: number},
): HistoryController => {
	const {services, store, onFault} = options;
	const environments = options.environments.filter(({hosts}) => hosts.length > 0);
	let unfollow: (() => void) | undefined;
	let isStopped = false;
	const tell = (environment: string, check: ChainCheck): void => {
		if (!isStopped) store.getState().chainChecked(environment, check);
	};
	return {
		start: () => {
			unfollow ??= followJournals(options);
		},
		stop: async () => {
			isStopped = true;
			unfollow?.();
			unfollow = undefined;
		},
		open: () => {
			const state = store.getState();
			const isUnread = (name: string): boolean =>
				state.environments.find(view => view.name === name)?.status === undefined;
			const remembered = environments.flatMap(environment => {
				const known = isUnread(environment.name) ? services.ledgers.remembered(environment) : undefined;
				return known ? [[environment.name, known.entries] as const] : [];
			});
			if (remembered.length > 0) state.rememberLedgers(Object.fromEntries(remembered));
			state.openHistoryPage(undefined);
			state.show('history');
		},
		verify: () => {
			for (const environment of environments) {
				const {name} = environment;
				tell(name, {state: 'checking', entries: 0, at: services.clock.now()});
				checkLedger(services, environment, environments)
					.then(check => tell(name, check))
					.catch(onFault);
			}
		},
		openLog: () => {
			const state = store.getState();
			const line = selectHistoryLine(state);
			if (line?.run === undefined) return;
			const {environment, run} = line;
			const log = services.runs.log({project: state.project, environment, run});
			if (!log) return state.say('attention', 'This machine has no log of that run.');
			const lines = log.tail(logBytes).split('\n').map(cleanText);
			if (lines.at(-1) === '') lines.pop();
			state.openHistoryPage({kind: 'log', path: log.path, lines});
			state.scrollTo(lines.length);
		},
		export: () => void writeHistory(options, options).catch(onFault),
	};
};
