import {createHash} from 'node:crypto';
import {chmod, mkdir, readFile, readdir, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {join, posix} from 'node:path';
import {backUpLiveRelease} from '../../commands/backups/archive/backup.ts';
import {linkShared} from '../../commands/candidate/candidate.ts';
import {keepMade} from '../../commands/candidate/made.ts';
import type {Claim} from '../../commands/lock/marker/marker.ts';
import {releaseLayout} from '../../commands/release-layout.ts';
import {keepWayBack} from '../../commands/releases/release-record.ts';
import {prepareLink, swapLink} from '../../commands/releases/swap.ts';
import type {
	AppName,
	AppTarget,
	Environment,
	LaravelTarget,
	NextTarget,
} from '../../domain/environments/environment.ts';
import {renderManifest} from '../../domain/runs/pipeline.ts';
import type {ManifestEntry, SourceTree} from '../../domain/ports.ts';
import {backupName} from '../../domain/runs/run-names.ts';
import type {StoryRun} from '../past/story.ts';
import type {HostLayout} from './host-layout.ts';
import type {HostPrograms} from './host-programs.ts';
import type {HostShell} from './host-shell.ts';
import {extract, lineOf, runLines} from './host-tools.ts';

/** A backup as the old scripts left it. `at` is local wall time, `20260203_111500`. */
export type OldBackup = {readonly at: string; readonly version: string};

/** A release that stands on a host, and the sources it was made of. */
export type PastRelease = {readonly run: StoryRun; readonly tree: SourceTree};

/** What is live of an app, as its last run of the past has left it, and the release before. */
export type PastApp<Target extends AppTarget = AppTarget> = {
	readonly target: Target;
	readonly environment: Environment;
	readonly live: PastRelease;
	readonly previous: PastRelease;
};

/** A host, and where its releases come from. */
export type HostPlace = {
	readonly layout: HostLayout;
	readonly shell: HostShell;
	readonly programs: HostPrograms;
	/** The sample project's repository. */
	readonly repository: string;
};

/** The first of them leaves the marker beside the live path, too. */
const pointTo = (claim: Claim, {run}: PastRelease): readonly string[] =>
	[prepareLink(claim.layout, run.release), swapLink(claim)].map(lineOf);

const write = async (file: string, text: string, mode = 0o600): Promise<void> => {
	await mkdir(join(file, '..'), {recursive: true, mode: 0o700});
	await writeFile(file, text, {mode});
	await chmod(file, mode);
};

/** A second of the past, in the words of a host. */
const hostTime = (at: number): string => new Date(at).toISOString().replace('.000', '');

/** What a deploy writes down about the release it made; an adoption writes down nothing. */
const describe = async ({layout}: HostPlace, app: AppName, {run, tree}: PastRelease): Promise<void> => {
	if (!run.build) return;
	const {commit, digest} = run.build;
	const {subject, branch} = tree;
	const about = {
		release: run.release,
		at: hostTime(run.endedAt),
		run: run.run,
		actor: run.actor,
		build: {commit, digest, subject, ...(branch === undefined ? {} : {branch})},
	};
	await write(join(layout.state, 'releases', app, `${run.release}.json`), `${JSON.stringify(about)}\n`);
};

/** The manifest that a deploy compares with and that shows what was changed on the host since. */
const keep = ({layout}: HostPlace, app: AppName, release: string, entries: readonly ManifestEntry[]): Promise<void> =>
	write(join(layout.state, 'manifests', app, release), renderManifest(entries));

const backupFile = ({layout}: HostPlace, app: AppName, {environment: {timeZone}, live: {run}}: PastApp): string =>
	join(layout.backups, `${backupName({app, startedAt: new Date(run.startedAt).toISOString(), timeZone})}.tar.gz`);

/** The backup that the live release's run made of the one before, while that one is live. */
const backUp = (app: AppName, file: string, {target, environment, live: {run}}: PastApp): string => {
	return lineOf(
		backUpLiveRelease({
			layout: releaseLayout(target),
			target,
			file,
			stateDirectory: environment.stateDirectory,
			about: {app, run: run.run, by: run.actor.name, why: `before ${run.release}`},
		}),
	);
};

/** It was made when the run began, not now. */
const dateBackup = async (file: string, {startedAt}: StoryRun): Promise<void> => {
	const seconds = Math.floor(startedAt / 1000) + 4;
	const note = file.replace(/\.tar\.gz$/, '.json');
	const text = await readFile(note, 'utf8');
	await writeFile(
		note,
		text
			.replace(/"modified":\d+/, `"modified":${seconds}`)
			.replace(/"at":"[^"]*"/, `"at":"${hostTime(seconds * 1000)}"`),
	);
	await utimes(file, seconds, seconds);
};

/** The script that goes back to the release before live. */
const keepScript = (claim: Claim, {target, live}: PastApp): string =>
	lineOf(keepWayBack({directory: claim.stateDirectory, app: claim.app, run: live.run.run}, {claim, target}));

/** Puts both releases of an app there, one after the other as it was, with what is written down about them. */
const layOut = async (
	place: HostPlace,
	app: AppName,
	past: PastApp,
	make: (release: PastRelease, directory: string) => Promise<readonly ManifestEntry[]>,
): Promise<void> => {
	const layout = releaseLayout(past.target);
	const {previous, live, environment} = past;
	const {project, name, stateDirectory} = environment;
	const claim = {project, environment: name, app, stateDirectory, layout};
	await mkdir(layout.shared, {recursive: true});
	const [before, now] = await Promise.all(
		[previous, live].map(release => make(release, join(layout.releases, release.run.release))),
	);
	await Promise.all([
		keep(place, app, previous.run.release, before ?? []),
		keep(place, app, live.run.release, now ?? []),
		describe(place, app, previous),
		describe(place, app, live),
		write(join(place.layout.state, `previous-${app}`), `${previous.run.release}\n`),
	]);
	const made = ({run}: PastRelease): string => {
		const manifest = join(place.layout.state, 'manifests', app, run.release);
		return lineOf(
			keepMade(
				{state: {directory: stateDirectory, app}, target: past.target},
				{directory: join(layout.releases, run.release), manifest, kept: `${manifest}.made`},
			),
		);
	};
	const file = backupFile(place, app, past);
	await runLines(
		place.shell,
		made(previous),
		made(live),
		...pointTo(claim, previous),
		backUp(app, file, past),
		keepScript(claim, past),
		...pointTo(claim, live),
	);
	await dateBackup(file, live.run);
};

/**
 * Leaves the backend as deploys leave it: releases with their own packages and caches, `belongings` (path and text) of
 * the environment beside them, and the live path a link.
 */
export const layOutBackend = async (
	place: HostPlace,
	past: PastApp<LaravelTarget>,
	belongings: Readonly<Record<string, string>>,
): Promise<void> => {
	const {target} = past;
	const {shell, programs, repository} = place;
	const layout = releaseLayout(target);
	const artisan = ({run}: PastRelease, ...words: readonly string[]): Promise<void> =>
		programs.run({program: 'php', words: [join(layout.releases, run.release, 'artisan'), ...words]});
	for (const directory of target.shared.directories)
		await mkdir(join(layout.shared, directory), {recursive: true, mode: target.directoryMode});
	for (const [path, text] of Object.entries(belongings)) {
		await mkdir(join(layout.shared, path, '..'), {recursive: true});
		await writeFile(join(layout.shared, path), text);
	}
	await chmod(join(layout.shared, '.env'), 0o640);
	await layOut(place, 'backend', past, async (release, directory) => {
		const {commit, entries} = release.tree;
		await runLines(
			shell,
			extract({repository, commit, app: 'backend'}, directory),
			lineOf(linkShared({layout, candidate: directory, target}, ['bootstrap/cache', 'storage/framework/views'])),
		);
		await installVendor(programs, directory);
		for (const name of ['config:cache', 'route:cache', 'view:cache']) await artisan(release, name);
		return entries;
	});
	for (const release of [past.previous, past.live]) await artisan(release, 'migrate', '--force');
};

/** As the old scripts and the product have it. */
export const installVendor = (programs: HostPrograms, directory: string): Promise<void> =>
	programs.run({
		program: 'composer',
		words: ['install', '--no-dev', '--optimize-autoloader', '--no-interaction', `--working-dir=${directory}`],
	});

const notSent = (path: string): boolean => /^(node_modules|\.next\/(cache|trace))(\/|$)/.test(path);

/** Every file of a build as a manifest names it, sorted by path. */
const entriesIn = async (directory: string): Promise<readonly ManifestEntry[]> => {
	const found = await readdir(directory, {recursive: true, withFileTypes: true});
	const paths = found
		.filter(entry => entry.isFile())
		.map(entry => posix.relative(directory, join(entry.parentPath, entry.name)))
		.filter(path => !notSent(path));
	const entries = paths.map(async (path): Promise<ManifestEntry> => {
		const file = join(directory, path);
		const [content, {mode}] = await Promise.all([readFile(file), stat(file)]);
		return {
			path,
			mode: (mode & 0o100) === 0 ? '100644' : '100755',
			sha256: createHash('sha256').update(content).digest('hex'),
			sizeBytes: content.length,
		};
	});
	return (await Promise.all(entries)).sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
};

/** Leaves the frontend as deploys leave it, without its process. `build` runs the app's own build in a directory. */
export const layOutFrontend = async (
	place: HostPlace,
	past: PastApp<NextTarget>,
	build: (directory: string) => Promise<unknown>,
): Promise<void> => {
	const {shell, repository} = place;
	await layOut(place, 'frontend', past, async ({tree}, directory) => {
		await runLines(shell, extract({repository, commit: tree.commit, app: 'frontend'}, directory));
		await build(directory);
		await Promise.all(
			['cache', 'trace'].map(name => rm(join(directory, '.next', name), {recursive: true, force: true})),
		);
		await installNothing(directory);
		return entriesIn(directory);
	});
};

/** What `npm ci` leaves of an app without packages. */
export const installNothing = async (directory: string): Promise<void> => {
	await mkdir(join(directory, 'node_modules'));
	await writeFile(join(directory, 'node_modules/.package-lock.json'), '{"lockfileVersion":3,"packages":{}}\n');
};
