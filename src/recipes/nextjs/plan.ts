import type {HostState} from '../../commands/host-state.ts';
import type {Pm2App} from '../../commands/nextjs/pm2.ts';
import {releaseLayout, type ReleaseLayout} from '../../commands/release-layout.ts';
import {shortCommit} from '../../domain/build.ts';
import {primaryHost, type Environment, type Host, type NextTarget} from '../../domain/environments/environment.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import type {BuildRequest, SourceTree} from '../../domain/ports.ts';
import {backupName, releaseId} from '../../domain/runs/run-names.ts';

/** Every value a frontend deploy needs, settled before anything is touched. */
export type FrontendPlan = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly host: Host;
	readonly target: NextTarget;
	readonly source: SourceTree;
	/** Paths changed in the working tree and therefore not part of the build. */
	readonly uncommitted: readonly string[];
	readonly build: BuildRequest;
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	readonly release: string;
	/** Absolute directory of the release being prepared. */
	readonly candidate: string;
	/** Absolute path of the archive, ending in `.tar.gz`. */
	readonly backupFile: string;
	readonly pm2: Pm2App;
};

export const isProduction = ({environment}: Pick<FrontendPlan, 'environment'>): boolean =>
	environment.tier === 'production';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

const isAddress = (value: string): boolean => /^https?:\/\/./.test(value);

/**
 * Addresses that belong to other environments: their API and what they compile in. What the environment itself uses, or
 * uses a part of, is no sign of a mix-up. Source: design, "Pipelines".
 */
const foreignAddresses = (own: Environment, all: readonly Environment[]): BuildRequest['foreign'] => {
	const valuesOf = ({urls, apps}: Environment): readonly string[] =>
		[urls.api, ...Object.values(apps.frontend?.buildEnvironment ?? {})].filter(isAddress).map(withoutSlash);
	const mine = [...valuesOf(own), withoutSlash(own.urls.site)];
	const isMine = (url: string): boolean => mine.some(value => value === url || value.startsWith(`${url}/`));
	return all
		.filter(({name}) => name !== own.name)
		.flatMap(environment =>
			[...new Set(valuesOf(environment))]
				.filter(url => !isMine(url))
				.map(url => ({environment: environment.name, url})),
		);
};

/** Throws TypeError when the environment has no frontend or no host; the front ends check both first. */
export const planFrontendDeploy = (options: {
	readonly record: RunRecord;
	readonly environment: Environment;
	/** All environments of the set: their addresses must not stand in the build. */
	readonly environments: readonly Environment[];
	readonly source: SourceTree;
	readonly uncommitted: readonly string[];
}): FrontendPlan => {
	const {record, environment, environments, source, uncommitted} = options;
	const target = environment.apps.frontend;
	if (!target) throw new TypeError(`environment ${environment.name} has no frontend`);
	const layout = releaseLayout(target);
	const state = {directory: environment.stateDirectory, app: record.app, run: record.run};
	const release = releaseId(record.startedAt, shortCommit(record.commit));
	const backup = backupName({app: record.app, startedAt: record.startedAt, timeZone: environment.timeZone});
	return {
		record,
		environment,
		host: primaryHost(environment),
		target,
		source,
		uncommitted,
		build: {
			app: record.app,
			directory: target.source,
			commit: record.commit,
			digest: record.digest,
			environment: target.buildEnvironment,
			excludes: [...target.excludes, ...target.shared.files, ...target.shared.directories],
			foreign: foreignAddresses(environment, environments),
		},
		state,
		layout,
		release,
		candidate: `${layout.releases}/${release}`,
		backupFile: `${environment.backups.directory}/${backup}.tar.gz`,
		pm2: {state, live: layout.live, target},
	};
};
