import type {Notice} from '../../store/navigation.ts';
import {Rows} from '../kit/draw-rows.tsx';
import type {Glyphs} from '../kit/glyphs.ts';
import {blank, pad, span} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';

const glyphOf = (tone: Notice['tone'], glyphs: Glyphs): string =>
	({success: glyphs.done, attention: glyphs.attention, danger: glyphs.failed, muted: glyphs.prompt})[tone];

/** The last word to the user, in the row above the footer. An error says how to dismiss it. */
export function NoticeLine({width}: {readonly width: number}) {
	const {glyphs} = useTheme();
	const notice = useCockpit(state => state.notice);
	if (!notice) return <Rows rows={[blank]} />;
	const end = notice.tone === 'danger' ? '  Esc dismisses' : '';
	const row = [span(` ${glyphOf(notice.tone, glyphs)} ${notice.text}`, notice.tone), span(end, 'muted')];
	return <Rows rows={[pad(row, width)]} />;
}
