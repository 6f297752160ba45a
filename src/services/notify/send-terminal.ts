import type {Message, NotifyWay} from '../../domain/notify/message.ts';
import type {Variables} from './undelivered.ts';

const bell = '\u0007';
const end = '\u001B\\';

/** What a terminal would obey, and what parts the fields of a notice. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf};]+/gu, ' ');

/** The sequence by which a terminal shows a notice of the desktop; undefined where it is not known to know one. */
const desktopNotice = (title: string, variables: Variables): string | undefined => {
	const {TERM: term = '', TERM_PROGRAM: program = '', TMUX: tmux, STY: screen, WT_SESSION: windows} = variables;
	// A multiplexer keeps such sequences, or shows them as text.
	if (tmux !== undefined || screen !== undefined) return undefined;
	const isNine =
		['iTerm.app', 'WezTerm', 'ghostty'].includes(program) ||
		['xterm-kitty', 'xterm-ghostty', 'wezterm'].includes(term) ||
		windows !== undefined;
	if (isNine) return `\u001B]9;${plain(title)}${bell}`;
	if (/^(?:foot|rxvt-unicode)/.test(term)) return `\u001B]777;notify;Release Cockpit;${plain(title)}${end}`;
	return undefined;
};

/** What is written to the terminal for a message; undefined: nothing it would understand. */
export const terminalNotice = (
	{title}: Pick<Message, 'title'>,
	{how}: Extract<NotifyWay, {way: 'terminal'}>,
	variables: Variables,
): string | undefined => (how === 'bell' ? bell : desktopNotice(title, variables));
