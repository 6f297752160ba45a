import type {ExportPort} from '../domain/ports.ts';
import type {CockpitStore} from '../store/create-store.ts';
import {problemOf} from '../store/problem-of.ts';

/** Writes a file that a person asked for, and says where it is, or why there is none. */
export const exportFile = async (
	store: CockpitStore,
	files: ExportPort,
	{name, text, written}: {readonly name: string; readonly text: string; readonly written: string},
): Promise<void> => {
	const {say} = store.getState();
	try {
		say('success', `${written} to ${await files.write(name, text)}`);
	} catch (error) {
		say('danger', `Not exported: ${problemOf(error).why}`);
	}
};
