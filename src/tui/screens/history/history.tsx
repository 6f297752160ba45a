import {ListScreen} from '../../kit/list.tsx';
import {span, type Row} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {ScrollList} from '../../kit/scroll-list.tsx';
import {detailOf, reportRows} from './detail-rows.ts';
import {historyRows, viewOf} from './screen-rows.ts';
import type {ScreenProps} from '../../kit/layout.ts';

/** Who did what where, from the ledgers of all environments. */
export function History({width, height}: ScreenProps) {
	const page = useCockpit(state => state.historyPage?.kind);
	return page === undefined ? <List width={width} height={height} /> : <Page width={width} height={height} />;
}

function List(room: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	return <ListScreen list="history" rows={(width, height) => historyRows(view, width, height, theme)} {...room} />;
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
