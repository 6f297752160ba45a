import {shortCommit} from '../../../domain/build.ts';
import {covers} from '../../../domain/checklist/checklist.ts';
import type {AppName} from '../../../domain/environments/environment.ts';
import type {ItemState} from '../../../domain/checklist/sign-off.ts';
import {
	commitOf,
	pendingOn,
	probeOf,
	selectHostNow,
	selectItem,
	selectItemStates,
	selectLiveCommit,
	selectPoints,
	selectShownPoints,
	waitingOn,
} from '../../../store/checklist/checklist.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {recordedLook, type StateLook} from '../../kit/marks.ts';
import {turning} from '../../kit/layout.ts';

const short = (commit: string | undefined): string | undefined => (commit ? shortCommit(commit) : undefined);

/** Everything the screen shows, ready to draw. */
export const viewOf = (state: CockpitState) => {
	const item = selectItem(state);
	return {
		...state,
		/** Of the app, everything. */
		points: selectPoints(state, state.app),
		/** Of the app, what is shown. */
		shown: selectShownPoints(state),
		item,
		/** Of both apps. */
		all: selectItemStates(state),
		/** Short commit that is live on the tested environment; undefined when it is not recorded. */
		commit: (app: AppName) => short(selectLiveCommit(state, app)),
		/** Short commit a sign-off on the item was about. */
		commitAt: ({history}: ItemState, seq: number) => {
			const signOff = history.find(one => one.seq === seq);
			return signOff && short(commitOf(state, signOff, state.app));
		},
		/** Epoch milliseconds by the host's clock. */
		hostNow: selectHostNow(state),
		timeZone: state.checklistEnvironment?.timeZone ?? 'UTC',
		/** What the probe of an item saw of what is live now; undefined: it was not asked. */
		probeOf: ({item: one}: ItemState) => probeOf(state, one),
	};
};

export type ChecklistView = ReturnType<typeof viewOf>;

/** How an item is marked: what is under way wins over what is recorded. */
export const stateLook = (
	{item, state, isCarried}: ItemState,
	view: Pick<CockpitState, 'checklistPending' | 'checklistWaiting' | 'now'>,
	glyphs: Glyphs,
): StateLook => {
	const pending = pendingOn(view, item.id);
	if (pending) return {glyph: turning(glyphs, view.now), word: pending.what, tone: 'accent'};
	if (waitingOn(view, item.id)) return {glyph: glyphs.waits, word: 'waiting', tone: 'attention'};
	if (isCarried && (state === 'passed' || state === 'not-applicable'))
		return {glyph: glyphs.carried, word: 'carried', tone: 'success'};
	return recordedLook(state, glyphs);
};

/** Worst of a pause point: one failed item is what must be seen. */
export const pointLook = (states: readonly ItemState[], glyphs: Glyphs): StateLook => {
	const worst = (['failed', 'unclear', 'open'] as const).find(state => states.some(one => one.state === state));
	return recordedLook(worst ?? 'passed', glyphs);
};

export const itemsOf = (all: readonly ItemState[], app: AppName): readonly ItemState[] =>
	all.filter(({item}) => covers(item.scope, app));
