import {quote} from '../../commands/shell.ts';
import {type HostShell, runLine} from './host-shell.ts';

/** Words as one line of sh. */
export const words = (...values: readonly string[]): string => values.map(quote).join(' ');

/** `20260203_111500` as an instant; the hosts are in India. */
export const instant = (at: string): Date =>
	new Date(at.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+05:30'));

/** The sources of one commit as a plain directory `<parent>/<part>`, through real git and tar. */
export const extract = (
	shell: HostShell,
	repository: string,
	commit: string,
	parent: string,
	part: string,
): Promise<string> =>
	runLine(
		shell,
		`mkdir -p ${words(parent)} && git -c safe.directory='*' -c tar.umask=0022 -C ${words(repository, 'archive', commit, part)} | tar -x -C ${words(parent)}`,
	);
