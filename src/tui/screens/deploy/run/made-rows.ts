import {span, type Row} from '../../../kit/rows.ts';
import {panelHead, labelled, type Look} from '../../../kit/layout.ts';
import {onHost} from './run-view.ts';
import type {StopView} from './stop-rows.ts';
import {timeOfDay} from '../../../kit/times.ts';

/** What the run has made on the host and here so far. */
export const madeRows = ({run, facts, plan}: StopView, width: number, look: Look): readonly Row[] => {
	const step = (id: string) => run.steps.find(entry => entry.id === id);
	const hasCandidate = run.steps.some(({id, state}) => facts.touches[id] === 'candidate' && state !== 'waiting');
	const backup = step('back-up');
	const rows: readonly Row[] = [
		...(facts.lockAt === undefined
			? []
			: [
					labelled('lock', [
						span(`held since ${timeOfDay(onHost(plan, facts.lockAt), plan?.timeZone ?? 'UTC')}`),
					]),
				]),
		...(hasCandidate && plan
			? [labelled(run.live === undefined ? 'candidate' : 'live', [span(plan.becomes)])]
			: []),
		...(backup?.state === 'running' ? [labelled('backup', [span('being written')])] : []),
		...(backup?.state === 'done' ? [labelled('backup', [span(backup.summary ?? 'done')])] : []),
		...(plan?.logPath ? [labelled('log', [span(plan.logPath, 'muted')])] : []),
	];
	return rows.length === 0 ? [] : [panelHead('Made so far', width, look), ...rows];
};
