/** A line of a guide as it is laid out: which piece it is of, and its place within it. It stays when the width changes. */
export type GuideSpot = {readonly piece: number; readonly line: number};

/** Where a person is in a guide. */
export type GuideView = {
	/** First line in sight. */
	readonly top: GuideSpot;
	readonly cursor: GuideSpot;
};

export const guideBegin: GuideView = {top: {piece: 0, line: 0}, cursor: {piece: 0, line: 0}};

/** A guide laid out in some width, and how many of its lines are in sight. */
export type GuideLines = {
	readonly lines: readonly GuideSpot[];
	/** Place of the first line of each piece. */
	readonly firsts: readonly number[];
	readonly height: number;
};

/** Which line a place is now: the nearest one of its piece. */
export const lineAt = ({lines, firsts}: Pick<GuideLines, 'lines' | 'firsts'>, {piece, line}: GuideSpot): number => {
	const first = firsts[piece] ?? lines.length;
	const next = firsts[piece + 1] ?? lines.length;
	return Math.max(0, Math.min(first + line, next - 1, lines.length - 1));
};

/** First line in sight, and that of the cursor, in the lines as they are laid out now. */
export const guideWindow = (
	view: GuideView,
	guide: GuideLines,
): {readonly from: number; readonly to: number; readonly cursor: number} => {
	const {lines, height} = guide;
	const cursor = lineAt(guide, view.cursor);
	const last = Math.max(0, lines.length - height);
	const least = Math.max(0, cursor - height + 1);
	const from = Math.max(least, Math.min(lineAt(guide, view.top), cursor, last));
	return {from, to: Math.min(lines.length, from + height), cursor};
};

const spotOf = ({lines}: GuideLines, at: number): GuideSpot => lines[at] ?? guideBegin.top;

const seenFrom = (guide: GuideLines, from: number, cursor: number): GuideView => ({
	top: spotOf(guide, Math.max(0, Math.min(from, guide.lines.length - guide.height))),
	cursor: spotOf(guide, cursor),
});

/** The cursor some lines on; what is in sight moves only as far as it has to. */
export const stepGuide = (view: GuideView, guide: GuideLines, by: number): GuideView => {
	const {from, cursor} = guideWindow(view, guide);
	const next = Math.max(0, Math.min(guide.lines.length - 1, cursor + by));
	return seenFrom(guide, Math.max(next - guide.height + 1, Math.min(from, next)), next);
};

/** What is in sight and the cursor, a page on; one line of the page before stays to read on from. */
export const pageGuide = (view: GuideView, guide: GuideLines, by: 1 | -1): GuideView => {
	const {from, cursor} = guideWindow(view, guide);
	const page = Math.max(1, guide.height - 1) * by;
	const next = Math.max(0, Math.min(guide.lines.length - 1, cursor + page));
	return seenFrom(guide, from + page, next);
};

/** Goes to a line; what is out of sight comes to the upper third, so that what follows can be read. */
export const goToLine = (view: GuideView, guide: GuideLines, at: number): GuideView => {
	const {from, to} = guideWindow(view, guide);
	const isSeen = at >= from && at < to;
	return seenFrom(guide, isSeen ? from : at - Math.floor(guide.height / 3), at);
};

/** A heading comes to the top, with what stands below it. */
export const goToHeading = (guide: GuideLines, piece: number): GuideView => {
	const at = guide.firsts[piece] ?? 0;
	return seenFrom(guide, at, at);
};
