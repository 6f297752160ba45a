import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {currentAccount} from './host/host-account.ts';
import type {HostLayout} from './host/host-layout.ts';
import {type OldFrontendBackup, resurrect} from './host/provision-frontend.ts';
import {type BadBackup, isProvisioned, prepareHost, provisionHost} from './host/provision-host.ts';
import {versionCommits} from './project/create-project.ts';
import {buildEnvironment, hostEnv, pm2Name} from './project/environment-files.ts';
import type {SandboxRecord} from './sandbox-record.ts';
import type {SandboxServers} from './sandbox-servers.ts';
import {writeShims} from './shims/write-shims.ts';
import {type ByTier, type SandboxTier, tiers} from './tiers.ts';

type OldHistory = {
	/** Version that is live. */
	readonly live: string;
	/** Backups of the old scripts: time and version, oldest first. */
	readonly backups: readonly {readonly at: string; readonly version: string}[];
	readonly badBackups: readonly BadBackup[];
	readonly frontendBackups: readonly (Omit<OldFrontendBackup, 'commit'> & {readonly version: string})[];
	/** Of the frontend. Absent: fork mode. */
	readonly instances?: number;
};

const history: ByTier<OldHistory> = {
	preprod: {
		live: '2.5.0',
		backups: [
			{at: '20260119_143000', version: '2.3.0'},
			{at: '20260129_110500', version: '2.4.0'},
		],
		badBackups: [],
		frontendBackups: [
			{at: '20260119_144500', version: '2.3.0', content: 'directory'},
			{at: '20260129_112000', version: '2.4.0', content: 'build'},
		],
	},
	production: {
		live: '2.4.0',
		backups: [
			{at: '20260106_113000', version: '2.3.0'},
			{at: '20260121_121500', version: '2.3.0'},
		],
		badBackups: [
			{at: '20251209_111005', state: 'cut'},
			{at: '20251230_111512', state: 'empty'},
		],
		frontendBackups: [
			{at: '20260106_114000', version: '2.3.0', content: 'directory'},
			{at: '20260121_123000', version: '2.3.0', content: 'build'},
		],
		instances: 2,
	},
};

export type FillOptions = {
	readonly repository: string;
	readonly layouts: ByTier<HostLayout>;
	readonly servers: SandboxServers;
	readonly token: string;
	/** Absolute path of the Node that runs the shims. */
	readonly node: string;
	/** Seconds the hosts' clocks are ahead. */
	readonly clockOffset: number;
	/** Ports of the start before, which the hosts' own files name. */
	readonly before: SandboxRecord['ports'] | undefined;
};

const commitsOf = async (repository: string): Promise<(version: string) => string> => {
	const commits = await versionCommits(repository);
	return version => {
		const commit = commits.get(version);
		if (commit === undefined) throw new Error(`no commit of version ${version} in ${repository}`);
		return commit;
	};
};

/** Puts the new port in the place of the old where the host's own files name it. */
const moveFrontend = async ({pm2, nginxConfiguration}: HostLayout, before: number | undefined, now: number) => {
	if (before === undefined || before === now) return;
	for (const file of [join(pm2, 'dump.json'), nginxConfiguration]) {
		const text = await readFile(file, 'utf8').catch(() => undefined);
		if (text !== undefined) await writeFile(file, text.replaceAll(new RegExp(`\\b${before}\\b`, 'g'), String(now)));
	}
};

const fillHost = async (tier: SandboxTier, options: FillOptions): Promise<void> => {
	const {repository, layouts, servers, token, node, before} = options;
	const layout = layouts[tier];
	const account = currentAccount();
	await prepareHost(layout);
	await writeShims({layout, account, node, clockOffset: options.clockOffset});
	const shell = {root: layout.root, user: account.user, token};
	const nextPort = servers[tier].next;
	if (isProvisioned(layout)) {
		await moveFrontend(layout, before?.[tier].next, nextPort);
		await resurrect(shell);
		return;
	}

	const {live, backups, badBackups, frontendBackups, instances} = history[tier];
	const commitOf = await commitsOf(repository);
	await provisionHost({
		layout,
		shell,
		repository,
		live: commitOf(live),
		backups: backups.map(({at, version}) => ({at, commit: commitOf(version)})),
		badBackups,
		frontendBackups: frontendBackups.map(({version, ...backup}) => ({...backup, commit: commitOf(version)})),
		env: hostEnv(tier, servers[tier].http.port),
		buildEnvironment: buildEnvironment(servers[tier].http.port),
		pm2Name: pm2Name(tier),
		nextPort,
		...(instances === undefined ? {} : {instances}),
	});
};

/** Writes each host's tools anew and, on the first start, the history it has behind it. */
export const fillHosts = async (options: FillOptions): Promise<void> => {
	const results = await Promise.allSettled(tiers.map(tier => fillHost(tier, options)));
	for (const result of results) if (result.status === 'rejected') throw result.reason;
};
