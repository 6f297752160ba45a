import {emptyRun, foldRun} from '../../domain/runs/run-state.ts';
import {runKey, selectHistoryLine} from '../../store/history/history.ts';
import type {ControlOptions} from '../part.ts';

/**
 * Reads the journal of the run under the cursor into the store, as long as history is open: once while the run goes on,
 * and once it is over. Answers with what ends it.
 */
export const followJournals = ({services: {runs}, store}: Pick<ControlOptions, 'services' | 'store'>): (() => void) => {
	/** Runs whose journals were read, as they stood then. */
	const read = new Set<string>();
	return store.subscribe(state => {
		if (state.screen !== 'history') return;
		const line = selectHistoryLine(state);
		if (line?.run === undefined || line.kind !== 'run') return;
		const {environment, run} = line;
		const asItStands = `${runKey(environment, run)} ${line.id} ${line.outcome}`;
		if (read.has(asItStands)) return;
		read.add(asItStands);
		const id = {project: state.project, environment, run};
		const log = runs.log(id);
		state.runLookedAt(
			runKey(environment, run),
			log ? {state: runs.events(id).reduce(foldRun, emptyRun), logPath: log.path} : 'none',
		);
	});
};
