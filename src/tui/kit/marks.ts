import type {LineOutcome} from '../../app/ledger/ledger-lines.ts';
import type {ItemState, Result} from '../../domain/checklist/sign-off.ts';
import type {GateState, Verdict} from '../../domain/gates/gates.ts';
import type {Glyphs} from './glyphs.ts';
import {span, type Row} from './rows.ts';
import type {Tone} from './theme.tsx';

/** How a gate's state is marked. Source: design, "Screens". */
export const gateMark = (state: GateState, glyphs: Glyphs): {readonly mark: string; readonly tone: Tone} => {
	switch (state) {
		case 'met':
			return {mark: glyphs.done, tone: 'success'};
		case 'failed':
			return {mark: glyphs.failed, tone: 'danger'};
		case 'open':
			return {mark: glyphs.open, tone: 'attention'};
		case 'waiting':
			return {mark: glyphs.waits, tone: 'attention'};
		case 'unknown':
			return {mark: glyphs.unclear, tone: 'attention'};
	}
};

export const verdictTone: Readonly<Record<Verdict, Tone>> = {GO: 'success', HOLD: 'attention', 'NO-GO': 'danger'};

/** How a line of a ledger is marked. Source: design, "Screens". */
export const lineMark = (outcome: LineOutcome, glyphs: Glyphs): readonly [string, Tone] => {
	switch (outcome) {
		case 'deployed':
			return [glyphs.attention, 'accent'];
		case 'rolled-back':
		case 'undone':
		case 'taken-back':
			return [glyphs.rolledBack, 'attention'];
		case 'adopted':
		case 'passed':
		case 'approved':
			return [glyphs.done, 'success'];
		case 'failed':
			return [glyphs.failed, 'danger'];
		case 'abandoned':
		case 'not-applicable':
			return [glyphs.notApplicable, 'muted'];
		case 'started':
			return [glyphs.running[0] ?? '', 'accent'];
		case 'unclear':
		case 'unknown':
			return [glyphs.unclear, 'attention'];
		case 'held':
		case 'begun-anew':
			return [glyphs.attention, 'attention'];
		case 'unlocked':
		case 'leased':
		case 'opened':
			return [glyphs.open, 'muted'];
	}
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

/** `Type ROLLBACK to start`: the word that is asked for, and what it does. */
export const wordRow = (word: string, purpose: string, tone: Tone): Row => [
	span('Type ', 'value', {bold: true}),
	span(word, tone, {bold: true}),
	span(purpose, 'value', {bold: true}),
];

/** What stands beside the word: letters typed so far. A wrong start is said before Enter is. */
export const lettersRow = (typed: string, word: string): Row =>
	word.startsWith(typed)
		? [span(`${typed.length} of ${word.length} letters`, typed === word ? 'success' : 'muted')]
		: [span('not the word', 'attention')];
