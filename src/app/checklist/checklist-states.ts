import {sectionsFor, type ChecklistPhase, type Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {liveRelease, type LiveRelease} from '../../domain/releases/live-releases.ts';
import {itemStates, signOffsIn, type ItemState, type PairDigests} from '../../domain/checklist/sign-off.ts';
import {appsOf} from '../target-of.ts';

/** What is live of each app of an environment, by its ledger. */
export const liveReleases = (
	environment: Environment,
	entries: readonly LedgerEntry[],
): ReadonlyMap<AppName, LiveRelease> =>
	new Map(
		appsOf(environment).flatMap(app => {
			const live = liveRelease(entries, app);
			return live ? [[app, live] as const] : [];
		}),
	);

/** Digests of the pair that is live. */
export const digestsOf = (live: ReadonlyMap<AppName, LiveRelease>): PairDigests =>
	Object.fromEntries([...live].flatMap(([app, {build}]) => (build ? [[app, build.digest] as const] : [])));

/**
 * What a result of a phase is bound to. Behind production a release without a recorded build, as an adoption leaves one,
 * stands for itself: what is looked at then is what runs, whoever made it.
 */
export const boundTo = (live: ReadonlyMap<AppName, LiveRelease>, phase: ChecklistPhase): PairDigests =>
	phase === 'before-production'
		? digestsOf(live)
		: Object.fromEntries([...live].map(([app, {build, release}]) => [app, build?.digest ?? `release ${release}`]));

const everybody = (): boolean => true;

/** Where every item of the phase before production stands on an environment, by its ledger. `app` absent: all items. */
export const checklistStates = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	app?: AppName,
	isTrusted: (seq: number) => boolean = everybody,
): readonly ItemState[] => {
	const live = liveReleases(environment, entries);
	const items = sectionsFor(checklists, 'before-production', app).flatMap(section => section.items);
	return itemStates(items, signOffsIn(entries), {
		live: digestsOf(live),
		has: appsOf(environment),
		changedAt: Math.max(0, ...[...live.values()].map(({seq}) => seq)),
		isTrusted,
	});
};
