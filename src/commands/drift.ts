import type {Command} from '../domain/command.ts';
import {parseManifest} from '../domain/pipeline.ts';
import type {HostState} from './host-state.ts';
import {program} from './shell.ts';
import {matches, parseTreeListing} from './tree-listing.ts';

const read = `
release=$(readlink -f -- "$3") || exit 94
release=$(basename -- "$release")
printf '%s\\n' "$release"
cat -- "$1/manifests/$2/$release" 2>/dev/null || true
`;

/** Prints the id of the live release and the manifest it was deployed with; nothing after the id without one. */
export const readLiveManifest = ({directory, app}: Pick<HostState, 'directory' | 'app'>, live: string): Command =>
	program('read the manifest of live', read, [directory, app, live]);

/** Reads the answer of `readLiveManifest`. */
export const parseLiveManifest = (text: string): {readonly release: string; readonly manifest: string} => {
	const end = text.indexOf('\n');
	return {release: text.slice(0, Math.max(0, end)), manifest: end < 0 ? '' : text.slice(end + 1)};
};

/**
 * Files of a release that are not as its manifest says: changed, gone, or of another kind. Sorted. Undefined when the
 * manifest can't be read. `listing`: what `listTree` printed; throws as `parseTreeListing`.
 */
export const driftOf = (
	manifest: string,
	listing: string,
	hashTarget: (target: string) => string,
): readonly string[] | undefined => {
	const entries = parseManifest(manifest);
	if (!entries || entries.size === 0) return undefined;
	const files = parseTreeListing(listing);
	return [...entries]
		.filter(([path, {mode, sha256}]) => !matches({mode: modeOf(mode), sha256}, files.get(path), hashTarget))
		.map(([path]) => path)
		.sort();
};

const modeOf = (mode: string): '100644' | '100755' | '120000' =>
	mode === '120000' || mode === '100755' ? mode : '100644';
