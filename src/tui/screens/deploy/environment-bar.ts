import type {EmergencyTerms} from '../../../app/gates/gate.ts';
import {moment} from '../../../domain/format.ts';
import {unprovedApprovals} from '../../../domain/gates/approvals-gate.ts';
import type {GatePolicy} from '../../../domain/gates/gates.ts';
import {fit, pad, plain, span, type Row} from '../../kit/rows.ts';
import {isWide, roomAfter, wrap, type Look} from '../../kit/layout.ts';

/** White on red across the screen. */
const redRow = (text: string, width: number, bold: boolean): Row => [
	{text: plain(pad([span(text)], width)), banner: true, bold},
];

const centred = (text: string, width: number): string => {
	const cut = plain(fit([span(text)], width));
	return ' '.repeat(Math.floor(roomAfter([span(cut)], width) / 2)) + cut;
};

/** White on red over several rows: what in bold, then the facts. Three rows are enough on a small screen. */
export const banner = (what: string, facts: readonly string[], width: number, height: number): readonly Row[] => {
	const lines = height >= 30 ? ['', what, '', ...facts, ''] : [what, ...facts.slice(0, 2)];
	return lines.map(text => redRow(centred(text, width), width, text === what));
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
	const isTall = height >= 30;
	const lines = (text: string, most: number) => wrap(text, Math.max(8, width - 2)).slice(0, most);
	const review = `review due by ${reviewBy === undefined ? 'a time that is not known' : moment(reviewBy, timeZone)}`;
	return [
		...lines(`EMERGENCY: ${reason}`, isTall ? 2 : 1),
		...lines([review, ...asksLess].join('; '), isTall ? 4 : 2),
	].map((text, index) => redRow(` ${text}`, width, index === 0));
};

/** That approvals prove nobody, where some are asked for and names count as they are given. */
export const unprovedRows = (policy: GatePolicy, width: number, {glyphs}: Pick<Look, 'glyphs'>): readonly Row[] => {
	const unproved = unprovedApprovals(policy);
	return unproved === undefined
		? []
		: [fit([span(` ${glyphs.attention} approvals: ${unproved}`, 'attention')], width)];
};

/** What stands at the right of the bar before a run. */
export const notYet = (width: number): string =>
	isWide(width + 2) ? 'nothing has been changed yet' : 'nothing changed yet';
