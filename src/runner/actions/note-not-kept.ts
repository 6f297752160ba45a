import {notKeptFrom} from '../../domain/environments/hooks.ts';
import type {RunContext} from '../run-context.ts';

/** Says what a hook has asked to be kept that is not: a stump of a command must not pass for the command. */
export const noteNotKept = ({emit, step}: Pick<RunContext, 'emit' | 'step'>, lines: readonly string[]): void => {
	for (const text of notKeptFrom(lines)) emit({type: 'run.noted', step, text});
};
