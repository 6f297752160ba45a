import {selectActiveRun} from '../../store/runs/active-run.ts';
import {Rows} from '../kit/draw-rows.tsx';
import {blank, fit, ofHeight, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';
import {useShallow} from 'zustand/react/shallow';

export const least = {columns: 60, rows: 16};

/** What is left to say in a window that is too small. The run goes on. */
export function TooSmall({columns, rows}: {readonly columns: number; readonly rows: number}) {
	const {glyphs} = useTheme();
	const project = useCockpit(state => state.project);
	const title = useCockpit(state => state.run?.title ?? '');
	const run = useCockpit(useShallow(selectActiveRun));
	const lines: readonly Row[] = [
		[span(` ${project}`, 'value', {bold: true})],
		...(run
			? [[span(` ${glyphs.running[0]} ${run.what} ${run.step}/${run.of}: ${title}`, 'accent' as const)]]
			: []),
		blank,
		[span(` Too small: ${columns} x ${rows}, needs ${least.columns} x ${least.rows}`)],
		...(run ? [[span(' The run goes on.')]] : []),
		blank,
		[span(run ? ' q leave, asks' : ' q quit')],
	];
	return <Rows rows={ofHeight(lines, rows).map(row => fit(row, columns, ''))} />;
}
