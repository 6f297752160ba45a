import {exportChecklist} from '../../app/checklist/export-checklist.ts';
import type {ExportPort} from '../../domain/ports.ts';
import {selectItemStates} from '../../store/checklist/checklist.ts';
import {exportFile} from '../export-file.ts';
import type {ChecklistContext} from './checklist-context.ts';

/** Writes the checklist with its evidence into a file, named after the moment it was read by its host's clock. */
export const writeChecklist = async (
	{environment, checklists, store}: ChecklistContext,
	files: ExportPort,
): Promise<void> => {
	const {checklistReading, say} = store.getState();
	if (!checklistReading) return say('attention', 'Not exported: the checklist is not read yet.');
	const {ledger} = checklistReading;
	const items = selectItemStates(store.getState());
	const stamp = new Date(ledger.time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
	await exportFile(store, files, {
		name: `checklist-${environment.name}-${stamp}.md`,
		text: exportChecklist({environment, ledger, items}, {checklists, format: 'markdown'}),
		written: 'Written',
	});
};
