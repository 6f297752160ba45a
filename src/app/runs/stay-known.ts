import {beat, stayKnownAsDriver} from '../../commands/lock/driver/driver.ts';
import {renderCommand} from '../../commands/shell.ts';
import {hasCode} from '../../domain/errors.ts';
import type {Clock} from '../../domain/ports.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {hostState} from '../../runner/jobs/job-command.ts';
import type {AppServices} from '../app-services.ts';

/** Between two channels: a host that ends them at once is not asked without a pause. */
const pauseMs = 1000;

async function* beats(clock: Clock, signal: AbortSignal): AsyncGenerator<Uint8Array> {
	for (;;) {
		yield Buffer.from(beat.text);
		await clock.wait(beat.everyMs, signal);
	}
}

/**
 * Makes the driver of a run known on its host as long as it drives, over any number of broken links, so that nobody takes
 * a run over that only waits for its person, or builds here. Never throws: who can't be known is asked about as before.
 */
export const stayKnown = async (
	{sessions, clock, patienceMs}: Pick<AppServices, 'sessions' | 'clock' | 'patienceMs'>,
	pipeline: Pipeline,
	{attempt, signal}: {readonly attempt: number; readonly signal: AbortSignal},
): Promise<void> => {
	const session = sessions.session(pipeline.host);
	const line = renderCommand(stayKnownAsDriver({...hostState(pipeline), attempt}));
	try {
		while (!signal.aborted) {
			try {
				const {code} = await session.exec(line, {lane: 'run', input: beats(clock, signal), signal});
				// Taken over, or a host that can't.
				if (code !== 0) return;
				await clock.wait(pauseMs, signal);
			} catch (error) {
				if (!hasCode(error, 'link-lost', 'unreachable')) return;
				await session.connect({patienceMs, signal});
			}
		}
	} catch {
		// The run itself says what has become of the link.
	}
};
