import type {Command} from '../../domain/command.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';

/** A job of these commands, one after the other. */
export const job = (id: string, commands: readonly Command[]): JobAction => ({kind: 'job', id, commands});
