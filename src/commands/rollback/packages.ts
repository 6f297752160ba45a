import type {Command} from '../../domain/command.ts';
import type {Candidate} from '../release-layout.ts';
import {asUser, program} from '../shell.ts';
import reuseNodeModules from './reuse-modules.sh';
import reuse from './reuse-packages.sh';

/** Takes the packages from a release with the same lock file, so that going back needs no registry. */
export const reusePackages = ({layout, candidate, target}: Candidate): Command =>
	program('take over the packages', reuse, [layout.releases, candidate], target.owner);

/** Takes node_modules from a release with the same lock file; else runs `install`. Going back needs no registry then. */
export const reuseModules = ({layout, candidate, target: {owner}}: Candidate, install: Command): Command => ({
	...program('take over the packages', reuseNodeModules, [
		layout.releases,
		candidate,
		layout.live,
		owner,
		...asUser(install),
	]),
	sudo: [`${owner}: rm`, `${owner}: cp`, `${owner}: ${install.argv[0]}`],
});
