import {utimes} from 'node:fs/promises';
import {join} from 'node:path';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {untilListening} from '../listen.ts';
import type {HostPrograms} from './host-programs.ts';
import {extract, instant, runLines, words} from './host-tools.ts';
import {installNothing, layOutFrontend, type OldBackup, type PastApp, type HostPlace} from './lay-out-releases.ts';

/** A frontend backup as the old scripts left it: the whole directory, or what they had deployed. */
export type OldFrontendBackup = OldBackup & {readonly content: 'directory' | 'build'};

/** What the old scripts had made of a frontend, and what it needs to run. */
export type FrontendHistory = HostPlace & {
	/** Commit of a version of the sample project. */
	readonly commitOf: (version: string) => string;
	/** Version that is live where nobody took the host over. */
	readonly live: string;
	readonly frontendBackups: readonly OldFrontendBackup[];
	/** Compiled in. */
	readonly buildEnvironment: Readonly<Record<string, string>>;
	readonly pm2Name: string;
	/** Absent: fork mode. */
	readonly instances?: number | undefined;
	readonly nextPort: number;
};

const buildIn = ({programs, buildEnvironment}: FrontendHistory, directory: string): Promise<void> =>
	programs.run({
		program: join(directory, 'scripts/build.mjs'),
		words: [],
		directory,
		environment: buildEnvironment,
	});

/** One version, built by its own script in `directory`. */
const build = async (history: FrontendHistory, version: string, directory: string): Promise<void> => {
	const {shell, repository, commitOf} = history;
	await runLines(shell, extract({repository, commit: commitOf(version), app: 'frontend'}, directory));
	await buildIn(history, directory);
};

const fileOf = ({layout}: FrontendHistory, {at}: OldFrontendBackup): string =>
	join(layout.backups, `frontend_${at}.tar.gz`);

const archive = (history: FrontendHistory, backup: OldFrontendBackup, parent: string): string => {
	const parts =
		backup.content === 'directory'
			? ['-C', parent, '--exclude=frontend/node_modules', '--exclude=frontend/.next/cache', 'frontend']
			: ['-C', join(parent, 'frontend'), '--exclude=.next/cache', '.next', 'package.json'];
	return words('tar', '-czf', fileOf(history, backup), ...parts);
};

/** Backups of one version hold the one build that was live then. */
const backUp = async (history: FrontendHistory, version: string): Promise<void> => {
	const parent = join(history.layout.root, 'tmp', `frontend-${version}`);
	await build(history, version, join(parent, 'frontend'));
	const backups = history.frontendBackups.filter(backup => backup.version === version);
	await runLines(history.shell, ...backups.map(backup => archive(history, backup, parent)));
	for (const backup of backups) await utimes(fileOf(history, backup), instant(backup.at), instant(backup.at));
};

/** Leaves the frontend under PM2: its releases, or without a past the one directory of the old scripts. */
export const provisionFrontend = async (
	history: FrontendHistory,
	past: PastApp<NextTarget> | undefined,
): Promise<void> => {
	const {layout, live, pm2Name, instances, nextPort, programs} = history;
	if (past) await layOutFrontend(history, past, directory => buildIn(history, directory));
	else {
		await build(history, live, layout.frontend);
		await installNothing(layout.frontend);
	}
	const port = String(nextPort);
	const mode = instances === undefined ? [] : ['-i', String(instances)];
	const script = ['scripts/start.mjs', '--name', pm2Name, '--cwd', layout.frontend, ...mode];
	await programs.run({
		program: 'pm2',
		words: ['start', ...script, '--', '-H', '127.0.0.1', '-p', port],
		environment: {NODE_ENV: 'production', PORT: port},
	});
	await programs.run({program: 'pm2', words: ['save']});
	await untilListening(nextPort, 20_000);
};

/** Leaves the backups that the old scripts made. */
export const backUpFrontend = async (history: FrontendHistory): Promise<void> => {
	const versions = new Set(history.frontendBackups.map(({version}) => version));
	await Promise.all(Array.from(versions, version => backUp(history, version)));
};

/** What a host does at boot: PM2 starts what was saved. */
export const resurrect = async (programs: HostPrograms): Promise<void> => {
	for (const word of ['kill', 'resurrect']) await programs.run({program: 'pm2', words: [word]});
};
