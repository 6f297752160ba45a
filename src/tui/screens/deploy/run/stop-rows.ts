import type {RunState} from '../../../../domain/runs/run-state.ts';
import {hasSwapBegun} from '../../../../store/runs/run.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {factRows, panelHead, textRows, type Look} from '../../../kit/layout.ts';
import {shortRelease} from '../../../kit/names.ts';
import {timeOfDay} from '../../../kit/times.ts';
import {onHost, zoneOf, type RunView} from './run-view.ts';

const isDone = ({steps}: RunState, id: string): boolean => steps.some(step => step.id === id && step.state === 'done');

/** What a stop at this moment would leave, from what the steps under way may touch and whether the swap has begun. */
export const ifItStops = ({run, detail, plan}: RunView): readonly string[] => {
	const before = plan?.replaces === undefined ? 'as it is' : shortRelease(plan.replaces);
	if (run.live !== undefined) {
		return [`Live is ${shortRelease(run.live)}.`, ...(plan?.wayBack ?? []).map(line => `Back with: ${line}`)];
	}
	if (hasSwapBegun(run))
		return ['The swap is under way and goes on to its end on the host, with or without this screen.'];
	const touched = new Set(run.steps.filter(({state}) => state !== 'waiting').map(({id}) => detail.touches[id]));
	const isPrepared = touched.has('candidate');
	if (!isPrepared && !touched.has('backups')) return [`Live stays ${before}. Nothing has been changed.`];
	return [
		`Live stays ${before}.${isPrepared ? ' The release being prepared is removed.' : ''}`,
		...(isDone(run, 'back-up') ? ['The backup is kept.'] : []),
	];
};

export const stopRows = (view: RunView, width: number, look: Look): readonly Row[] => [
	panelHead('If it stops now', width, look),
	...ifItStops(view).flatMap(text => textRows(text, width)),
];

/** What the run has made on the host and here so far. */
export const madeRows = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {run, detail, plan} = view;
	const hasCandidate = run.steps.some(({id, state}) => detail.touches[id] === 'candidate' && state !== 'waiting');
	const backup = run.steps.find(({id}) => id === 'back-up');
	const written = backup?.state === 'done' ? (backup.summary ?? 'done') : undefined;
	const rows = factRows({
		lock:
			detail.lockAt === undefined
				? undefined
				: `held since ${timeOfDay(onHost(plan, detail.lockAt), zoneOf(view))}`,
		[run.live === undefined ? 'candidate' : 'live']: hasCandidate ? plan?.becomes : undefined,
		backup: backup?.state === 'running' ? 'being written' : written,
		log: plan?.logPath ? [span(plan.logPath, 'muted')] : undefined,
	});
	return rows.length === 0 ? [] : [panelHead('Made so far', width, look), ...rows];
};
