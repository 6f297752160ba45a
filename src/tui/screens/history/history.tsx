import {Box} from 'ink';
import {historyDetail} from '../../../app/history/history-detail.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {
	selectAllHistory,
	selectHistory,
	selectHistoryLine,
	selectLedgers,
	selectRunLook,
} from '../../../store/history/history.ts';
import type {ScreenProps} from '../../app.tsx';
import {FilterLine} from '../../kit/filter-line.tsx';
import {Rows} from '../../kit/draw-rows.tsx';
import {ofHeight, span, type Row} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {framed} from '../../kit/layout.ts';
import {ScrollList} from '../../kit/scroll-list.tsx';
import {reportRows, type DetailView} from './detail-rows.ts';
import {historyRows, type HistoryView} from './screen-rows.ts';

const detailOf = (state: CockpitState): DetailView | undefined => {
	const line = selectHistoryLine(state);
	if (!line) return undefined;
	const timeZone = state.environments.find(({name}) => name === line.environment)?.timeZone ?? 'UTC';
	return {
		detail: historyDetail(line, {ledgers: selectLedgers(state), timeZone}),
		look: line.kind === 'run' ? selectRunLook(state, line) : undefined,
	};
};

const viewOf = (state: CockpitState): HistoryView => ({
	...state,
	all: selectAllHistory(state),
	lines: selectHistory(state),
	line: selectHistoryLine(state),
	detail: detailOf(state),
});

/** Who did what where, from the ledgers of all environments. */
export function History({width, height}: ScreenProps) {
	const page = useCockpit(state => state.historyPage?.kind);
	return page === undefined ? <List width={width} height={height} /> : <Page width={width} height={height} />;
}

function List({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	const {filter, isTyping} = view.lists.history;
	const hasField = isTyping || filter !== '';
	const room = height - (hasField ? 1 : 0);
	const rows = historyRows(view, width - 2, room, theme);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(ofHeight(rows, room), width, room, theme)} />
			{hasField && <Filter width={width} />}
		</Box>
	);
}

function Page({width, height}: ScreenProps) {
	const theme = useTheme();
	const state = useCockpit(all => all);
	const page = state.historyPage;
	const detail = detailOf(state);
	const rows: readonly Row[] =
		page?.kind === 'log'
			? page.lines.map(line => [span(` ${line}`)])
			: detail
				? reportRows(detail, width - 2, theme)
				: [];
	const title = page?.kind === 'log' ? page.path : (detail?.detail.title ?? 'History');
	return <ScrollList title={title} rows={rows} width={width} height={height} />;
}

function Filter({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const {filter, isTyping} = useCockpit(state => state.lists.history);
	return (
		<FilterLine
			value={filter}
			isTyping={isTyping}
			width={width}
			onChange={value => store.getState().filterList('history', value)}
		/>
	);
}
