import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {ownFilesOf} from '../../domain/releases/own-files.ts';
import type {HostState} from '../host-state.ts';
import {releaseLayout} from '../release-layout.ts';
import {program, type Source} from '../shell.ts';
import records from './records.sh';
import compare from './compare.sh';

/** What has to be known of an app to compare its releases with their lists. */
export type ContentsOf = {
	readonly state: Pick<HostState, 'directory' | 'app'>;
	readonly target: Pick<AppTarget, 'recipe' | 'owner' | 'path' | 'shared'>;
};

const settingsOf = ({state, target}: ContentsOf): readonly string[] => {
	const {written, unlisted, skipped, storageLink, pages, notPages} = ownFilesOf(target);
	return [
		state.directory,
		state.app,
		target.owner,
		target.path,
		releaseLayout(target).base,
		written,
		unlisted,
		skipped,
		storageLink,
		pages,
		notPages,
		records,
	];
};

const sharedOf = ({target: {shared}}: ContentsOf): readonly string[] => [...shared.files, ...shared.directories];

/** A program that can compare releases. `text` finds its own parameters first, then `--`-less the shared paths. */
export const contentsProgram = (
	label: string,
	text: Source,
	of: ContentsOf,
	parameters: readonly string[] = [],
): Command => ({
	...program(label, [compare, ...[text].flat()], [...settingsOf(of), ...parameters, ...sharedOf(of)]),
	sudo: [`${of.target.owner}: sh`],
});
