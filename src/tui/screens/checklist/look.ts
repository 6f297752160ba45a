import {covers} from '../../../domain/checklist.ts';
import type {AppName} from '../../../domain/environment.ts';
import type {ItemState, Result} from '../../../domain/sign-off.ts';
import type {Colleague, PausePoint, PendingSignOff, WaitingSignOff} from '../../../store/checklist.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {Glyphs} from '../../glyphs.ts';
import type {Tone} from '../../theme.tsx';
import {day, hourMinute, zoneName} from '../deploy/times.ts';

/** Everything the screen shows, ready to draw. Times: epoch milliseconds by the host's clock, unless it says otherwise. */
export type ChecklistView = Pick<
	CockpitState,
	| 'app'
	| 'now'
	| 'checklistEnvironment'
	| 'checklistReading'
	| 'checklistProblem'
	| 'checklistPanel'
	| 'checklistScroll'
	| 'checklistPending'
	| 'checklistWaiting'
	| 'checklistAsk'
	| 'isOnlyOpen'
	| 'checklistFilter'
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

/** A state as it is drawn: what is under way wins over what is recorded. */
export type StateLook = {readonly glyph: string; readonly word: string; readonly tone: Tone};

const recorded: Readonly<
	Record<
		ItemState['state'],
		{
			readonly glyph: 'done' | 'failed' | 'unclear' | 'notApplicable' | 'open';
			readonly word: string;
			readonly tone: Tone;
		}
	>
> = {
	passed: {glyph: 'done', word: 'passed', tone: 'success'},
	failed: {glyph: 'failed', word: 'failed', tone: 'danger'},
	unclear: {glyph: 'unclear', word: 'unclear', tone: 'attention'},
	'not-applicable': {glyph: 'notApplicable', word: 'n/a', tone: 'muted'},
	open: {glyph: 'open', word: 'open', tone: 'attention'},
};

export const resultWord = (result: Result | 'undone'): string =>
	result === 'undone' ? 'undone' : recorded[result].word;

/** Glyph and word of a recorded state. */
export const recordedLook = (state: ItemState['state'], glyphs: Glyphs): StateLook => {
	const {glyph, word, tone} = recorded[state];
	return {glyph: glyphs[glyph], word, tone};
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

/** `11:18` today, `Mon 16:20` this week, else `3 Feb`; nothing about the zone, which stands once on the screen. */
export const when = (at: number, now: number, timeZone: string): string => {
	const on = day(at, timeZone);
	if (on === day(now, timeZone)) return hourMinute(at, timeZone);
	const [weekday = '', date = '', month = ''] = on.split(' ');
	return at < now && now - at < 6 * 86_400_000 ? `${weekday} ${hourMinute(at, timeZone)}` : `${date} ${month}`;
};

/** `Tue 11:18 IST` this week, else `3 Feb 11:18 IST`. */
export const exactly = (at: number, now: number, timeZone: string): string => {
	const [weekday = '', date = '', month = ''] = day(at, timeZone).split(' ');
	const isThisWeek = Math.abs(now - at) < 6 * 86_400_000;
	return `${isThisWeek ? weekday : `${date} ${month}`} ${hourMinute(at, timeZone)} ${zoneName(at, timeZone)}`;
};

export const whoOf = ({
	by,
	actor,
}: {
	readonly by: 'person' | 'probe';
	readonly actor: {readonly name: string};
}): string => (by === 'probe' ? 'probe' : actor.name);

/** Why an open item that was signed once no longer counts, in two words. */
export const voidedWord = ({voided}: ItemState): string =>
	voided === 'build' ? 'other build' : voided === 'text' ? 'text changed' : '';

export const itemsOf = (all: readonly ItemState[], app: AppName): readonly ItemState[] =>
	all.filter(({item}) => covers(item.scope, app));
