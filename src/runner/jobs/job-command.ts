import {posix} from 'node:path';
import type {HostState} from '../../commands/host-state.ts';
import {renderScript, startOrAttachJob} from '../../commands/job/job.ts';
import type {Command} from '../../domain/command.ts';
import {targetOf} from '../../domain/environments/environment.ts';
import type {JobAction, Pipeline} from '../../domain/runs/pipeline.ts';

export const hostState = ({environment, app, record}: Pipeline): HostState => ({
	directory: environment.stateDirectory,
	app,
	run: record.run,
});

/** What is kept on the host for a full disk is there for who goes back, and for who gives a lock back. */
const roomOf = ({record, goBack}: Pipeline, action: JobAction): 'closing' | 'spare' | undefined =>
	action.isClosing ? 'closing' : record.kind === 'rollback' || action.id === goBack?.job.id ? 'spare' : undefined;

/** Where the app of a run keeps what only its host knows. */
const secretsOf = ({environment, app}: Pipeline): {readonly owner: string; readonly files: readonly string[]} => {
	const target = targetOf(environment, app);
	const files = new Set(
		['.env', ...(target?.shared.files ?? [])].filter(file => posix.basename(file).startsWith('.env')),
	);
	return {
		owner: target?.owner ?? '',
		files: target ? [...files].map(file => posix.join(target.path, file)) : [],
	};
};

/** What starts a job of a run on its host, or reads on in its log from `offset`. */
export const jobCommand = (
	pipeline: Pipeline,
	action: JobAction,
	{attempt, offset}: {readonly attempt: number; readonly offset: number},
): Command =>
	startOrAttachJob(hostState(pipeline), {
		job: action.id,
		attempt,
		offset,
		script: renderScript(action.commands),
		seals: action.swap !== undefined,
		isBehindClose: action.isBehindClose === true,
		room: roomOf(pipeline, action),
		secrets: secretsOf(pipeline),
	});
