import adoptedSince from '../backups/adopted-since.sh';
import type {Command} from '../../domain/command.ts';
import moveAside from '../contents/move-aside.sh';
import {contentsProgram, type ContentsOf} from '../contents/contents.ts';
import {installedRoots} from '../../domain/releases/own-files.ts';
import describeHolder from '../lock/describe-holder.sh';
import {parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {HostState} from '../host-state.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import lookText from './look-back.sh';
import settle from './settle-target.sh';
import orStart from './or-start-again.sh';
import start from './start-service.sh';
import reuse from './reuse-packages.sh';
import reuseNodeModules from './reuse-modules.sh';
import addChunks from './add-chunks-of-live.sh';
import tellAltered from './tell-altered-files.sh';
import listRestored from './list-restored-files.sh';
import rememberRun from './remember-rollback.sh';

const look = [describeHolder, adoptedSince, lookText].join('\n');

/** Asks what there is to go back to. Changes nothing and writes nothing. */
export const lookBack = (options: {
	readonly stateDirectory: string;
	readonly app: string;
	readonly layout: ReleaseLayout;
	readonly backups: string;
}): Command =>
	program('look what there is to go back to', look, [
		options.stateDirectory,
		options.app,
		options.layout.live,
		options.layout.releases,
		options.backups,
	]);

/** What a host has to go back to. */
export type WaysBack = {
	/** Epoch seconds of the host. */
	readonly time: number;
	/** `directory`: not adopted. */
	readonly layout: 'releases' | 'directory' | 'none';
	readonly live: string | undefined;
	readonly previous: string | undefined;
	readonly releases: readonly string[];
	/** Releases that failed once. */
	readonly failed: readonly string[];
	readonly lock: LockHolder | undefined;
	/** Every file of the directory, with any name. */
	readonly backups: readonly {
		readonly file: string;
		readonly sizeBytes: number;
		/** Epoch seconds of the last change of the file. */
		readonly modified: number;
		/** Whether this product made it, or somebody accepted it by name. */
		readonly isNoted: boolean;
	}[];
	/** Epoch milliseconds by the host's clock: since when the app is adopted, where that can be told. */
	readonly adoptedAt: number | undefined;
};

/** Reads what `lookBack` printed. */
export const parseWaysBack = (text: string): WaysBack => {
	const files = [...text.matchAll(/^backup\t(\d+)\t(\d+)\t(noted|unnoted)\t([^\0]*)\0$/gm)];
	const lines = text.replaceAll(/^backup\t\d+\t\d+\t\w+\t[^\0]*\0$/gm, '').split('\n');
	const all = (name: string): string[] =>
		lines.flatMap(line => (line.startsWith(`${name}\t`) ? [line.slice(name.length + 1)] : []));
	const live = all('live')[0];
	const since = Date.parse(all('since')[0] ?? '');
	return {
		time: Number(all('time')[0]),
		layout: live === undefined ? ((all('layout')[0] ?? 'none') as WaysBack['layout']) : 'releases',
		live,
		previous: all('previous')[0],
		releases: all('release'),
		failed: all('failed'),
		lock: parseLockHolder((all('lock')[0] ?? '').replaceAll('\v', '\n').trimEnd()),
		backups: files.map(([, size, modified, known, file = '']) => ({
			file,
			sizeBytes: Number(size),
			modified: Number(modified),
			isNoted: known === 'noted',
		})),
		adoptedAt: Number.isNaN(since) ? undefined : since,
	};
};

/**
 * Settles which release a rollback goes to and that it is whole. `release`: `previous`, or its id. `needed`: relative
 * paths without which it could not run. Prints `target RELEASE` and how many files differ from what was deployed.
 */
export const settleTarget = (
	{directory, app, run}: HostState,
	options: {readonly layout: ReleaseLayout; readonly release: string; readonly needed: readonly string[]},
): Command =>
	program('settle what to go back to', settle, [
		directory,
		app,
		run,
		options.layout.releases,
		options.release,
		...options.needed,
	]);

const prepareLinkTo = `
set -eu
read -r release <"$1"
sudo -n -- ln -sfn -- "$2/$release" "$3"
`;

/** Makes the new symlink, to the release `settleTarget` has written down. */
export const prepareLinkToTarget = ({directory, run}: HostState, layout: ReleaseLayout): Command => ({
	...program('make the new link', prepareLinkTo, [
		`${directory}/jobs/${run}/target`,
		linkTarget(layout, '').replace(/\/$/, ''),
		layout.nextLink,
	]),
	sudo: ['root: ln'],
});

/** Whatever fails while services are stopped: they are started again, and their state is shown. */
export const orStartAgain = (units: readonly string[], command: Command): Command => {
	const {argv, as, ...rest} = command;
	const words = as === undefined ? argv : (['sudo', '-n', '-u', as, '--', ...argv] as const);
	const label = command.label ?? argv[0];
	return {
		...rest,
		...program(label, orStart, [units.join(' '), ...words]),
		label,
		sudo: [
			...(command.sudo ?? []),
			...(as === undefined ? [] : [`${as}: ${argv[0]}`]),
			...units.map(unit => `root: systemctl start ${unit}`),
		],
	};
};

/** Stops a unit for the moment of the swap. */
export const stopService = (unit: string): Command => ({
	argv: ['systemctl', 'stop', unit],
	as: 'root',
	label: `stop ${unit}`,
});

export const startService = (unit: string): Command => ({
	...program(`start ${unit}`, start, [unit]),
	sudo: [`root: systemctl start ${unit}`],
});

/** Takes the packages from a release with the same lock file, so that going back needs no registry. */
export const reusePackages = (layout: ReleaseLayout, candidate: string, owner: string): Command =>
	program('take over the packages', reuse, [layout.releases, candidate], owner);

/** Takes node_modules from a release with the same lock file; else runs `install`. Going back needs no registry then. */
export const reuseModules = (
	options: {
		readonly layout: ReleaseLayout;
		readonly candidate: string;
		readonly owner: string;
	},
	install: Command,
): Command => {
	const {layout, candidate, owner} = options;
	const words = install.as === undefined ? install.argv : ['sudo', '-n', '-u', install.as, '--', ...install.argv];
	return {
		...program('take over the packages', reuseNodeModules, [
			layout.releases,
			candidate,
			layout.live,
			owner,
			...words,
		]),
		sudo: [`${owner}: rm`, `${owner}: cp`, `${owner}: ${install.argv[0]}`],
	};
};

/** Adds the static files of the build that is left to the release that comes back, before it starts, and to its list. */
export const addChunksOfLive = (
	of: ContentsOf & {readonly state: HostState},
	{layout, release}: {readonly layout: ReleaseLayout; readonly release: string},
): Command =>
	contentsProgram('keep chunks of the build that goes', addChunks, of, [of.state.run, layout.releases, release]);

/**
 * Tells what of the release that a rollback goes back to is not as deployed, by name, and puts aside what no build and no
 * installer brought. Nothing of that keeps anybody from going back.
 */
export const tellAlteredFiles = (
	of: ContentsOf & {readonly state: HostState},
	{releases}: Pick<ReleaseLayout, 'releases'>,
): Command =>
	contentsProgram('compare it with what was deployed', `${moveAside}\n${tellAltered.trim()}`, of, [
		of.state.run,
		releases,
	]);

/**
 * Leaves out of a restored release what no list of the release it was archived from names, and lists the rest, so that the
 * next deploy knows what to take over. Where those lists are gone everything stays, and that is told.
 */
export const listRestoredFiles = (
	of: ContentsOf,
	{candidate, archive}: {readonly candidate: string; readonly archive: string},
): Command =>
	contentsProgram('list what was restored', listRestored, of, [
		candidate,
		archive.replace(/\.tar\.gz$/, '.json'),
		installedRoots(of.target),
	]);

/** Writes down what is live now and what was before: the way forward again. */
export const rememberRollback = (
	{directory, app, run}: HostState,
	{layout, release}: {readonly layout: ReleaseLayout; readonly release: string},
): Command => program('remember what was live', rememberRun, [directory, app, run, layout.releases, release]);
