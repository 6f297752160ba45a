import type {Checklists} from '../../domain/checklist/checklist.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import {targetOf, type AppName, type AppTarget, type Environment} from '../../domain/environments/environment.ts';
import type {SourceTree} from '../../domain/ports.ts';
import type {PastApp, PastRelease} from '../host/lay-out-releases.ts';
import {tiers, type ByTier, type SandboxTier} from '../tiers.ts';
import type {PastSources} from './past-sources.ts';
import {lastOf, pastRuns, versionsOf, type BuildOf, type StoryRun, type Version} from './story.ts';

/** The past of both environments, with the names and digests the product gives what is in it. */
export type Past = {
	readonly environments: ByTier<Environment>;
	readonly checklists: Checklists;
	readonly runs: ByTier<readonly StoryRun[]>;
	readonly treeOf: (run: StoryRun) => SourceTree;
};

const apps: readonly AppName[] = ['backend', 'frontend'];

const needed = (environment: Environment, app: AppName): AppTarget => {
	const target = targetOf(environment, app);
	if (!target) throw new Error(`the sandbox has no ${app} in ${environment.name}`);
	return target;
};

/** The sources of every version that was ever live, by version and app. */
const readTrees = async (
	{source}: PastSources,
	commits: ReadonlyMap<string, string>,
	environment: Environment,
): Promise<(version: Version, app: AppName) => SourceTree> => {
	const versions = [...new Set(tiers.flatMap(versionsOf))];
	const trees = new Map(
		await Promise.all(
			versions.flatMap(version =>
				apps.map(async app => {
					const target = needed(environment, app);
					const tree = await source.read({
						directory: target.source,
						commit: commits.get(version) ?? 'HEAD',
						excludes: notFromSource(target),
					});
					return [`${version} ${app}`, tree] as const;
				}),
			),
		),
	);
	return (version, app) => {
		const tree = trees.get(`${version} ${app}`);
		if (!tree) throw new Error(`no sources of ${app} ${version}`);
		return tree;
	};
};

/** Reads the project as the product does, and tells its past in those words. `commits`: of its versions. */
export const readPast = async (
	sources: PastSources,
	project: string,
	commits: ReadonlyMap<string, string>,
): Promise<Past> => {
	const {environments, checklists} = await sources.load(project);
	const found = (tier: SandboxTier): Environment => {
		const environment = environments.find(({name}) => name === tier);
		if (!environment) throw new Error(`the sandbox has no environment ${tier}`);
		return environment;
	};
	const treeOf = await readTrees(sources, commits, found('preprod'));
	const buildOf: BuildOf = (version, app) => {
		const {commit, digest} = treeOf(version, app);
		return {commit, digest};
	};
	return {
		environments: {preprod: found('preprod'), production: found('production')},
		checklists,
		runs: {preprod: pastRuns('preprod', buildOf), production: pastRuns('production', buildOf)},
		treeOf: ({version, app}) => treeOf(version, app),
	};
};

/** What stands on a host of an app. */
export const pastAppOf = <App extends AppName>(
	{environments, runs, treeOf}: Past,
	tier: SandboxTier,
	app: App,
): PastApp<NonNullable<Environment['apps'][App]>> => {
	const environment = environments[tier];
	const target = environment.apps[app];
	if (!target) throw new Error(`the sandbox has no ${app} in ${tier}`);
	const {live, previous} = lastOf(runs[tier], app);
	const releaseOf = (run: StoryRun): PastRelease => ({run, tree: treeOf(run)});
	return {
		target,
		environment,
		live: releaseOf(live),
		previous: releaseOf(previous),
	};
};
