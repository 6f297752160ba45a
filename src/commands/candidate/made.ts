import type {Command} from '../../domain/command.ts';
import {installedRoots, lockFiles, ownFilesOf} from '../../domain/releases/own-files.ts';
import {contentsProgram, type ContentsOf} from '../contents/contents.ts';
import type {HostState} from '../host-state.ts';
import {asUser} from '../shell.ts';
import refuseForeign from './refuse-foreign.sh';
import keep from './keep-made.sh';
import prove from './prove-made.sh';
import install from './install-kept.sh';

/** Where this run keeps the manifest it has sent. */
export const sentManifest = ({directory, run}: HostState): string => `${directory}/jobs/${run}/manifest`;

/** Where this run keeps the list of what was made in its candidate. */
export const keptByRun = ({directory, run}: HostState): string => `${directory}/jobs/${run}/made`;

/** Where this run keeps the list of its packages, as they were right behind their installer. */
export const installedByRun = ({directory, run}: HostState): string => `${directory}/jobs/${run}/installed`;

/** What is known of a release that is prepared: paths on the host. */
export type Lists = {
	/** The release that is prepared. */
	readonly directory: string;
	/** What the build brings to it. */
	readonly manifest: string;
	/** Where the list of what was made is kept. */
	readonly kept: string;
	/** What `installKept` listed. Absent: nothing. */
	readonly installed?: string;
};

const look = (label: string, text: string, of: ContentsOf, lists: Lists): Command =>
	contentsProgram(label, [refuseForeign, text], of, [
		lists.directory,
		lists.manifest,
		lists.kept,
		lists.installed ?? '',
		installedRoots(of.target),
		ownFilesOf(of.target).prepared,
	]);

/**
 * Lists, with digests and in the form of a manifest, what stands in a directory and in no manifest: what composer, npm,
 * artisan and this product made in it. Fails where a path of the manifest is not as it was sent, where packages are not
 * as `installKept` left them, and where something stands that nobody makes there. It closes the list: what is written to
 * the release after it refuses the swap (`proveMade`), so it is the last thing done to one. Paths on the host.
 */
export const keepMade = (of: ContentsOf, lists: Lists): Command => look('list what was made', keep, of, lists);

/** The last look before the swap: fails where the candidate is not what was sent and, right behind that, made. */
export const proveMade = (of: ContentsOf, lists: Lists): Command =>
	look('compare with what was sent and made', prove, of, lists);

/**
 * Runs an installer in the candidate and lists at once what packages it left there, so that nobody can change one later
 * unseen. Packages that were taken over, and are not those of live any more though the lock file is, are installed anew.
 */
export const installKept = (
	of: ContentsOf & {readonly state: HostState},
	directory: string,
	installer: Command,
): Command => {
	const {packages, installed, prepared} = ownFilesOf(of.target);
	const command = contentsProgram(
		installer.label ?? installer.argv[0],
		install,
		{state: of.state, target: {...of.target, shared: {files: [], directories: []}}},
		[
			directory,
			of.state.run,
			installedRoots(of.target),
			packages,
			lockFiles,
			installed.join(' '),
			prepared,
			...asUser(installer),
		],
	);
	return {
		...command,
		sudo: [
			...(command.sudo ?? []),
			...(installer.sudo ?? []),
			...(installer.as === undefined ? [] : [`${installer.as}: ${installer.argv[0]}`]),
		],
	};
};
