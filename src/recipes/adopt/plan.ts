import type {HostState} from '../../commands/host-state.ts';
import type {Claim} from '../../commands/lock/marker.ts';
import {releaseLayout, type ReleaseLayout} from '../../commands/release-layout.ts';
import {
	primaryHost,
	targetOf,
	type AppTarget,
	type Environment,
	type Host,
} from '../../domain/environments/environment.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import {backupName, releaseId} from '../../domain/runs/run-names.ts';
import {claimOf} from '../lock-terms.ts';

/** Every value an adoption needs, settled before anything is touched. */
export type AdoptPlan = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly host: Host;
	readonly target: AppTarget;
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	/** Whose the live path has to be. */
	readonly claim: Claim;
	readonly release: string;
	readonly backupFile: string;
	/** Whether a commit or a build once brought this path: only such a one may be removed by later deploys. */
	readonly isKnown: (path: string) => boolean;
	/** Hex sha256 of a text. */
	readonly hash: (text: string) => string;
};

/** Throws TypeError when the environment lacks the app or a host; the front ends check both first. */
export const planAdoption = (options: Pick<AdoptPlan, 'record' | 'environment' | 'isKnown' | 'hash'>): AdoptPlan => {
	const {record, environment} = options;
	const target = targetOf(environment, record.app);
	if (!target) throw new TypeError(`environment ${environment.name} has no ${record.app}`);
	const backup = backupName({app: record.app, startedAt: record.startedAt, timeZone: environment.timeZone});
	const layout = releaseLayout(target);
	return {
		...options,
		host: primaryHost(environment),
		target,
		state: {directory: environment.stateDirectory, app: record.app, run: record.run},
		layout,
		claim: claimOf({environment, record, layout}),
		release: releaseId(record.startedAt, 'adopted'),
		backupFile: `${environment.backups.directory}/${backup}.tar.gz`,
	};
};
