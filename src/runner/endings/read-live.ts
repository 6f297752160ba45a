import {renderCommand} from '../../commands/shell.ts';
import {hasCode, type DeployError} from '../../domain/errors.ts';
import type {RunContext} from '../run-context.ts';

/** No path on Linux is longer. */
const mostPath = 4096;

/** Path that is live now; undefined when the host does not say. */
export const readLive = async ({persist, pipeline, session, signal}: RunContext): Promise<string | undefined> => {
	const {code, stdout} = await persist(() =>
		session.exec(renderCommand(pipeline.readLive), {lane: 'run', timeoutMs: 30_000, signal}),
	);
	const said = stdout.trim();
	// A path is one line: anything else is no answer to this question.
	return code === 0 && said !== '' && said.length <= mostPath && !/[\p{Cc}\uFFFD]/u.test(said) ? said : undefined;
};

/**
 * Does something on the host and answers with what kept it from working; undefined when it did. Throws when the link is
 * gone for good or somebody else drives the run.
 */
export const failureOf = async (work: () => Promise<unknown>): Promise<Error | undefined> => {
	try {
		await work();
		return undefined;
	} catch (error) {
		if (isLinkGone(error) || hasCode(error, 'taken-over', 'cancelled')) throw error;
		return error instanceof Error ? error : new Error(String(error));
	}
};

/** Whether the host can't be asked any more. */
export const isLinkGone = (error: unknown): error is DeployError =>
	hasCode(error, 'link-lost', 'unreachable', 'auth-failed', 'key-file');
