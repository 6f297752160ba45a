import {utimes} from 'node:fs/promises';
import {join} from 'node:path';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {untilListening} from '../listen.ts';
import type {HostLayout} from './host-layout.ts';
import type {HostPrograms} from './host-programs.ts';
import type {HostShell} from './host-shell.ts';
import {extract, instant, runLines, words} from './host-tools.ts';
import {installNothing, layOutFrontend, type PastApp} from './lay-out-releases.ts';

/** A frontend backup as the old scripts left it: the whole directory, or what they had deployed. */
export type OldFrontendBackup = {
	readonly at: string;
	readonly commit: string;
	readonly content: 'directory' | 'build';
};

export type FrontendHistory = {
	readonly layout: HostLayout;
	readonly shell: HostShell;
	readonly programs: HostPrograms;
	/** The sample project's repository. */
	readonly repository: string;
	/** Commit that is live where nobody took the host over. */
	readonly live: string;
	readonly frontendBackups: readonly OldFrontendBackup[];
	/** Compiled in. */
	readonly buildEnvironment: Readonly<Record<string, string>>;
	readonly pm2Name: string;
	/** Absent: fork mode. */
	readonly instances?: number;
	readonly nextPort: number;
};

const buildIn = ({programs, buildEnvironment}: FrontendHistory, directory: string): Promise<void> =>
	programs.run({
		program: join(directory, 'scripts/build.mjs'),
		words: [],
		directory,
		environment: buildEnvironment,
	});

/** One commit, built by its own script in `directory`. */
const build = async (history: FrontendHistory, commit: string, directory: string): Promise<void> => {
	const {shell, repository} = history;
	await runLines(shell, extract({repository, commit, app: 'frontend'}, directory));
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

/** Backups of one commit hold the one build that was live then. */
const backUp = async (history: FrontendHistory, commit: string): Promise<void> => {
	const parent = join(history.layout.root, 'tmp', `frontend-${commit}`);
	await build(history, commit, join(parent, 'frontend'));
	const backups = history.frontendBackups.filter(backup => backup.commit === commit);
	await runLines(history.shell, ...backups.map(backup => archive(history, backup, parent)));
	for (const backup of backups) await utimes(fileOf(history, backup), instant(backup.at), instant(backup.at));
};

/** Leaves the frontend under PM2: its releases, or without a past the one directory of the old scripts. */
export const deployFrontend = async (
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
	const commits = new Set(history.frontendBackups.map(({commit}) => commit));
	await Promise.all(Array.from(commits, commit => backUp(history, commit)));
};

/** What a host does at boot: PM2 starts what was saved. */
export const resurrect = async (programs: HostPrograms): Promise<void> => {
	for (const word of ['kill', 'resurrect']) await programs.run({program: 'pm2', words: [word]});
};
