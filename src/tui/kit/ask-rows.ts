import type {ChecklistItem} from '../../domain/checklist/checklist.ts';
import {leastNote} from '../../domain/checklist/sign-off.ts';
import type {ChecklistAsk} from '../../store/checklist/checklist.ts';
import {span, type Row} from './rows.ts';
import {recordedLook, resultWord, whoOf} from './marks.ts';
import {panelHead, type Look} from './layout.ts';

/** Rows above the one that is typed in. */
export const askRows = (ask: ChecklistAsk, width: number, look: Look): readonly Row[] => {
	const {seen, kind, result} = ask;
	const {title} = seen.item;
	const {glyphs} = look;
	if (kind === 'retest') {
		const who = seen.signOff ? whoOf(seen.signOff) : '';
		const does = `records a retest: ${resultWord(result)}`;
		const {glyph, tone} = recordedLook(seen.state, glyphs);
		return [
			panelHead([span(`${glyph} ${title}`, tone, {bold: true})], width, {glyphs}, 'retest', 'attention'),
			[
				span(` ${resultWord(seen.state === 'open' ? 'unclear' : seen.state)} by ${who}: `),
				span('Enter', 'accent', {bold: true}),
				span(` ${does}, `),
				span('Esc', 'accent', {bold: true}),
				span(' keeps it'),
			],
		];
	}
	const {glyph, tone} = recordedLook(result, glyphs);
	const needs = kind === 'note' ? `note needed, at least ${leastNote} characters` : askedFor(ask);
	return [
		panelHead([span(`${glyph} ${resultWord(result)}: ${title}`, tone, {bold: true})], width, {glyphs}, needs, tone),
	];
};

const askedFor = ({seen: {item}}: ChecklistAsk): string => {
	const {answer} = item;
	if (answer.kind === 'tick') return '';
	if (answer.kind === 'choice') return answer.options.map((option, index) => `${index + 1} ${option}`).join('  ');
	const {ask, unit} = answer;
	const bounds = boundsOf(answer);
	return [ask, ...(bounds.length === 0 && unit ? [`in ${unit}`] : bounds)].join(', ');
};

/** What stands right of what is typed. */
export const askHint = (ask: ChecklistAsk): string => {
	if (ask.kind === 'retest') return '';
	const length = ask.typed.trim().length;
	if (ask.kind === 'value') return ask.seen.item.answer.kind === 'choice' ? 'its number or its words' : '';
	return length < leastNote ? `${length} of ${leastNote} characters` : `${length} characters`;
};

/** What a value has to keep within, in words. */
export const boundsOf = ({
	unit = '',
	atMost,
	atLeast,
}: Extract<ChecklistItem['answer'], {kind: 'value'}>): readonly string[] => [
	...(atLeast === undefined ? [] : [`at least ${atLeast} ${unit}`.trim()]),
	...(atMost === undefined ? [] : [`at most ${atMost} ${unit}`.trim()]),
];
