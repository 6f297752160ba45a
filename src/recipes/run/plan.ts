import type {HostState} from '../../commands/host-state.ts';
import type {Claim} from '../../commands/lock/marker/marker.ts';
import {releaseLayout, type ReleaseLayout} from '../../commands/release-layout.ts';
import {primaryHost, type AppTarget, type Environment, type Host} from '../../domain/environments/environment.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import {backupName} from '../../domain/runs/run-names.ts';

/** What every run knows of its place, whatever it does there. */
export type RunPlan<Target extends AppTarget = AppTarget> = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly host: Host;
	readonly target: Target;
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	/** Whose the live path has to be. */
	readonly claim: Claim;
	/** Absolute path of the archive made of what is live, ending in `.tar.gz`. */
	readonly backupFile: string;
};

/** Whose the live path of a run has to be. */
export const claimOf = ({environment, record, layout}: Pick<RunPlan, 'environment' | 'record' | 'layout'>): Claim => ({
	project: environment.project,
	environment: environment.name,
	app: record.app,
	stateDirectory: environment.stateDirectory,
	layout,
});

/** Throws TypeError when the environment lacks the app or a host; the front ends check both first. */
export const planRun = <Target extends AppTarget>(
	{record, environment}: Pick<RunPlan, 'record' | 'environment'>,
	target: Target | undefined,
): RunPlan<Target> => {
	const {app, run, startedAt} = record;
	const {name, stateDirectory, backups, timeZone} = environment;
	if (!target) throw new TypeError(`environment ${name} has no ${app}`);
	const layout = releaseLayout(target);
	return {
		record,
		environment,
		host: primaryHost(environment),
		target,
		state: {directory: stateDirectory, app, run},
		layout,
		claim: claimOf({record, environment, layout}),
		backupFile: `${backups.directory}/${backupName({app, startedAt, timeZone})}.tar.gz`,
	};
};
