import type {Pipeline} from '../domain/pipeline.ts';
import {duration} from '../domain/format.ts';
import type {RunState} from '../domain/run-state.ts';
import {paint, type Terminal} from './terminal.ts';

/** What every finished run ends with: what is live, how long it took, where to test it, how to go back. */
export const printReport = (terminal: Terminal, pipeline: Pipeline, state: RunState, logPath: string): void => {
	const {environment, record, wayBack} = pipeline;
	const took = state.finished ? duration(state.finished.durationMs) : '';
	const rows: readonly (readonly [string, string])[] = [
		['Live', state.live ?? pipeline.liveAfterSwap],
		[
			'Build',
			record.commit === '' ? '' : `${record.commit.slice(0, 7)}, source digest ${record.digest.slice(0, 8)}`,
		],
		['Test', record.kind === 'deploy' ? environment.urls.site : ''],
		['Back', wayBack.join('; ')],
		['Log', logPath],
	];
	terminal.out(`\n${paint(terminal, 'success', `✓ ${pipeline.title}: done in ${took}`)}\n`);
	for (const [name, text] of rows) if (text !== '') terminal.out(`  ${name.padEnd(5)} ${text}\n`);
};
