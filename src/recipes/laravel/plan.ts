import type {HostState} from '../../commands/host-state.ts';
import {releaseLayout, type ReleaseLayout} from '../../commands/release-layout.ts';
import {shortCommit} from '../../domain/build.ts';
import {
	primaryHost,
	type Environment,
	type AppTarget,
	type Host,
	type LaravelTarget,
} from '../../domain/environments/environment.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import type {SourceTree} from '../../domain/ports.ts';
import {backupName, releaseId} from '../../domain/runs/run-names.ts';

/** Every value a backend deploy needs, settled before anything is touched. */
export type LaravelPlan = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly host: Host;
	readonly target: LaravelTarget;
	readonly source: SourceTree;
	/** Paths changed in the working tree and therefore not part of the build. */
	readonly uncommitted: readonly string[];
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	readonly release: string;
	/** Absolute directory of the release being prepared. */
	readonly candidate: string;
	/** Whether a person watches the run who can answer its questions. */
	readonly canAsk: boolean;
	/** Absolute path of the archive, ending in `.tar.gz`. */
	readonly backupFile: string;
};

/** Paths a build never brings: dependencies, logs, and what belongs to the environment. */
export const notFromSource = ({excludes, shared}: AppTarget): readonly string[] => [
	...excludes,
	...shared.files,
	...shared.directories,
];

export const isProduction = ({environment}: Pick<LaravelPlan, 'environment'>): boolean =>
	environment.tier === 'production';

/** Throws TypeError when the environment has no backend or no host; the front ends check both first. */
export const planBackendDeploy = (options: {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly source: SourceTree;
	readonly uncommitted: readonly string[];
	readonly canAsk: boolean;
}): LaravelPlan => {
	const {record, environment} = options;
	const target = environment.apps.backend;
	if (!target) throw new TypeError(`environment ${environment.name} has no backend`);
	const layout = releaseLayout(target);
	const release = releaseId(record.startedAt, shortCommit(record.commit));
	const backup = backupName({app: record.app, startedAt: record.startedAt, timeZone: environment.timeZone});
	return {
		...options,
		host: primaryHost(environment),
		target,
		state: {directory: environment.stateDirectory, app: record.app, run: record.run},
		layout,
		release,
		candidate: `${layout.releases}/${release}`,
		backupFile: `${environment.backups.directory}/${backup}.tar.gz`,
	};
};
