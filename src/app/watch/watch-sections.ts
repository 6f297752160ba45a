import {covers, sectionsFor, type Checklists} from '../../domain/checklist/checklist.ts';
import {itemStates, signOffIn, type ItemState} from '../../domain/checklist/sign-off.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {digestsOf, liveReleases} from '../checklist/checklist-states.ts';
import {appsOf} from '../target-of.ts';

/** What is to be signed in each phase of a watch, for the build that is live: one list for each section, in order. */
export const watchSections = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	app: AppName,
): readonly (readonly ItemState[])[] => {
	const live = liveReleases(environment, entries);
	const context = {
		live: digestsOf(live),
		has: appsOf(environment),
		changedAt: Math.max(0, ...[...live.values()].map(({seq}) => seq)),
		isTrusted: () => true,
	};
	const signOffs = entries.flatMap(entry => signOffIn(entry) ?? []);
	// A section without items of the app still has its time.
	return sectionsFor(checklists, 'after-production').map(({items}) =>
		itemStates(
			items.filter(({scope}) => covers(scope, app)),
			signOffs,
			context,
		),
	);
};
