import {covers} from '../../../domain/checklist/checklist.ts';
import type {AppName} from '../../../domain/environments/environment.ts';
import type {ItemState, Result} from '../../../domain/checklist/sign-off.ts';
import type {Colleague, PausePoint, PendingSignOff, WaitingSignOff} from '../../../store/checklist/checklist.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {recordedLook, type StateLook} from '../../kit/item-marks.ts';

/** Everything the screen shows, ready to draw. Times: epoch milliseconds by the host's clock, unless it says otherwise. */
export type ChecklistView = Pick<
	CockpitState,
	| 'app'
	| 'now'
	| 'checklistEnvironment'
	| 'checklistReading'
	| 'checklistProblem'
	| 'checklistPanel'
	| 'checklistPending'
	| 'checklistWaiting'
	| 'checklistAsk'
	| 'isOnlyOpen'
	| 'lists'
> & {
	readonly here: readonly Colleague[];
	/** Of the app, everything. */
	readonly points: readonly PausePoint[];
	/** Of the app, what is shown. */
	readonly shown: readonly PausePoint[];
	readonly item: ItemState | undefined;
	/** Of both apps. */
	readonly all: readonly ItemState[];
	/** Short commit that is live on the tested environment; undefined when it is not recorded. */
	readonly commit: (app: AppName) => string | undefined;
	/** Short commit a sign-off on the item was about. */
	readonly commitAt: (state: ItemState, seq: number) => string | undefined;
	readonly hostNow: number;
	readonly timeZone: string;
	/** What the probe of the item saw when the gates last ran it. */
	readonly probed: {readonly outcome: Result; readonly text: string} | undefined;
};

const underWay = {recording: 'recording', probing: 'probing', undoing: 'undoing'} as const;

/** How an item is marked. */
export const stateLook = (
	{state, isCarried}: ItemState,
	{
		pending,
		waiting,
		now,
	}: {
		readonly pending?: PendingSignOff | undefined;
		readonly waiting?: WaitingSignOff | undefined;
		readonly now: number;
	},
	glyphs: Glyphs,
): StateLook => {
	if (pending) {
		const turn = Math.floor(now / 1000) % glyphs.running.length;
		return {glyph: glyphs.running[turn] ?? '', word: underWay[pending.what], tone: 'accent'};
	}
	if (waiting) return {glyph: glyphs.waits, word: 'waiting', tone: 'attention'};
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
