import {quote} from '../../commands/shell.ts';
import {type DeployError, stepFailed} from '../../domain/errors.ts';

/**
 * Prints where the login begins, between two record separators. A start-up file may have changed HOME, so the environment
 * the login shell was started with is asked first.
 */
export const askHome =
	String.raw`h=$({ tr "\000" "\n" <"/proc/$PPID/environ" | sed -n "s/^HOME=//p" | head -n 1; } 2>/dev/null); ` +
	String.raw`case $h in /*) ;; *) h=$HOME ;; esac; [ -d "$h/." ] && printf "\036home %s\036" "$h"`;

/** A login shell that has something left to do stays the parent of the one that is asked. */
export const staying = (line: string): string => `${line}; true`;

/** The absolute directory of an answer, which comes last; undefined where it has none. */
export const parseHome = (stdout: string): string | undefined =>
	[...stdout.matchAll(/\u001Ehome (\/[^\u001E\n]*)\u001E/g)].at(-1)?.[1];

/**
 * A line that starts at home, wherever a start-up file has gone: relative paths of the configuration begin there.
 */
export const fromHome = (home: string, line: string): string => `cd ${quote(home)} || exit 94; ${line}`;

export const noHome = (label: string, stderr: string): DeployError =>
	stepFailed({
		what: `Where the login on ${label} begins is not known`,
		why: stderr === '' ? 'The host did not say its home directory.' : stderr,
		now: 'Nothing was changed.',
		next: 'Give the login a home directory that is there, and sh: lock and ledger lie below it.',
	});
