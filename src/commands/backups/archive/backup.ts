import {posix} from 'node:path';
import type {Command} from '../../../domain/command.ts';
import type {AppTarget} from '../../../domain/environments/environment.ts';
import {anywhere} from '../../../domain/environments/excludes.ts';
import {jsonMembers} from '../../ledger/ledger.ts';
import type {ReleaseLayout} from '../../release-layout.ts';
import {program} from '../../shell.ts';
import writeArchive from './write-archive.sh';
import begin from './begin-archive.sh';
import backUp from './back-up.sh';
import backUpBehind from './back-up-behind.sh';
import writeBehind from './write-behind.sh';
import unfinished from './remove-unfinished.sh';

const behind = [writeArchive, writeBehind].join('\n');

type Archive = {
	readonly layout: ReleaseLayout;
	readonly target: Pick<AppTarget, 'owner' | 'excludes' | 'shared'>;
	/** Absolute path ending in `.tar.gz`. */
	readonly file: string;
	/** Where the records of releases are. */
	readonly stateDirectory: string;
	/** Kept beside it: app, run, by, why. */
	readonly about: Readonly<Record<string, unknown>>;
};

/**
 * Archives the live release with what belongs to the environment in its place, under the inner root the old scripts
 * used, mode 0600, with a `.json` beside it. Source: workflow, "Rollback Protection"; design, "Words", backup.
 */
export const backUpLiveRelease = (options: Archive): Command => ({
	...program('archive the live release', [writeArchive, unfinished, begin, backUp], parametersFor(options)),
	sudo: [`${options.target.owner}: test`, `${options.target.owner}: tar`],
});

/**
 * The same for the release that is live when this begins, behind everything else: it returns at once, and the archive is
 * pending until it is whole. For a rollback, which waits for nobody.
 */
export const archiveRelease = (options: Archive): Command => ({
	...program(
		'archive the live release behind the run',
		['text=$1', 'shift', unfinished, begin, backUpBehind],
		[behind, ...parametersFor(options)],
	),
	sudo: [`${options.target.owner}: test`, `${options.target.owner}: tar`],
});

/** Takes away what a run that was stopped has left of its archive, unless that is written still. */
export const removeUnfinished = (file: string): Command =>
	program('remove the archive that did not become whole', [unfinished, 'remove_unfinished "${1%.tar.gz}"'], [file]);

/** The inner root of the archive is the last part of the live path. */
const parametersFor = ({layout, target, file, stateDirectory, about}: Archive): string[] => {
	const links = [...target.shared.files, ...target.shared.directories].map(path => `--exclude=./${escapeGlob(path)}`);
	const excluded = target.excludes.flatMap(path => {
		const name = anywhere(path);
		return name === undefined
			? [`--exclude=./${escapeGlob(path)}`, `--exclude=shared/${escapeGlob(path)}`]
			: ['--no-anchored', `--exclude=${escapeGlob(name)}`, '--anchored'];
	});
	const root = posix.basename(layout.live).replaceAll(/[\\&,]/g, String.raw`\$&`);
	const transform = [String.raw`flags=rSh;s,^\.$,${root},;s,^\./,${root}/,;s,^shared,${root},`];
	return [
		layout.live,
		layout.base,
		file,
		target.owner,
		jsonMembers(about),
		stateDirectory,
		...links,
		...excluded,
		...transform.map(expression => `--transform=${expression}`),
	];
};

const escapeGlob = (path: string): string => path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
