import type {Tier} from '../../domain/environments/environment.ts';
import {chip, type Look} from './layout.ts';
import {justify, pad, span, type Row} from './rows.ts';

/** Where something happens, and what stands at both sides of that. */
type Bar = {readonly tier: Tier; readonly title: string; readonly left: string; readonly right: string};

/** The row under the header that says where this happens: red across the screen for production, never dim. */
export const environmentBar = ({tier, title, left, right}: Bar, width: number, look: Look): Row => {
	const name = title.toUpperCase();
	if (tier === 'production') {
		const text = justify([span(` ${name}  ${left}`)], [span(`${right} `)], width);
		return pad(text, width).map((piece, index) => ({text: piece.text, banner: true, bold: index === 0}));
	}
	return justify([...chip(name, tier, look), span(` ${left}`, tier)], [span(right, 'muted')], width);
};
