import {basename, dirname} from 'node:path';
import {quote, renderCommand} from '../../commands/shell.ts';
import type {Command} from '../../domain/command.ts';
import {type HostShell, runLine} from './host-shell.ts';

/** Words as one line of sh. */
export const words = (...values: readonly string[]): string => values.map(quote).join(' ');

/** `20260203_111500` as an instant; the hosts are in India. */
export const instant = (at: string): Date =>
	new Date(at.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+05:30'));

/** Sources of one commit of the sample project: one app of it. */
export type Sources = {readonly repository: string; readonly commit: string; readonly app: 'backend' | 'frontend'};

/** A line that makes `directory` of the sources, whatever its name, through real git and tar. */
export const extract = ({repository, commit, app}: Sources, directory: string): string => {
	const isNamed = basename(directory) === app;
	const place = isNamed ? dirname(directory) : directory;
	const tar = words('tar', '-x', ...(isNamed ? [] : ['--strip-components=1']), '-C', place);
	const git = `git -c safe.directory='*' -c tar.umask=0022 -C ${words(repository, 'archive', commit, app)}`;
	return `${words('mkdir', '-p', place)} && ${git} | ${tar}`;
};

/** A command of the product as a line. Whom it is for does not matter here: everything is one account's. */
export const lineOf = ({argv, label}: Command): string =>
	renderCommand({argv, ...(label === undefined ? {} : {label})});

/** Runs lines one after the other in one sh. Throws Error with their output when one exits with anything but 0. */
export const runLines = (shell: HostShell, ...lines: readonly string[]): Promise<string> =>
	runLine(shell, lines.join(' && '));
