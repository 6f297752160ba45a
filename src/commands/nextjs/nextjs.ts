import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {answersIn} from '../answers.ts';
import type {HostState} from '../host-state.ts';
import type {Candidate} from '../release-layout.ts';
import {program} from '../shell.ts';
import copy from './copy-live.sh';
import install from './install-packages.sh';
import carry from './carry-over-chunks.sh';
import readId from './read-build-id.sh';
import checkId from './check-build-id.sh';

/** Where the manifest of a release is kept. */
export const keptManifest = ({directory, app}: HostState, release: string): string =>
	`${directory}/manifests/${app}/${release}`;

/**
 * Starts a release as a copy of all that is live, for a backup to be restored over it: a rollback asks nothing of live.
 * Installed packages are shared with it until they are replaced.
 */
export const copyLiveFrontend = ({layout, candidate, target}: Candidate): Command =>
	program('copy the live release', copy, [layout.live, candidate], target.owner);

/**
 * Installs packages in the candidate, as its owner, where those of live are not the ones its lockfile names; says what
 * it decided and why. npm's cache is kept beside the releases.
 */
export const installPackages = (
	{layout, candidate, target}: Candidate & {readonly target: Pick<NextTarget, 'npm' | 'node'>},
	/** What an adoption found is good enough: going back asks no registry where it can do without. */
	keepsAdopted = false,
): Command =>
	program(
		'install packages',
		install,
		[layout.live, candidate, `${layout.base}/npm`, target.npm, target.node, keepsAdopted ? 'keep' : 'anew'],
		target.owner,
	);

/**
 * Brings static files of the builds before this one into the candidate, so that pages open in browsers go on: `next
 * start` knows only what is there when it starts. Kept: those of live and of the release before it, as their manifests
 * say; all of live's where it has none yet.
 */
export const carryOverChunks = (
	{directory, app}: HostState,
	{layout, candidate, target: {owner}}: Candidate,
): Command => ({
	...program('keep chunks of earlier builds', carry, [directory, app, layout.live, candidate, owner]),
	sudo: [`${owner}: sh`],
});

/** Prints `BUILD_ID x`, and `deployment y` where there is one, as `parseBuildId` reads it. Reads only. */
export const readBuildId = (options: {readonly directory: string; readonly owner: string}): Command =>
	program('read BUILD_ID', readId, [options.directory], options.owner);

const readIdOf = `
read -r release <"$1" || { echo 'no release is settled on' >&2; exit 1; }
sudo -n -u "$3" -- sh -c "$4" read-BUILD_ID "$2/$release"
`;

/** As `readBuildId`, of the release whose id stands in a file of the host. */
export const readBuildIdOf = (options: {
	readonly file: string;
	readonly releases: string;
	readonly owner: string;
}): Command => ({
	...program('read BUILD_ID', readIdOf, [options.file, options.releases, options.owner, readId]),
	sudo: [`${options.owner}: sh`],
});

/** As `readBuildId`, and fails unless it is the one in `manifest` (a path on the host). Reads only. */
export const checkBuildId = (options: {
	readonly directory: string;
	readonly owner: string;
	readonly manifest: string;
}): Command => ({
	...program('verify BUILD_ID', checkId, [options.directory, options.owner, options.manifest, readId]),
	sudo: [`${options.owner}: sh`, `${options.owner}: cat`],
});

/** Reads what `readBuildId` or `checkBuildId` printed; the last one of an output. */
export const parseBuildId = (
	output: string,
): {readonly buildId: string; readonly deploymentId?: string} | undefined => {
	const {all} = answersIn(output, ' ');
	const buildId = all('BUILD_ID').at(-1);
	const deploymentId = all('deployment').at(-1);
	return buildId === undefined ? undefined : {buildId, ...(deploymentId === undefined ? {} : {deploymentId})};
};
