import type {Command} from '../../../domain/command.ts';
import {program} from '../../shell.ts';
import type {RunAttempt} from '../fence/fence.ts';
import requireDriver from '../fence/require-driver.sh';
import stayKnown from './stay-known.sh';

/** What a driver sends to be known as alive, and how often; three that do not come are one that is gone. */
export const beat = {text: 'beat\n', everyMs: 20_000} as const;

/**
 * Makes the driver of a run known as alive for as long as `beat` comes on standard input. Exits 0 when none came for a
 * minute, 97 when the run was taken over.
 */
export const stayKnownAsDriver = ({directory, app, run, attempt}: RunAttempt): Command =>
	program('stay known', [requireDriver, stayKnown], [directory, app, run, String(attempt)]);
