import {hookLabel, hookMark, hookVariables, type Hook, type HookFacts} from '../../domain/environments/hooks.ts';
import type {Command} from '../../domain/command.ts';
import type {RunAttempt} from '../lock/fence/fence.ts';
import requireDriver from '../lock/fence/require-driver.sh';
import requireLock from '../lock/fence/require-lock.sh';
import type {HostState} from '../host-state.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import {program} from '../shell.ts';
import begin from './begin-hook.sh';
import hostHook from './host-hook.sh';
import keep from './keep-hook.sh';
import toldByHooks from './told-by-hooks.sh';

/**
 * Writes down that a hook begins, `hook`: id of its action. Prints `new`, `begun` where an earlier driver had begun it, or
 * `ended` and what it said. Exits 97 when the driver has not got the lock.
 */
export const beginHook = ({directory, app, run, attempt}: RunAttempt, hook: string): Command =>
	program(
		'note that a hook begins',
		[requireDriver, requireLock, begin],
		[directory, app, run, String(attempt), hook],
	);

/** Writes down what came of a hook, from standard input: see `keptInput`. `backup`: absolute path of the run's archive. */
export const keepHook = (
	{directory, app, run, attempt}: RunAttempt,
	{hook, backup}: {readonly hook: string; readonly backup: string},
): Command =>
	program(
		'keep what a hook said',
		[requireDriver, requireLock, toldByHooks, keep],
		[directory, app, run, String(attempt), hook, backup],
	);

/** What `keepHook` reads. `failed`: of a hook that failed and was gone on from. `said`: told again to whoever resumes. */
export const keptInput = ({
	kept,
	failed,
	said,
}: {
	readonly kept: Readonly<Record<string, string>>;
	readonly failed: Readonly<Record<string, string>> | undefined;
	readonly said: string;
}): string => [jsonMembers(kept), failed ? JSON.stringify(failed) : '', said].join('\n');

/** Facts that are settled before; the host says the rest. */
type SettledFacts = Omit<HookFacts, 'previous' | 'attempt'>;

/** Runs a hook on the host, as the SSH user. A release `previous` is the one the run settles on. */
export const hostHookCommand = (
	{directory, run}: HostState,
	{hook, live, facts}: {readonly hook: Hook; readonly live: string; readonly facts: SettledFacts},
): Command => {
	const {backup, release, commit, ...settled} = facts;
	return {
		...program(hookLabel(hook), hostHook, [
			directory,
			run,
			live,
			backup,
			JSON.stringify(backup),
			release,
			commit,
			String(hook.timeoutMs / 1000),
			jsonMembers(settled),
			hookMark(facts, hook),
			...hook.run,
		]),
		environment: hookVariables(settled),
		label: hookLabel(hook),
	};
};
