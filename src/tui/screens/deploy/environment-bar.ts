import type {EmergencyTerms} from '../../../app/gates/gate.ts';
import {moment} from '../../../domain/format.ts';
import type {Tier} from '../../../domain/environments/environment.ts';
import {fit, justify, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {chip, isWide, wrap, type Look} from '../../kit/layout.ts';

/** The row under the header that says where this happens: red across the screen for production, never dim. */
export const environmentBar = (
	{
		tier,
		title,
		left,
		right,
	}: {readonly tier: Tier; readonly title: string; readonly left: string; readonly right: string},
	width: number,
	look: Look,
): Row => {
	const name = title.toUpperCase();
	if (tier === 'production') {
		const text = justify([span(` ${name}  ${left}`)], [span(`${right} `)], width);
		return pad(text, width).map((piece, index) => ({
			text: piece.text,
			banner: true,
			...(index === 0 ? {bold: true} : {}),
		}));
	}
	return justify([...chip(name, tier, look), span(` ${left}`, tier)], [span(right, 'muted')], width);
};

const centred = (text: string, width: number): string => {
	const cut = fit([span(text)], width)
		.map(piece => piece.text)
		.join('');
	return ' '.repeat(Math.max(0, Math.floor((width - widthOf([span(cut)])) / 2))) + cut;
};

/** White on red over several rows: what in bold, then the facts. Three rows are enough on a small screen. */
export const banner = (what: string, facts: readonly string[], width: number, height: number): readonly Row[] => {
	const lines = height >= 30 ? ['', what, '', ...facts, ''] : [what, ...facts.slice(0, 2)];
	return lines.map((text): Row => [
		{
			...pad([span(centred(text, width))], width).reduce((all, piece) => ({text: all.text + piece.text}), {
				text: '',
			}),
			banner: true,
			bold: text === what,
		},
	]);
};

/** White on red, as much of it as there are rows for: why the emergency profile is used, and what that means. */
export const emergencyRows = (
	terms: EmergencyTerms | undefined,
	timeZone: string,
	width: number,
	height: number,
): readonly Row[] => {
	if (!terms) return [];
	const {reason, asksLess, reviewBy} = terms;
	const review = `review due by ${reviewBy === undefined ? 'a time that is not known' : moment(reviewBy, timeZone)}`;
	const meaning = wrap([review, ...asksLess].join('; '), Math.max(8, width - 2));
	const shown = meaning.slice(0, height >= 30 ? 4 : 2);
	return [...wrap(`EMERGENCY: ${reason}`, Math.max(8, width - 2)).slice(0, height >= 30 ? 2 : 1), ...shown].map(
		(text, index): Row => [
			{
				...pad([span(` ${text}`)], width).reduce((all, piece) => ({text: all.text + piece.text}), {text: ''}),
				banner: true,
				bold: index === 0,
			},
		],
	);
};

/** What stands at the right of the bar before a run. */
export const notYet = (width: number): string =>
	isWide(width + 2) ? 'nothing has been changed yet' : 'nothing changed yet';
