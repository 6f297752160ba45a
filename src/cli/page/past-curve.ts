import {html, type Markup} from './markup.ts';
import type {PastAnswer} from './page-facts.ts';

const width = 300;
const height = 30;
/** Height of the curve unless an answer was slower: one scale lets environments be compared with each other. */
const topMs = 400;
/** Pause behind which two answers are no longer joined by a line. */
const gapMs = 5 * 60_000;

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Answers that follow each other without a longer pause, good ones with a time. */
const strokesOf = (past: readonly PastAnswer[]): readonly (readonly PastAnswer[])[] => {
	const strokes: PastAnswer[][] = [];
	for (const [index, one] of past.entries()) {
		const before = past[index - 1];
		if (one.durationMs === undefined || !one.isGood) continue;
		const isJoined = before?.isGood === true && one.at - before.at <= gapMs;
		if (isJoined && strokes.length > 0) strokes.at(-1)?.push(one);
		else strokes.push([one]);
	}
	return strokes;
};

/** The answers of an hour as a curve; a bad one is a bar over the whole height. Undefined where nobody looked. */
export const pastCurve = (
	past: readonly PastAnswer[],
	{from, until}: {readonly from: number; readonly until: number},
): Markup | undefined => {
	if (past.length === 0) return undefined;
	const top = Math.max(topMs, ...past.map(({durationMs}) => durationMs ?? 0));
	const x = (at: number): number => rounded(((at - from) / Math.max(1, until - from)) * width);
	const y = (durationMs: number): number => rounded(height - 1 - (durationMs / top) * (height - 2));
	const bad = past.filter(({isGood}) => !isGood);
	const slowest = Math.round(Math.max(0, ...past.map(({durationMs}) => durationMs ?? 0)));
	const label = `Last hour: ${past.length} answers, ${bad.length} not good, slowest ${slowest} ms`;
	return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">
			${strokesOf(past).map(stroke => {
				const points = stroke.map(({at, durationMs = 0}) => `${x(at)},${y(durationMs)}`);
				// One alone is drawn as a short line.
				const [only = ''] = points;
				const joined =
					points.length === 1
						? `${only} ${x(stroke[0]?.at ?? 0) + 1},${only.split(',')[1]}`
						: points.join(' ');
				return html`<polyline
					points="${joined}"
					fill="none"
					stroke="currentColor"
					stroke-width="1.5"
					vector-effect="non-scaling-stroke"
				/>`;
			})}${bad.map(
				({at}) =>
					html`<line
						x1="${x(at)}"
						x2="${x(at)}"
						y1="0"
						y2="${height}"
						class="bad"
						stroke="currentColor"
						stroke-width="2"
						vector-effect="non-scaling-stroke"
					/>`,
			)}
		</svg>
		<p class="quiet">${label}</p>`;
};
