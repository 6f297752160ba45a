import {duration} from '../format.ts';
import type {MeasuredDowntime} from './run-state.ts';

/** `297 ms`, `1.5 s`: below a second the milliseconds are what was measured. */
export const outage = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : duration(ms));

/** `none`, `297 ms`, `none, maintenance 2.1 s`: what the run did on purpose is said apart. */
export const downtimeWords = ({ms, failed, maintenanceMs = 0}: Omit<MeasuredDowntime, 'asked' | 'isPart'>): string =>
	[failed === 0 ? 'none' : outage(ms), ...(maintenanceMs > 0 ? [`maintenance ${outage(maintenanceMs)}`] : [])].join(
		', ',
	);

/** The same with what it leans on: how many requests were made, and whether all along. */
export const downtimeTold = (downtime: MeasuredDowntime): string =>
	`${downtimeWords(downtime)}, ${downtime.failed} of ${downtime.asked} requests failed${downtime.isPart ? ' since it was driven on' : ''}`;
