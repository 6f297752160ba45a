import {existsSync} from 'node:fs';
import {appendFile, chmod, mkdir, readFile, rm, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {LaravelTarget, NextTarget} from '../../domain/environments/environment.ts';
import {laravelLog} from '../past/laravel-log.ts';
import type {HostLayout} from './host-layout.ts';
import {extract, instant, runLines, words} from './host-tools.ts';
import {installVendor, layOutBackend, type OldBackup, type PastApp} from './lay-out-releases.ts';
import {type FrontendHistory, backUpFrontend, provisionFrontend} from './provision-frontend.ts';

/** A backend backup that cannot be restored. */
export type BadBackup = {readonly at: string; readonly state: 'empty' | 'cut'};

/** What the team made of a host since it took it over. */
export type HostPast = {readonly backend: PastApp<LaravelTarget>; readonly frontend: PastApp<NextTarget>};

export type HostHistory = FrontendHistory & {
	/** Undefined: the old scripts have left the host, and nobody took it over. Old backups are made meanwhile. */
	readonly past: Promise<HostPast | undefined>;
	readonly backups: readonly OldBackup[];
	readonly badBackups: readonly BadBackup[];
	/** Content of the `.env` on the host. */
	readonly env: string;
	/** `APP_ENV` in it. */
	readonly environment: string;
	/** What its clock says when it starts: its logs end before. */
	readonly startsAt: Date;
};

const nginxConfiguration = ({backend}: HostLayout, nextPort: number): string => `user www-data;
worker_processes auto;
events {
	worker_connections 768;
}
http {
	server {
		listen 80;
		location / {
			proxy_pass http://127.0.0.1:${nextPort};
		}
		location /api {
			root ${backend}/public;
			fastcgi_pass unix:/run/php/php8.1-fpm.sock;
			fastcgi_param SCRIPT_FILENAME $document_root/index.php;
		}
		location /uploads {
			root ${backend}/public;
		}
	}
}
`;

const backUp = async (history: HostHistory, {at, version}: OldBackup): Promise<void> => {
	const {shell, layout, repository, commitOf, env} = history;
	const parent = join(layout.root, 'tmp', `backup-${at}`);
	const file = join(layout.backups, `backend_${at}.tar.gz`);
	const directory = join(parent, 'backend');
	await mkdir(directory, {recursive: true});
	await writeFile(join(directory, '.env'), env, {mode: 0o640});
	const excludes = ['vendor', 'node_modules', 'storage/logs'].map(path => `--exclude=backend/${path}`);
	await runLines(
		shell,
		extract({repository, commit: commitOf(version), app: 'backend'}, directory),
		words('tar', '-czf', file, '-C', parent, ...excludes, 'backend'),
	);
	await utimes(file, instant(at), instant(at));
};

/** What belongs to the environment, by path: a deploy leaves it alone. */
const belongings = ({env, environment, layout, startsAt}: HostHistory): Readonly<Record<string, string>> => ({
	'.env': env,
	'public/uploads/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
	'public/uploads/programme-2026.txt': 'Programme for 2026\n',
	'storage/app/public/report-17.csv': 'name,score\nMeera,4.2\n',
	'storage/logs/laravel.log': laravelLog(environment, layout.backend, startsAt),
});

const deployBackend = async (history: HostHistory): Promise<void> => {
	const {shell, programs, layout, repository, commitOf, live} = history;
	const {backend} = layout;
	await runLines(shell, extract({repository, commit: commitOf(live), app: 'backend'}, backend));
	for (const [path, text] of Object.entries(belongings(history))) await writeFile(join(backend, path), text);
	await chmod(join(backend, '.env'), 0o640);
	await installVendor(programs, backend);
	for (const words of [['config:cache'], ['route:cache'], ['view:cache'], ['migrate', '--force']])
		await programs.run({program: 'php', words: [join(backend, 'artisan'), ...words]});
};

/** What the old scripts left when the disk was full, and when a transfer was cut. */
const leaveBadBackup = async ({layout, backups}: HostHistory, {at, state}: BadBackup): Promise<void> => {
	const file = join(layout.backups, `backend_${at}.tar.gz`);
	const sound = backups[0] && (await readFile(join(layout.backups, `backend_${backups[0].at}.tar.gz`)));
	await writeFile(file, state === 'empty' || !sound ? '' : sound.subarray(0, Math.floor(sound.length * 0.6)));
	await utimes(file, instant(at), instant(at));
};

const marker = ({root}: HostLayout): string => join(root, 'run/provisioned');

/** Whether a host was provisioned to the end; what a start that was cut left is begun anew by the next. */
export const isProvisioned = (layout: HostLayout): boolean => existsSync(marker(layout));

/** Prepares the directories every start needs. */
export const prepareHost = async (layout: HostLayout): Promise<void> => {
	if (!isProvisioned(layout)) await rm(layout.root, {recursive: true, force: true});
	const {home, log, units, backups, migrations, nginxConfiguration: configuration} = layout;
	const logs = [layout.nginxAccessLog, layout.nginxErrorLog, layout.schedulerLog];
	const directories = [
		home,
		log,
		units,
		backups,
		join(migrations, '..'),
		join(configuration, '..'),
		join(layout.root, 'root'),
		...logs.map(file => join(file, '..')),
	];
	for (const directory of directories) await mkdir(directory, {recursive: true});
	for (const file of logs) await appendFile(file, '', {mode: 0o640});
	await writeFile(join(layout.root, 'run/sandbox.pid'), `${process.pid}\n`);
};

const deploy = async (history: HostHistory): Promise<void> => {
	const past = await history.past;
	await Promise.all([
		past ? layOutBackend(history, past.backend, belongings(history)) : deployBackend(history),
		provisionFrontend(history, past?.frontend),
	]);
};

/** Leaves a host as the old scripts left it, or as the team has it since then, with real tools. */
export const provisionHost = async (history: HostHistory): Promise<void> => {
	const {layout, shell, backups, badBackups, nextPort} = history;
	await Promise.all([
		deploy(history),
		writeFile(layout.nginxConfiguration, nginxConfiguration(layout, nextPort)),
		backUpFrontend(history),
		...backups.map(backup => backUp(history, backup)),
	]);
	await Promise.all(badBackups.map(backup => leaveBadBackup(history, backup)));
	await runLines(shell, 'sudo -n systemctl start php8.1-fpm nginx');
	// The logs tell what was done to the host since the start, not how it came about.
	for (const rest of ['tmp', 'log/shims.jsonl']) await rm(join(layout.root, rest), {recursive: true, force: true});
};

/** Notes that everything is on a host that was to be put there. */
export const markProvisioned = (layout: HostLayout): Promise<void> => writeFile(marker(layout), '');
