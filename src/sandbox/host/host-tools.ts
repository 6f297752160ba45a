import {mkdir} from 'node:fs/promises';
import {quote} from '../../commands/shell.ts';
import {type HostShell, runLine} from './host-shell.ts';

/** Words as one line of sh. */
export const words = (...values: readonly string[]): string => values.map(quote).join(' ');

/** `20260203_111500` as an instant; the hosts are in India. */
export const instant = (at: string): Date =>
	new Date(at.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+05:30'));

const unpack = (
	shell: HostShell,
	{repository, commit, part}: {readonly repository: string; readonly commit: string; readonly part: string},
	...tar: readonly string[]
): Promise<string> =>
	runLine(
		shell,
		`git -c safe.directory='*' -c tar.umask=0022 -C ${words(repository, 'archive', commit, part)} | tar -x ${words(...tar)}`,
	);

/** The sources of one commit as a plain directory `<parent>/<part>`, through real git and tar. */
export const extract = async (
	shell: HostShell,
	repository: string,
	commit: string,
	parent: string,
	part: string,
): Promise<void> => {
	await mkdir(parent, {recursive: true});
	await unpack(shell, {repository, commit, part}, '-C', parent);
};

/** The same, but as `directory` itself, whatever its name. */
export const extractAs = async (
	shell: HostShell,
	repository: string,
	commit: string,
	part: string,
	directory: string,
): Promise<void> => {
	await mkdir(directory, {recursive: true});
	await unpack(shell, {repository, commit, part}, '--strip-components=1', '-C', directory);
};
