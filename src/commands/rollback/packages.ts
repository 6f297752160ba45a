import type {Command} from '../../domain/command.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {asUser, program} from '../shell.ts';
import reuseNodeModules from './reuse-modules.sh';
import reuse from './reuse-packages.sh';

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
	return {
		...program('take over the packages', reuseNodeModules, [
			layout.releases,
			candidate,
			layout.live,
			owner,
			...asUser(install),
		]),
		sudo: [`${owner}: rm`, `${owner}: cp`, `${owner}: ${install.argv[0]}`],
	};
};
