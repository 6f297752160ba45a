import type {Pipeline} from '../domain/runs/pipeline.ts';
import {duration} from '../domain/format.ts';
import {downtimeTold} from '../domain/runs/downtime-words.ts';
import type {RunState} from '../domain/runs/run-state.ts';
import {paint, type Terminal} from './terminal.ts';

/** What users met, as asked from here while the run went on. */
export const downtimeInWords = ({downtime}: Pick<RunState, 'downtime'>): string =>
	downtime === undefined ? '' : downtimeTold(downtime);

/** `7.4 s, usually 6.2 s` */
const tookText = ({finished}: RunState, usualMs: number | undefined): string =>
	[
		...(finished ? [duration(finished.durationMs)] : []),
		...(usualMs === undefined ? [] : [`usually ${duration(usualMs)}`]),
	].join(', ');

/**
 * What every finished run ends with: what is live, how long it took, where to test it, how to go back. `usualMs`: how long
 * such a run took before; `found`: what was live when it began; undefined where they are not known.
 */
export const printReport = (
	terminal: Terminal,
	pipeline: Pipeline,
	state: RunState,
	{
		logPath,
		usualMs,
		found,
	}: {readonly logPath: string; readonly usualMs: number | undefined; readonly found: string | undefined},
): void => {
	const {environment, record, words} = pipeline;
	// Behind a rollback the release before is the one it left: a script has to name it.
	const wayBack =
		record.kind === 'rollback' && found !== undefined
			? pipeline.wayBack.map(line => line.replace('--to previous', () => `--to ${found}`))
			: pipeline.wayBack;
	const rows: readonly (readonly [string, string])[] = [
		words ? ['Now', words.swapped] : ['Live', state.live ?? pipeline.liveAfterSwap],
		[
			'Build',
			record.commit === '' ? '' : `${record.commit.slice(0, 7)}, source digest ${record.digest.slice(0, 8)}`,
		],
		['Downtime', downtimeInWords(state)],
		...state.notes.map((note): readonly [string, string] => ['Note', note]),
		['Test', record.kind === 'deploy' || record.kind === 'rollback' ? environment.urls.site : ''],
		['Back', wayBack.join('\n           ')],
		['Log', logPath],
	];
	terminal.out(`\n${paint(terminal, 'success', `✓ ${pipeline.title}: done in ${tookText(state, usualMs)}`)}\n`);
	for (const [name, text] of rows) if (text !== '') terminal.out(`  ${name.padEnd(8)} ${text}\n`);
};
