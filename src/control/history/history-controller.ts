import type {AppServices} from '../../app/app-services.ts';
import {cleanText} from '../../app/clean-text.ts';
import {historyObject} from '../../app/history/history.ts';
import {verifyLedger} from '../../app/ledger/ledger-care.ts';
import {utcStamp} from '../../domain/runs/run-names.ts';
import {emptyRun, foldRun} from '../../domain/runs/run-state.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {Part} from '../controller.ts';
import type {CockpitState, CockpitStore} from '../../store/create-store.ts';
import {
	runKey,
	selectHistory,
	selectHistoryLine,
	selectLedgers,
	type ChainCheck,
	type RunLook,
} from '../../store/history/history.ts';
import {problemOf} from '../../store/problem-of.ts';

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

/**
 * Verifies, exports and looks at logs for the screen. Every method returns at once; what comes of it arrives in the
 * store. `save` writes a new file and resolves with its path. `schema`: version of the lines that are exported.
 */
export const createHistoryController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly store: CockpitStore;
	readonly save: (name: string, text: string) => Promise<string>;
	readonly schema: number;
	readonly onFault?: (error: unknown) => void;
}): HistoryController => {
	const {services, store, save, schema, onFault = () => undefined} = options;
	const environments = options.environments.filter(({hosts}) => hosts.length > 0);
	let unsubscribe: (() => void) | undefined;
	let isStopped = false;

	const idOf = (environment: string, run: string) => ({
		project: store.getState().project,
		environment,
		run,
	});

	const lookAt = (environment: string, run: string): RunLook => {
		const id = idOf(environment, run);
		const log = services.runs.log(id);
		if (!log) return 'none';
		return {state: services.runs.events(id).reduce(foldRun, emptyRun), logPath: log.path};
	};

	/** Runs whose journals were read, as they stood then. */
	const read = new Set<string>();

	/** Reads the journal of the run under the cursor: once while it goes on, and once it is over. */
	const look = (state: CockpitState): void => {
		if (state.screen !== 'history') return;
		const line = selectHistoryLine(state);
		if (line?.run === undefined || line.kind !== 'run') return;
		const key = runKey(line.environment, line.run);
		const asItStands = `${key} ${line.id} ${line.outcome}`;
		if (read.has(asItStands)) return;
		read.add(asItStands);
		const seen = lookAt(line.environment, line.run);
		state.runLookedAt(key, seen);
	};

	const setCheck = (environment: string, check: ChainCheck): void => {
		if (!isStopped) store.getState().chainChecked(environment, check);
	};

	const verify = async (environment: Environment): Promise<void> => {
		const {name} = environment;
		setCheck(name, {state: 'checking', entries: 0, at: services.clock.now()});
		try {
			const {reading} = await verifyLedger(services, environment, environments);
			const {fault} = reading;
			setCheck(name, {
				state: fault === undefined ? 'intact' : 'broken',
				entries: reading.entries.length,
				...(fault === undefined ? {} : {problem: cleanText(fault)}),
				at: services.clock.now(),
			});
		} catch (error) {
			setCheck(name, {
				state: 'silent',
				entries: 0,
				problem: cleanText(problemOf(error).why),
				at: services.clock.now(),
			});
		}
	};

	const exportAll = async (): Promise<void> => {
		const state = store.getState();
		const lines = selectHistory(state);
		const ledgers = selectLedgers(state);
		const entriesOf = (name: string) => ledgers.find(({environment}) => environment === name)?.entries ?? [];
		const text = lines
			.map(line => `${JSON.stringify({schema, ...historyObject(line, entriesOf(line.environment))})}\n`)
			.join('');
		try {
			const name = `history-${utcStamp(new Date(services.clock.now()).toISOString())}.jsonl`;
			const path = await save(name, text);
			store
				.getState()
				.say('success', `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} written to ${path}`);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			store.getState().say('danger', cleanText(`Not exported: ${why}`));
		}
	};

	return {
		start: () => {
			unsubscribe ??= store.subscribe(look);
		},
		stop: async () => {
			isStopped = true;
			unsubscribe?.();
			unsubscribe = undefined;
		},
		open: () => {
			const state = store.getState();
			const unread = environments.filter(
				({name}) => state.environments.find(view => view.name === name)?.status === undefined,
			);
			const remembered = unread.flatMap(environment => {
				const known = services.ledgers.remembered(environment);
				return known ? [[environment.name, known.entries] as const] : [];
			});
			if (remembered.length > 0) state.rememberLedgers(Object.fromEntries(remembered));
			state.openHistoryPage(undefined);
			state.show('history');
		},
		verify: () => {
			for (const environment of environments) verify(environment).catch(onFault);
		},
		openLog: () => {
			const state = store.getState();
			const line = selectHistoryLine(state);
			if (line?.run === undefined) return;
			const log = services.runs.log(idOf(line.environment, line.run));
			if (!log) return state.say('attention', 'This machine has no log of that run.');
			const lines = log.tail(logBytes).split('\n').map(cleanText);
			if (lines.at(-1) === '') lines.pop();
			state.openHistoryPage({kind: 'log', path: log.path, lines});
			state.scrollTo(lines.length);
		},
		export: () => {
			exportAll().catch(onFault);
		},
	};
};
