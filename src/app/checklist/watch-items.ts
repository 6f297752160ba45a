import {
	sectionsFor,
	type ChecklistPhase,
	type ChecklistSection,
	type Checklists,
} from '../../domain/checklist/checklist.ts';
import {itemStates, signOffsIn, type ItemState} from '../../domain/checklist/sign-off.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {appsOf} from '../target-of.ts';
import {boundTo, liveReleases} from './checklist-states.ts';

/** A section with where its items stand. */
export type SectionState = Pick<ChecklistSection, 'id' | 'title' | 'mode'> & {readonly items: readonly ItemState[]};

/**
 * Where the items of a phase stand that is looked at behind a swap. Only what was signed since the last one counts:
 * going back to a build that was watched once is no reason not to watch it.
 */
export const sectionStates = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	{
		phase,
		app,
		isTrusted = () => true,
	}: {
		readonly phase: Exclude<ChecklistPhase, 'before-production'>;
		/** Absent: items of all apps. */
		readonly app?: AppName | undefined;
		readonly isTrusted?: (seq: number) => boolean;
	},
): readonly SectionState[] => {
	const live = liveReleases(environment, entries);
	const signOffs = signOffsIn(entries);
	const since = Object.fromEntries([...live].map(([name, {seq}]) => [name, seq]));
	const context = {live: boundTo(live, phase), has: appsOf(environment), changedAt: 0, isTrusted, since};
	return sectionsFor(checklists, phase, app).map(({id, title, mode, items}) => ({
		id,
		title,
		mode,
		items: itemStates(items, signOffs, context),
	}));
};

/** What is to be signed by hand while an app is watched on production, section by section, by the ledger of production. */
export const watchItems = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	app: AppName,
	isTrusted?: (seq: number) => boolean,
): readonly SectionState[] =>
	sectionStates(checklists, environment, entries, {
		phase: 'after-production',
		app,
		...(isTrusted ? {isTrusted} : {}),
	});
