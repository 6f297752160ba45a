import type {Environment} from '../domain/environments/environment.ts';
import {createRedactor} from '../domain/logs/mask.ts';
import type {AppServices} from './app-services.ts';

/** Told to whoever has typed a secret, once it is hidden. */
export const hiddenWords =
	'A secret in your words was hidden: others read *** in its place. Whoever saw you type it knows it: change it.';

/**
 * What somebody has typed for others to read, as it may be signed and kept: a ledger forgets nothing, so that no secret may
 * come into it. By the rules, and by the values that this machine knows.
 */
export const ownWords = ({secrets}: Pick<AppServices, 'secrets'>, environment: Environment, typed: string): string =>
	createRedactor(secrets?.(environment)).text(typed);

/** Whether something in it is hidden. */
export const hasSecret = (services: Pick<AppServices, 'secrets'>, environment: Environment, typed: string): boolean =>
	ownWords(services, environment, typed) !== typed;
