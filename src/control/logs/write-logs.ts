import type {ExportPort} from '../../domain/ports.ts';
import {utcStamp} from '../../domain/runs/run-names.ts';
import {logText} from '../../store/logs/log-text.ts';
import {selectLogPlace, selectLogs} from '../../store/logs/logs.ts';
import {exportFile} from '../export-file.ts';
import type {ControlOptions} from '../part.ts';

/** Writes what is listed into a file, as it was masked on its way to the screen. */
export const writeLogs = async (
	{services, store}: Pick<ControlOptions, 'services' | 'store'>,
	files: ExportPort,
): Promise<void> => {
	const state = store.getState();
	const {lines} = selectLogs(state);
	const titles = new Map(state.logSources.map(({id, title}) => [id, title]));
	await exportFile(store, files, {
		name: `logs-${selectLogPlace(state)?.name ?? ''}-${utcStamp(new Date(services.clock.now()).toISOString())}.log`,
		text: logText(lines, source => titles.get(source) ?? source),
		written: `${lines.length.toLocaleString('en')} ${lines.length === 1 ? 'entry' : 'entries'} written`,
	});
};
