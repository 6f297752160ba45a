import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {lockFiles, ownFilesOf} from '../../domain/releases/own-files.ts';
import {contentsProgram, type ContentsOf} from '../contents/contents.ts';
import {beginReceiving, type RunAttempt} from '../lock/fence/fence.ts';
import type {HostState} from '../host-state.ts';
import type {Candidate} from '../release-layout.ts';
import {program} from '../shell.ts';
import copy from './copy-live.sh';
import receive from './receive-files.sh';
import finish from './link-shared.sh';
import remove from './remove-candidate.sh';

/**
 * Starts a candidate with what of the live release is as it was deployed, so that only what changed has to be sent. What
 * neither a build nor an installer brought does not go along: it is told, and written down for the end of the run. A
 * directory of an installer in which anything differs, or that was found by an adoption, is left to the installer. What was
 * made in live otherwise, with the path of its release in it, is made again by the steps that follow.
 */
export const copyLive = (
	of: ContentsOf & {readonly state: HostState; readonly target: Pick<AppTarget, 'fileMode' | 'directoryMode'>},
	candidate: string,
): Command => {
	const {installed, remade} = ownFilesOf(of.target);
	const {fileMode, directoryMode} = of.target;
	const programMode = fileMode | ((fileMode & 0o444) >> 2);
	const parameters = [
		of.state.run,
		candidate,
		installed.join(' '),
		remade.join(' '),
		...[fileMode, programMode, directoryMode].map(mode => (mode & ~0o002).toString(8)),
		lockFiles,
	];
	return {
		...contentsProgram('copy the live release', copy, of, parameters),
		sudo: ['rm', 'mkdir', 'mv', 'sh'].map(name => `${of.target.owner}: ${name}`),
	};
};

/**
 * Takes the header, the new manifest, the paths to delete and a tar stream from standard input. Exits 97 when the driver
 * has not got the lock, 98 when the candidate is live or was: nothing is written then.
 */
export const receiveFiles = (
	{directory, app, run, attempt}: RunAttempt,
	options: {readonly owner: string; readonly candidate: string; readonly live: string},
): Command => ({
	...program(
		'receive files',
		[beginReceiving, receive],
		[directory, app, run, String(attempt), options.owner, options.candidate, options.live],
	),
	sudo: [`${options.owner}: sh`],
});

/**
 * Links what belongs to the environment into the candidate: `.env`, uploads, parts of `storage/`. `own`: relative
 * directories the app writes to that stay with the release.
 */
export const linkShared = (
	{layout, candidate, target}: Candidate<'owner' | 'directoryMode' | 'shared'>,
	own: readonly string[] = [],
): Command =>
	program(
		'link what belongs to the environment',
		finish,
		[
			layout.base,
			candidate,
			target.directoryMode.toString(8),
			...own.map(path => `own:${path}`),
			...target.shared.directories.map(path => `directory:${path}`),
			...target.shared.files.map(path => `file:${path}`),
		],
		target.owner,
	);

/** Removes a candidate that will not go live. Refuses when it is live. */
export const removeCandidate = ({layout, candidate, target}: Candidate): Command =>
	program('remove the candidate', remove, [layout.live, candidate], target.owner);
