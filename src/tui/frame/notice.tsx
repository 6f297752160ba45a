import type {Notice} from '../../store/navigation.ts';
import {Rows} from '../kit/draw-rows.tsx';
import type {Glyphs} from '../kit/glyphs.ts';
import {blank, pad, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';

const glyphOf = (tone: Notice['tone'], glyphs: Glyphs): string =>
	({success: glyphs.done, attention: glyphs.attention, danger: glyphs.failed, muted: glyphs.prompt})[tone];

/** The last word to the user, in the row above the footer. An error says how to dismiss it. */
export const noticeRow = (notice: Notice | undefined, width: number, glyphs: Glyphs): Row => {
	if (!notice) return blank;
	const end = notice.tone === 'danger' ? '  Esc dismisses' : '';
	return pad([span(` ${glyphOf(notice.tone, glyphs)} ${notice.text}`, notice.tone), span(end, 'muted')], width);
};

export function NoticeLine({width}: {readonly width: number}) {
	const {glyphs} = useTheme();
	const notice = useCockpit(state => state.notice);
	return <Rows rows={[noticeRow(notice, width, glyphs)]} />;
}
