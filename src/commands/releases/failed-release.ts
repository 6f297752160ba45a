import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {HostState} from '../host-state.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import keep from './keep-failed-release.sh';

/**
 * Keeps a release that failed, under the name the old scripts gave it, and writes down that it did: it is not offered as
 * a good one. `part`: below the release, `/.next` for the frontend. Never fails. Source: workflow, "Rollback Protection".
 */
export const keepFailedRelease = (
	{directory, app, run}: HostState,
	options: {
		readonly layout: ReleaseLayout;
		/** Empty: the one that was live before this run's swap. */
		readonly release: string;
		readonly name: string;
		readonly part: string;
		readonly why: string;
	},
): Command => {
	const {layout, release, name, part, why} = options;
	return {
		...program('keep the failed release', keep, [
			directory,
			app,
			run,
			release,
			posix.join(posix.dirname(layout.live), name),
			posix.dirname(linkTarget(layout, 'x')),
			part,
			jsonMembers({why}),
		]),
		sudo: ['root: ln'],
	};
};
