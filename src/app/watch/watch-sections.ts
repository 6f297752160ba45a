import {sectionsFor, type Checklists} from '../../domain/checklist/checklist.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {watchItems} from '../checklist/watch-items.ts';

/** What is to be signed in each phase of a watch: one list for each section, in order. */
export const watchSections = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	app: AppName,
): readonly (readonly ItemState[])[] => {
	const states = new Map(watchItems(checklists, environment, entries, app).map(({id, items}) => [id, items]));
	// A section without items of the app still has its time.
	return sectionsFor(checklists, 'after-production').map(({id}) => states.get(id) ?? []);
};
