import type {ClipboardPort} from '../../domain/ports.ts';

/** Terminals that are known to take no clipboard, whatever is written to them. */
const takesNone = ({
	TERM = '',
	TERM_PROGRAM,
	VTE_VERSION,
	STY,
	TMUX,
}: Readonly<Record<string, string | undefined>>): boolean =>
	/^(?:|dumb|linux|vt\d+.*)$/.test(TERM) ||
	TERM_PROGRAM === 'Apple_Terminal' ||
	(VTE_VERSION !== undefined && TMUX === undefined) ||
	(STY !== undefined && TMUX === undefined);

/**
 * Hands texts to the terminal by the control sequence that most understand (OSC 52), also through a chain of ssh. It moves
 * no cursor and draws nothing; terminals do not answer it.
 */
export const terminalClipboard = (
	stdout: {readonly isTTY?: boolean; readonly write: (text: string) => unknown},
	environment: Readonly<Record<string, string | undefined>>,
): ClipboardPort => ({
	offer: text => {
		if (stdout.isTTY !== true || takesNone(environment)) return false;
		stdout.write(`\u001B]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`);
		return true;
	},
});
