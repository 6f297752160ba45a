import {ListScreen} from '../../kit/list.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {backupsRows, viewOf} from './screen-rows.ts';
import type {ScreenProps} from '../../kit/layout.ts';

/** What is on the host to go back to, and how good it is. */
export function Backups(room: ScreenProps) {
	const theme = useTheme();
	const view = viewOf(useCockpit(state => state));
	return <ListScreen list="backups" rows={(width, height) => backupsRows(view, width, height, theme)} {...room} />;
}
