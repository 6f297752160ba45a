import {currentAccount} from './host/host-account.ts';
import type {HostLayout} from './host/host-layout.ts';
import {isProvisioned, prepareHost, provisionHost} from './host/provision-host.ts';
import {versionCommits} from './project/create-project.ts';
import {hostEnv} from './project/environment-files.ts';
import type {SandboxServers} from './sandbox-servers.ts';
import {writeShims} from './shims/write-shims.ts';
import {type ByTier, type SandboxTier, tiers} from './tiers.ts';

type OldHistory = {
	/** Version that is live. */
	readonly live: string;
	/** Backups of the old scripts: time and version, oldest first. */
	readonly backups: readonly {readonly at: string; readonly version: string}[];
	/** Of the frontend that is served, in the form `next build` gives them. */
	readonly buildId: string;
};

const history: ByTier<OldHistory> = {
	preprod: {
		live: '2.5.0',
		backups: [
			{at: '20260119_143000', version: '2.3.0'},
			{at: '20260129_110500', version: '2.4.0'},
		],
		buildId: 'pR3x7Qm2VbN8sK5tYw1Zc',
	},
	production: {
		live: '2.4.0',
		backups: [
			{at: '20260106_113000', version: '2.3.0'},
			{at: '20260121_121500', version: '2.3.0'},
		],
		buildId: 'hJ4k9LdF6gT0aWq8Re2Xu',
	},
};

export type FillOptions = {
	readonly repository: string;
	readonly layouts: ByTier<HostLayout>;
	readonly servers: SandboxServers;
	readonly token: string;
	/** Absolute path of the Node that runs the shims. */
	readonly node: string;
};

const commitsOf = async (repository: string): Promise<(version: string) => string> => {
	const commits = await versionCommits(repository);
	return version => {
		const commit = commits.get(version);
		if (commit === undefined) throw new Error(`no commit of version ${version} in ${repository}`);
		return commit;
	};
};

const fillHost = async (tier: SandboxTier, options: FillOptions): Promise<void> => {
	const {repository, layouts, servers, token, node} = options;
	const layout = layouts[tier];
	const account = currentAccount();
	await prepareHost(layout);
	await writeShims({layout, account, node});
	if (isProvisioned(layout)) return;

	const {live, backups, buildId} = history[tier];
	const commitOf = await commitsOf(repository);
	await provisionHost({
		layout,
		shell: {root: layout.root, user: account.user, token},
		repository,
		live: commitOf(live),
		backups: backups.map(({at, version}) => ({at, commit: commitOf(version)})),
		env: hostEnv(tier, servers[tier].http.port),
		buildId,
	});
};

/** Writes each host's tools anew and, on the first start, the history it has behind it. */
export const fillHosts = async (options: FillOptions): Promise<void> => {
	const results = await Promise.allSettled(tiers.map(tier => fillHost(tier, options)));
	for (const result of results) if (result.status === 'rejected') throw result.reason;
};
