import type {LineOutcome} from '../../app/ledger/ledger-lines.ts';
import type {ItemState, Result, SignOff} from '../../domain/checklist/sign-off.ts';
import type {GateState, Verdict} from '../../domain/gates/gates.ts';
import type {Glyphs} from './glyphs.ts';
import {span, type Row, type Span} from './rows.ts';
import type {Tone} from './theme.tsx';

/** What marks something: the name of its glyph, and its tone. */
export type Marked = readonly [Exclude<keyof Glyphs, 'levels' | 'frame'>, Tone];

const glyphOf = (name: Marked[0], glyphs: Glyphs): string => glyphs[name][0] ?? '';

export const markSpan = ([name, tone]: Marked, glyphs: Glyphs): Span => span(glyphOf(name, glyphs), tone);

const gateMarks: Readonly<Record<GateState, Marked>> = {
	met: ['done', 'success'],
	failed: ['failed', 'danger'],
	open: ['open', 'attention'],
	waiting: ['waits', 'attention'],
	unknown: ['unclear', 'attention'],
};

/** How a gate's state is marked. Source: design, "Screens". */
export const gateMark = (state: GateState, glyphs: Glyphs): {readonly mark: string; readonly tone: Tone} => {
	const [name, tone] = gateMarks[state];
	return {mark: glyphOf(name, glyphs), tone};
};

export const verdictTone: Readonly<Record<Verdict, Tone>> = {GO: 'success', HOLD: 'attention', 'NO-GO': 'danger'};

/** How a line of a ledger is marked. Source: design, "Screens". */
export const lineMarks: Readonly<Record<LineOutcome, Marked>> = {
	deployed: ['attention', 'accent'],
	'rolled-back': ['rolledBack', 'attention'],
	undone: ['rolledBack', 'attention'],
	'taken-back': ['rolledBack', 'attention'],
	adopted: ['done', 'success'],
	'value-set': ['done', 'success'],
	passed: ['done', 'success'],
	approved: ['done', 'success'],
	failed: ['failed', 'danger'],
	abandoned: ['notApplicable', 'muted'],
	'not-applicable': ['notApplicable', 'muted'],
	started: ['running', 'accent'],
	watching: ['running', 'accent'],
	worse: ['attention', 'danger'],
	better: ['done', 'success'],
	accepted: ['attention', 'attention'],
	observed: ['open', 'muted'],
	unclear: ['unclear', 'attention'],
	unknown: ['unclear', 'attention'],
	held: ['attention', 'attention'],
	'begun-anew': ['attention', 'attention'],
	unlocked: ['open', 'muted'],
	leased: ['open', 'muted'],
	opened: ['open', 'muted'],
	witnessed: ['open', 'muted'],
};

/** A state as it is drawn: what is under way wins over what is recorded. */
export type StateLook = {readonly glyph: string; readonly word: string; readonly tone: Tone};

const recorded: Readonly<Record<ItemState['state'], Omit<StateLook, 'glyph'> & {readonly glyph: Marked[0]}>> = {
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
	return {glyph: glyphOf(glyph, glyphs), word, tone};
};

export const whoOf = ({by, actor}: Pick<SignOff, 'by' | 'actor'>): string => (by === 'probe' ? 'probe' : actor.name);

/** Why an open item that was signed once no longer counts, in two words. */
export const voidedWord = ({voided}: ItemState): string =>
	voided === undefined ? '' : {build: 'other build', text: 'text changed', run: 'earlier run'}[voided];

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
