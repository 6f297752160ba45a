import type {HostState} from '../../commands/host-state.ts';
import {installedByRun, keptByRun, type Lists} from '../../commands/candidate/made.ts';
import {sentManifest} from '../../commands/nextjs/nextjs.ts';

/** The lists a run keeps of what it sent to its candidate, and of what was made there. */
export const listsOf = ({candidate, state}: {readonly candidate: string; readonly state: HostState}): Lists => ({
	directory: candidate,
	manifest: sentManifest(state),
	kept: keptByRun(state),
	installed: installedByRun(state),
});
