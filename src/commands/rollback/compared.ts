import type {Command} from '../../domain/command.ts';
import {installedRoots} from '../../domain/releases/own-files.ts';
import {contentsProgram, type ContentsOf} from '../contents/contents.ts';
import moveAside from '../contents/move-aside.sh';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import addChunks from './add-chunks-of-live.sh';
import listRestored from './list-restored-files.sh';
import tellAltered from './tell-altered-files.sh';

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
	contentsProgram('compare it with what was deployed', [moveAside, tellAltered], of, [of.state.run, releases]);

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
