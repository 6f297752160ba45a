import {duration} from '../../domain/format.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import {sampledLine} from '../../domain/runs/sampled-line.ts';

export type OutputText = {readonly source: string; readonly lines: readonly string[]};

/** Words of at most eight letters for the steps of the recipes. */
const short: Readonly<Record<string, string>> = {
	'pre-flight-checks': 'check',
	'back-up': 'backup',
	'upload-files': 'upload',
	'extract-files': 'extract',
	'install-dependencies': 'composer',
	'rebuild-caches': 'caches',
	'restart-services': 'restart',
	'run-migrations': 'migrate',
	'verify-build-id': 'build-id',
	'deployment-package': 'package',
	'stop-pm2': 'stop',
	'start-pm2': 'start',
	'stop-services': 'stop',
	'restore-files': 'restore',
	'keep-failed': 'keep',
	'health-checks': 'health',
	'close-as-failed': 'close',
	'close-as-gone-back': 'close',
};

/** Where a line of output comes from, in one short word. */
export const sourceOf = (step: string): string => short[step] ?? step.slice(0, 8);

/** What an event says in the output panel; undefined for those the other panels tell. */
export const outputText = (event: RunEvent): OutputText | undefined => {
	switch (event.type) {
		case 'run.started':
			return {source: 'run', lines: [`${event.title}, run ${event.record.run}`]};
		case 'run.resumed':
			return {source: 'run', lines: [`resumed, attempt ${event.attempt}`]};
		case 'lock.taken':
			return {source: 'lock', lines: [`taken, number ${event.token}`]};
		case 'step.output':
			return {source: sourceOf(event.step), lines: event.lines};
		case 'step.finished':
			return {
				source: sourceOf(event.step),
				lines: [
					`${event.state} in ${duration(event.durationMs)}${event.summary === undefined ? '' : `, ${event.summary}`}`,
				],
			};
		case 'health.sampled':
			return {source: 'health', lines: [sampledLine(event)]};
		case 'live.changed':
			return {source: 'swap', lines: [`${event.to} is live`]};
		case 'link.lost':
			return {source: 'link', lines: [`connection to ${event.host} lost: ${event.reason}`]};
		case 'link.resumed':
			return {source: 'link', lines: [`connection to ${event.host} is back after ${duration(event.afterMs)}`]};
		case 'run.finished':
			return {source: 'run', lines: [`${event.outcome} after ${duration(event.durationMs)}`]};
		case 'prompt.raised':
			return {source: 'asks', lines: [event.prompt.title]};
		case 'prompt.answered':
			return {source: 'asks', lines: [`answered ${event.choice}`]};
		case 'going-back.started':
			return {source: 'back', lines: [`going back from ${event.from}`]};
		case 'going-back.finished':
			return {source: 'back', lines: [`${event.state}, live is ${event.live ?? 'not known'}`]};
		case 'run.noted':
			return {source: 'note', lines: [event.text]};
		case 'downtime.measured':
		case 'step.started':
		case 'step.progress':
		case 'action.announced':
			return undefined;
	}
};
