import {DeployError, hasCode} from '../../domain/errors.ts';

/** Codes that may go away by themselves. Any other needs a person, and a refused login counts against the account. */
export const isPassing = (error: unknown): boolean =>
	!(error instanceof DeployError) || hasCode(error, 'unreachable', 'link-lost', 'timeout', 'remote-signal');

/** The host did not answer: what was asked of it may be asked again. */
export const isSilence = (error: unknown): boolean => hasCode(error, 'unreachable', 'link-lost', 'timeout');
