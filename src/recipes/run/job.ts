import type {Command} from '../../domain/command.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';

/** A job of these commands, one after the other. */
export const job = (id: string, commands: readonly Command[]): JobAction => ({kind: 'job', id, commands});

/** A job that ends a run: a full disk does not keep it from giving the lock back. */
export const closingJob = (id: string, commands: readonly Command[]): JobAction => ({
	...job(id, commands),
	isClosing: true,
});
