import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {currentAccount} from './host/host-account.ts';
import type {HostLayout} from './host/host-layout.ts';
import {resurrect} from './host/provision-frontend.ts';
import {type HostHistory, isProvisioned, markProvisioned, prepareHost, provisionHost} from './host/provision-host.ts';
import {startPrograms, type HostPrograms} from './host/host-programs.ts';
import type {HostShell} from './host/host-shell.ts';
import type {PastSources} from './past/past-sources.ts';
import {pastAppOf, readPast, type Past} from './past/read-past.ts';
import {writeLedgers} from './past/write-ledgers.ts';
import {versionCommits} from './project/create-project.ts';
import {buildEnvironment, hostEnv, pm2Name} from './project/environment-files.ts';
import type {SandboxRecord} from './sandbox-record.ts';
import type {SandboxServers} from './sandbox-servers.ts';
import {writeShims} from './shims/write-shims.ts';
import {type ByTier, type SandboxTier, tiers} from './tiers.ts';

/** What the old scripts did on each host; backups are oldest first. */
const history: ByTier<Pick<HostHistory, 'live' | 'backups' | 'badBackups' | 'frontendBackups' | 'instances'>> = {
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
	/** Absent: hosts as the old scripts left them. */
	readonly past: PastSources | undefined;
};

/** Puts the new port in the place of the old where the host's own files name it. */
const moveFrontend = async ({pm2, nginxConfiguration}: HostLayout, before: number | undefined, now: number) => {
	if (before === undefined || before === now) return;
	for (const file of [join(pm2, 'dump.json'), nginxConfiguration]) {
		const text = await readFile(file, 'utf8').catch(() => undefined);
		if (text !== undefined) await writeFile(file, text.replaceAll(new RegExp(`\\b${before}\\b`, 'g'), String(now)));
	}
};

const shellOf = ({layouts, token}: FillOptions, tier: SandboxTier): HostShell => ({
	root: layouts[tier].root,
	user: currentAccount().user,
	token,
});

/** Does something with the programs of a host in one Node, which ends with it. */
const withPrograms = async (
	{layouts, node, clockOffset}: FillOptions,
	shell: HostShell,
	tier: SandboxTier,
	act: (programs: HostPrograms) => Promise<void>,
): Promise<void> => {
	const programs = startPrograms(shell, {layout: layouts[tier], node, clockOffset});
	try {
		await act(programs);
	} finally {
		await programs.close();
	}
};

const startAgain = async (tier: SandboxTier, options: FillOptions): Promise<void> => {
	await moveFrontend(options.layouts[tier], options.before?.[tier].next, options.servers[tier].next);
	await withPrograms(options, shellOf(options, tier), tier, resurrect);
};

type Known = {readonly commits: ReadonlyMap<string, string>; readonly past: Promise<Past | undefined>};

const provision = async (tier: SandboxTier, options: FillOptions, {commits, past}: Known): Promise<void> => {
	const {repository, layouts, servers} = options;
	const shell = shellOf(options, tier);
	const commitOf = (version: string): string => {
		const commit = commits.get(version);
		if (commit === undefined) throw new Error(`no commit of version ${version} in ${repository}`);
		return commit;
	};
	const host = {
		...history[tier],
		layout: layouts[tier],
		shell,
		repository,
		commitOf,
		past: past.then(
			known =>
				known && {backend: pastAppOf(known, tier, 'backend'), frontend: pastAppOf(known, tier, 'frontend')},
		),
		env: hostEnv(tier, servers[tier].http.port),
		environment: tier,
		startsAt: new Date(Date.now() + options.clockOffset * 1000),
		buildEnvironment: buildEnvironment(servers[tier].http.port),
		pm2Name: pm2Name(tier),
		nextPort: servers[tier].next,
	};
	await withPrograms(options, shell, tier, programs => provisionHost({...host, programs}));
};

/** Does something for each environment at once, and for all of them whatever becomes of one. */
const forEach = async (all: readonly SandboxTier[], act: (tier: SandboxTier) => Promise<void>): Promise<void> => {
	const results = await Promise.allSettled(all.map(act));
	for (const result of results) if (result.status === 'rejected') throw result.reason;
};

/** Writes each host's tools anew and, on the first start, the history it has behind it. */
export const fillHosts = async (options: FillOptions): Promise<void> => {
	const {layouts, node, clockOffset, repository} = options;
	const fresh = tiers.filter(tier => !isProvisioned(layouts[tier]));
	await forEach(tiers, async tier => {
		await prepareHost(layouts[tier]);
		await writeShims({layout: layouts[tier], account: currentAccount(), node, clockOffset});
	});
	const isFresh = fresh.length > 0;
	const commits = isFresh ? await versionCommits(repository) : new Map<string, string>();
	const reading = options.past && isFresh ? readPast(options.past, repository, commits) : Promise.resolve(undefined);
	await forEach(tiers, tier =>
		fresh.includes(tier) ? provision(tier, options, {commits, past: reading}) : startAgain(tier, options),
	);
	const past = await reading;
	if (past) await writeLedgers(past, {onto: fresh, layouts, shellOf: tier => shellOf(options, tier)});
	await forEach(fresh, tier => markProvisioned(layouts[tier]));
};
