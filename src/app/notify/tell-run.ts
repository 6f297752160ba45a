import {endMessage, questionMessage, startedMessage, type ToldRun} from '../../domain/notify/run-messages.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import {downtimeOf, type MeasuredDowntime} from '../../domain/runs/run-state.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunOutcome} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';

/** Tells of a run that this process drives: whoever drives it is the one who knows. */
export const createRunTeller = (
	{notifier, clock}: Pick<AppServices, 'notifier' | 'clock'>,
	pipeline: Pipeline,
	{attempt, canAsk, logPath}: {readonly attempt: number; readonly canAsk: boolean; readonly logPath: string},
) => {
	const {record, title, app, environment} = pipeline;
	const {notify: targets = []} = environment;
	const run: ToldRun = {record, title, app, environment, logPath};
	const begunAt = clock.now();
	let wentBack = false;
	let downtime: MeasuredDowntime | undefined;
	return {
		hear: (event: RunEvent): void => {
			if (event.type === 'lock.taken' && attempt === 1) notifier.say(startedMessage(run), targets);
			if (event.type === 'prompt.raised' && event.prompt.settled === undefined && canAsk)
				notifier.say(questionMessage(run, event.prompt), targets);
			if (event.type === 'going-back.finished') wentBack = event.state === 'done';
			if (event.type === 'downtime.measured') downtime = downtimeOf(event);
		},
		ended: ({outcome, error}: RunOutcome): void => {
			const durationMs = clock.now() - begunAt;
			const message = endMessage(run, {outcome, error, wentBack, durationMs, downtime, attempt});
			if (message) notifier.say(message, targets);
		},
	};
};
