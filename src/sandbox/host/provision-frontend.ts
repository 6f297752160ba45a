import {rm, utimes} from 'node:fs/promises';
import {join} from 'node:path';
import type {NextTarget} from '../../domain/environment.ts';
import {untilListening} from '../listen.ts';
import type {HostLayout} from './host-layout.ts';
import {type HostShell, runLine} from './host-shell.ts';
import {extract, instant, words} from './host-tools.ts';
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
	/** The sample project's repository. */
	readonly repository: string;
	/** What is live: the commit of a plain directory, or releases. */
	readonly live: string;
	readonly past?: {readonly frontend: PastApp<NextTarget>};
	readonly frontendBackups: readonly OldFrontendBackup[];
	/** Compiled in. */
	readonly buildEnvironment: Readonly<Record<string, string>>;
	readonly pm2Name: string;
	/** Absent: fork mode. */
	readonly instances?: number;
	readonly nextPort: number;
};

const assignments = (values: Readonly<Record<string, string>>): string =>
	Object.entries(values)
		.map(([name, value]) => `${name}=${words(value)}`)
		.join(' ');

const buildIn = ({shell, buildEnvironment}: FrontendHistory, directory: string): Promise<string> =>
	runLine(shell, `cd ${words(directory)} && ${assignments(buildEnvironment)} node scripts/build.mjs`);

/** One commit, built by its own script in `<parent>/frontend`. */
const build = async (history: FrontendHistory, commit: string, parent: string): Promise<string> => {
	const {shell, repository} = history;
	const directory = join(parent, 'frontend');
	await extract(shell, repository, commit, parent, 'frontend');
	await buildIn(history, directory);
	return directory;
};

const archive = async (
	{shell, layout}: FrontendHistory,
	{at, content}: OldFrontendBackup,
	parent: string,
): Promise<void> => {
	const directory = join(parent, 'frontend');
	const file = join(layout.backups, `frontend_${at}.tar.gz`);
	const parts =
		content === 'directory'
			? ['-C', parent, '--exclude=frontend/node_modules', '--exclude=frontend/.next/cache', 'frontend']
			: ['-C', directory, '--exclude=.next/cache', '.next', 'package.json'];
	await runLine(shell, words('tar', '-czf', file, ...parts));
	await utimes(file, instant(at), instant(at));
};

/** Backups of one commit hold the one build that was live then. */
const backUp = async (history: FrontendHistory, commit: string): Promise<void> => {
	const parent = join(history.layout.root, 'tmp', `frontend-${commit}`);
	await build(history, commit, parent);
	const backups = history.frontendBackups.filter(backup => backup.commit === commit);
	await Promise.all(backups.map(backup => archive(history, backup, parent)));
	await rm(parent, {recursive: true});
};

const deploy = async (history: FrontendHistory): Promise<void> => {
	const {shell, layout, repository, live, past, pm2Name, instances, nextPort} = history;
	if (past)
		await layOutFrontend({layout, shell, repository}, past.frontend, directory => buildIn(history, directory));
	else await installNothing(await build(history, live, join(layout.frontend, '..')));
	const port = String(nextPort);
	const mode = instances === undefined ? [] : ['-i', String(instances)];
	const script = ['scripts/start.mjs', '--name', pm2Name, '--cwd', layout.frontend, ...mode];
	const start = words('pm2', 'start', ...script, '--', '-H', '127.0.0.1', '-p', port);
	await runLine(shell, `${assignments({NODE_ENV: 'production', PORT: port})} ${start} && pm2 save`);
	await untilListening(nextPort, 20_000);
};

/** Leaves the frontend as the old scripts left it: built, under PM2, with backups. */
export const provisionFrontend = async (history: FrontendHistory): Promise<void> => {
	const commits = new Set(history.frontendBackups.map(({commit}) => commit));
	await Promise.all([deploy(history), ...Array.from(commits, commit => backUp(history, commit))]);
};

/** What a host does at boot: PM2 starts what was saved. */
export const resurrect = (shell: HostShell): Promise<string> => runLine(shell, 'pm2 kill && pm2 resurrect');
