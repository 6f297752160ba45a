import {useLayoutEffect} from 'react';
import {Rows} from './draw-rows.tsx';
import type {Row} from './rows.ts';
import {useTheme} from './theme.tsx';
import {useCockpit, useCockpitStore} from './use-cockpit.ts';
import {framed, panelHead, type Look, type ScreenProps} from './layout.ts';

/** The rows from `scroll` on, below a head that says where in the list they are. */
export const scrolledRows = (
	title: string,
	rows: readonly Row[],
	scroll: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const room = Math.max(0, height - 1);
	const from = Math.max(0, Math.min(scroll, rows.length - room));
	const to = Math.min(rows.length, from + room);
	const fact = rows.length === 0 ? 'none' : `${from + 1} to ${to} of ${rows.length}`;
	return [panelHead(title, width, look, fact), ...rows.slice(from, to)];
};

/** A list with the keys of the review; tells the store how far it can be scrolled. */
export function ScrollList({
	title,
	rows,
	width,
	height,
}: ScreenProps & {readonly title: string; readonly rows: readonly Row[]}) {
	const theme = useTheme();
	const store = useCockpitStore();
	const scroll = useCockpit(state => state.scroll);
	const room = Math.max(1, height - 1);
	useLayoutEffect(() => {
		const {pageRows, setPageRows, scrollTo} = store.getState();
		if (pageRows !== room) setPageRows(room);
		const last = Math.max(0, rows.length - room);
		if (store.getState().scroll > last) scrollTo(last);
	}, [store, room, rows.length, scroll]);
	return <Rows rows={framed(scrolledRows(title, rows, scroll, width - 2, height, theme), width, height, theme)} />;
}
