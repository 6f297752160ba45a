import {ListScreen} from '../../kit/list.tsx';
import type {ScreenProps} from '../../kit/layout.ts';
import {ScrollList} from '../../kit/scroll-list.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {keyRows, titleOfItem} from './detail-rows.ts';
import {viewOf} from './look.ts';
import {environmentRows} from './screen-rows.ts';

/** The values of an app in all environments, side by side. */
export function EnvironmentTables({width, height}: ScreenProps) {
	const isPageOpen = useCockpit(state => state.isEnvPageOpen);
	return isPageOpen ? <KeyPage width={width} height={height} /> : <Table width={width} height={height} />;
}

function Table(room: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	return (
		<ListScreen
			list="environments"
			rows={(width, height) => environmentRows(view, width, height, theme)}
			{...room}
		/>
	);
}

function KeyPage({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	const {item} = view;
	const rows = item?.kind === 'key' ? keyRows(item, view, width - 2, theme, true) : [];
	return (
		<ScrollList
			title={item ? titleOfItem(item, Math.floor(width / 2), theme) : 'Environments'}
			rows={rows}
			width={width}
			height={height}
		/>
	);
}
