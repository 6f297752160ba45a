import {duration} from '../../../../domain/format.ts';
import {numberedSteps} from '../../../../store/runs/step-numbers.ts';
import {justify, beside, span, widthOf, type Row} from '../../../kit/rows.ts';
import {factRows, panelHead, isWide, labelled, paragraph, stack, textRows, type Look} from '../../../kit/layout.ts';
import {leftPanel, watchNextRows, watchPanel, type WatchBehind} from './watch-next.ts';
import {downtimeRow} from '../run/live-rows.ts';
import {liveNow, usualOf, type RunView} from '../run/run-view.ts';
import {stepsRows} from '../run/steps-rows.ts';
import {releaseName} from '../../../kit/names.ts';
import {stopwatch} from '../../../kit/times.ts';

const verb = {
	deploy: 'Deployed',
	rollback: 'Rolled back',
	adopt: 'Adopted',
	'adopt-undo': 'Adoption undone',
	'set-env': 'Value set',
} as const;

/** What was deployed, or gone back to. */
const buildOf = (view: RunView): string =>
	view.plan?.kind === 'rollback' ? `to ${liveNow(view)}` : (view.run.record?.commit.slice(0, 7) ?? '');

/** The first line: what is done, how long it took against the usual, what users met. */
export const doneTitle = (view: RunView, width: number, {glyphs}: Look): Row => {
	const {run, plan} = view;
	const usual = usualOf(view).totalMs;
	const left: Row = [
		span(`${glyphs.done} ${plan ? verb[plan.kind] : 'Done'}`, 'success', {bold: true}),
		span(`  ${plan?.app ?? ''} ${buildOf(view)}`.trimEnd(), 'value', {bold: true}),
		span(` in ${duration(run.finished?.durationMs ?? 0)}`),
	];
	const usually: Row = [span(usual === undefined ? '' : `  usually ${duration(usual)}`, 'muted')];
	const right: Row = [span('downtime ', 'muted'), ...downtimeRow(view, view.run.downtime).slice(0, 1), span(' ')];
	const hasRoom = widthOf(left) + widthOf(usually) + widthOf(right) < width;
	return justify([...left, ...(hasRoom ? usually : [])], right, width);
};

const slowest = ({run}: RunView): string => {
	const [first] = run.steps.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0));
	return first?.durationMs === undefined ? '' : `slowest: ${first.title} ${stopwatch(first.durationMs)}`;
};

const wayBackPanel = ({plan}: RunView, width: number, look: Look): readonly Row[] => [
	panelHead('To go back', width, look),
	...(plan?.wayBack ?? []).flatMap(line => textRows(line, width)),
	...(plan?.replaces === undefined
		? []
		: [[span(` returns to ${plan.replaces}, kept until later deploys remove it`, 'muted' as const)]]),
];

const reportPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {run, plan} = view;
	return [
		panelHead('Report', width, look),
		...factRows(
			{
				live:
					plan?.kind === 'set-env'
						? undefined
						: [span(releaseName(run.live ?? plan?.becomes ?? ''), 'value', {bold: true})],
				test: plan?.kind === 'deploy' ? [span(plan.testUrl, 'accent')] : undefined,
				run: run.record?.run ?? '',
			},
			8,
		),
		...paragraph('log', plan?.logPath ?? '', width, 'muted', 8),
		labelled('downtime', downtimeRow(view, run.downtime), 8),
	];
};

const nextText = ({plan}: RunView): string => {
	if (plan?.kind === 'deploy') return 'Look at the site, then sign what you find: 2 opens the checklist.';
	if (plan?.kind === 'rollback')
		return 'Look at the site, then find out what was wrong: the release that was live is kept on the host.';
	if (plan?.kind === 'set-env')
		return 'Look at the site: what the value is for works by now. 1 shows whether a soak began anew.';
	return 'The first deploy can follow: Enter goes back to Choose.';
};

const nextPanel = (view: RunView, width: number, look: Look): readonly Row[] => [
	panelHead('Next', width, look),
	...paragraph('', nextText(view), width, 'muted'),
];

/** What the run told on its way, e.g. what could not be recorded. */
const notesPanel = (view: RunView, width: number, look: Look): readonly Row[] =>
	view.run.notes.length === 0 ? [] : [panelHead('Told on the way', width, look), ...notesRows(view, width)];

/** The notes of a run, oldest first. */
export const notesRows = ({run}: Pick<RunView, 'run'>, width: number): readonly Row[] =>
	run.notes.flatMap(note => textRows(note, width, 'attention'));

/** How a run that went well ended. `watch`: what follows on production, before everything else. */
export const doneRows = (
	view: RunView,
	width: number,
	height: number,
	look: Look,
	watch?: WatchBehind,
): readonly Row[] => {
	const title = doneTitle(view, width, look);
	const count = numberedSteps(view.run.steps).length;
	const closing = view.run.steps.length > count ? ' and the closing checks' : '';
	const summary: Row = [span(` ${count} of ${count} steps${closing}; ${slowest(view)}`, 'muted')];
	const steps = (cells: number) => stepsRows(view, cells, view.run.steps.length + 2, look, true);
	const panels = (cells: number) => [
		notesPanel(view, cells, look),
		wayBackPanel(view, cells, look),
		reportPanel(view, cells, look),
	];
	const first = watch ? watchNextRows(watch, width, look) : [];
	const last = (cells: number): readonly Row[] => (watch ? [] : nextPanel(view, cells, look));
	if (!isWide(width + 2) || height < 20) {
		// On a small screen the way back is nearer than the time that has gone by.
		const timeline = watch && height >= 17 ? watchPanel(watch, width, look) : [];
		return stack([[title, summary], first, timeline, ...panels(width), steps(width), last(width)], height);
	}
	const left = Math.floor(width * 0.56);
	const room = height - 2 - first.length;
	// Paths beside it may be long: the watch stands below the steps, where nothing pushes it away.
	const behind = watch ? [watchPanel(watch, left, look), leftPanel(watch, left, look)] : [];
	const right = width - left - 3;
	const beneath = beside(
		[
			{rows: stack([steps(left), ...behind], room), width: left},
			{rows: stack([...panels(right), last(right)], room), width: right},
		],
		3,
	);
	return stack([[title], first, beneath], height);
};
