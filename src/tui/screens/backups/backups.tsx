import {selectList, selectPlace, selectRow, selectRows} from '../../../store/backups/backups.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {ListScreen} from '../../kit/list.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {backupsRows, type BackupsView} from './screen-rows.ts';
import type {ScreenProps} from '../../kit/layout.ts';

const viewOf = (state: CockpitState): BackupsView => ({
	...state,
	list: selectList(state),
	place: selectPlace(state),
	rows: selectRows(state),
	row: selectRow(state),
});

/** What is on the host to go back to, and how good it is. */
export function Backups(room: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	return <ListScreen list="backups" rows={(width, height) => backupsRows(view, width, height, theme)} {...room} />;
}
