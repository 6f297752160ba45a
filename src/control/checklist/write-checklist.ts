import {exportChecklist} from '../../app/checklist/export-checklist.ts';
import type {ExportPort} from '../../domain/ports.ts';
import {selectItemStates} from '../../store/checklist/checklist.ts';
import {problemOf} from '../../store/problem-of.ts';
import type {ChecklistContext} from './checklist-context.ts';

/** Writes the checklist with its evidence into a file, named after the moment it was read by its host's clock. */
export const writeChecklist = async (
	{environment, checklists, store}: ChecklistContext,
	files: ExportPort,
): Promise<void> => {
	const {checklistReading, say} = store.getState();
	if (!checklistReading) return say('attention', 'Not exported: the checklist is not read yet.');
	const {ledger} = checklistReading;
	const reading = {environment, ledger, items: selectItemStates(store.getState())};
	const stamp = new Date(ledger.time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
	const name = `checklist-${environment.name}-${stamp}.md`;
	try {
		const path = await files.write(name, exportChecklist(reading, {checklists, format: 'markdown'}));
		say('success', `Written to ${path}`);
	} catch (error) {
		say('danger', `Not exported: ${problemOf(error).why}`);
	}
};
