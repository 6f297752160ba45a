import {historyObject} from '../../app/history/history.ts';
import type {ExportPort} from '../../domain/ports.ts';
import {utcStamp} from '../../domain/runs/run-names.ts';
import {selectHistory, selectLedgers} from '../../store/history/history.ts';
import type {ControlOptions} from '../part.ts';
import {exportFile} from '../export-file.ts';

/** Writes the lines on screen into a file, one object a line. `schema`: their version. */
export const writeHistory = async (
	{services, store}: Pick<ControlOptions, 'services' | 'store'>,
	{files, schema}: {readonly files: ExportPort; readonly schema: number},
): Promise<void> => {
	const state = store.getState();
	const lines = selectHistory(state);
	const ledgers = selectLedgers(state);
	const entriesOf = (name: string) => ledgers.find(({environment}) => environment === name)?.entries ?? [];
	await exportFile(store, files, {
		name: `history-${utcStamp(new Date(services.clock.now()).toISOString())}.jsonl`,
		text: lines
			.map(line => `${JSON.stringify({schema, ...historyObject(line, entriesOf(line.environment))})}\n`)
			.join(''),
		written: `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} written`,
	});
};
