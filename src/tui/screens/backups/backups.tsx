import {Box} from 'ink';
import {useShallow} from 'zustand/react/shallow';
import {selectList, selectPlace, selectRow, selectRows} from '../../../store/backups/backups.ts';
import type {ScreenProps} from '../../app.tsx';
import {FilterLine} from '../../kit/filter-line.tsx';
import {Rows} from '../../kit/draw-rows.tsx';
import {ofHeight} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {framed} from '../../kit/layout.ts';
import {backupsRows, type BackupsView} from './screen-rows.ts';

/** What is on the host to go back to, and how good it is. */
export function Backups({width, height}: ScreenProps) {
	const theme = useTheme();
	const state = useCockpit(
		useShallow(all => ({
			app: all.app,
			now: all.now,
			backupPlaces: all.backupPlaces,
			backupEnvironment: all.backupEnvironment,
			backupLists: all.backupLists,
			backupTask: all.backupTask,
			backupDifferences: all.backupDifferences,
			lists: all.lists,
		})),
	);
	const {isTyping, filter} = state.lists.backups;
	const hasField = isTyping || filter !== '';
	const inner = width - 2;
	const room = height - (hasField ? 1 : 0);
	const view: BackupsView = {
		...state,
		list: selectList(state),
		place: selectPlace(state),
		rows: selectRows(state),
		row: selectRow(state),
	};
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(ofHeight(backupsRows(view, inner, room, theme), room), width, room, theme)} />
			{hasField && <Filter width={width} />}
		</Box>
	);
}

function Filter({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const {filter, isTyping} = useCockpit(state => state.lists.backups);
	return (
		<FilterLine
			value={filter}
			isTyping={isTyping}
			width={width}
			onChange={value => store.getState().filterList('backups', value)}
		/>
	);
}
