import {selectActiveRun, type ActiveRun} from '../../store/runs/active-run.ts';
import {Rows} from '../kit/draw-rows.tsx';
import type {Glyphs} from '../kit/glyphs.ts';
import {blank, fit, ofHeight, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';
import {useShallow} from 'zustand/react/shallow';

export const least = {columns: 60, rows: 16};

/** What is left to say in a window that is too small. The run goes on. */
export const tooSmallRows = (
	view: {readonly project: string; readonly run: ActiveRun | undefined; readonly title: string},
	size: {readonly columns: number; readonly rows: number},
	glyphs: Glyphs,
): readonly Row[] => {
	const {run} = view;
	const rows: readonly Row[] = [
		[span(` ${view.project}`, 'value', {bold: true})],
		...(run
			? [[span(` ${glyphs.running[0]} ${run.what} ${run.step}/${run.of}: ${view.title}`, 'accent' as const)]]
			: []),
		blank,
		[span(` Too small: ${size.columns} x ${size.rows}, needs ${least.columns} x ${least.rows}`)],
		...(run ? [[span(' The run goes on.')]] : []),
		blank,
		[span(run ? ' q leave, asks' : ' q quit')],
	];
	return ofHeight(rows, size.rows).map(row => fit(row, size.columns, ''));
};

export function TooSmall({columns, rows}: {readonly columns: number; readonly rows: number}) {
	const {glyphs} = useTheme();
	const view = useCockpit(useShallow(state => ({project: state.project, title: state.run?.title ?? ''})));
	const run = useCockpit(useShallow(selectActiveRun));
	return <Rows rows={tooSmallRows({...view, run}, {columns, rows}, glyphs)} />;
}
