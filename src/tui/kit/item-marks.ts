import type {ItemState, Result} from '../../domain/checklist/sign-off.ts';
import type {Glyphs} from './glyphs.ts';
import type {Tone} from './theme.tsx';

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
