import type {LedgerLine} from '../../../app/ledger/ledger-lines.ts';
import {dateFormat} from '../../../domain/date-format.ts';
import {placeName} from '../../../store/history/history.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {eventRows} from '../../kit/event-rows.ts';
import type {Look} from '../../kit/layout.ts';
import {lineMarks} from '../../kit/marks.ts';
import {padStart, span, type Row} from '../../kit/rows.ts';
import {stopwatch, when} from '../../kit/times.ts';

type ListView = {
	/** The one under the cursor. */
	readonly line: LedgerLine | undefined;
	readonly environments: readonly EnvironmentView[];
	/** Epoch milliseconds by the first host's clock, and its zone. */
	readonly hostNow: number;
	readonly timeZone: string;
	/** The entry's number stands in front. */
	readonly hasNumbers: boolean;
};

const yearMs = 300 * 86_400_000;

/** `11:18`, `Mon 16:20`, `3 Feb`, and `Feb 2025` for what is nearly a year old: a ledger has no end. */
const listTime = (at: number, now: number, timeZone: string): string =>
	now - at < yearMs ? when(at, now, timeZone) : dateFormat(timeZone, {month: 'short', year: 'numeric'}).format(at);

/** Lines of the list, each `width` cells. */
export const listRows = (shown: readonly LedgerLine[], view: ListView, width: number, look: Look): readonly Row[] => {
	const {line: selected, environments, hostNow, timeZone, hasNumbers} = view;
	const names = shown.map(({environment}) => placeName({environments}, environment).length);
	const lines = shown.map(line => ({
		...line,
		start: hasNumbers ? [...padStart([span(String(line.entry.seq), 'muted')], 5), span('  ')] : [span(' ')],
		time: listTime(line.entry.at, hostNow, timeZone),
		mark: lineMarks[line.outcome],
		end: line.tookMs === undefined ? [] : [span(` ${stopwatch(line.tookMs)}`, 'muted' as const)],
		isHere: line === selected,
	}));
	return eventRows(lines, {environments, placeWidth: Math.min(12, Math.max(4, ...names))}, width, look.glyphs);
};
