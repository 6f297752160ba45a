import type {Command} from '../../domain/command.ts';
import type {HostState} from '../host-state.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import rememberRun from './remember-rollback.sh';
import requireWholeText from './require-whole.sh';
import settle from './settle-target.sh';

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

/** Writes down what is live now and what was before: the way forward again. */
export const rememberRollback = (
	{directory, app, run}: HostState,
	{layout, release}: {readonly layout: ReleaseLayout; readonly release: string},
): Command => program('remember what was live', rememberRun, [directory, app, run, layout.releases, release]);

/** Refuses what an archive was restored into where a file is missing without which the app can't be served. `as`: its owner. */
export const requireWhole = (candidate: string, needed: readonly string[], owner: string): Command =>
	program('require what the app is served by', requireWholeText, [candidate, ...needed], owner);
