import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {HostState} from '../host-state.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/*
 * A release bakes its own path into its caches, so it stays where it is and gets the name people look for as a link.
 * Nothing here may end a run: on a full disk going back matters, not the name.
 */
const keep = `
umask 077
state=$1 app=$2 run=$3 release=$4 link=$5 releases=$6 part=$7 about=$8
[ -n "$release" ] || read -r release <"$state/jobs/$run/previous" || { echo 'what was live before is not written down' >&2; exit 0; }
mkdir -p -- "$state/failed/$app" && printf '{"release":"%s","at":"%s",%s}\\n' "$release" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$state/failed/$app/$release" ||
	echo "could not write down that $release failed" >&2
sudo -n -- ln -sfn -- "$releases/$release$part" "$link" || { echo "could not name it $link" >&2; exit 0; }
echo "kept as $link"
`;

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
