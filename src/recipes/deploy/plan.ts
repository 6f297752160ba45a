import type {HostState} from '../../commands/host-state.ts';
import {installedByRun, keptByRun, sentManifest, type Lists} from '../../commands/candidate/made.ts';
import {shortCommit} from '../../domain/build.ts';
import type {AppTarget, Environment} from '../../domain/environments/environment.ts';
import type {SourceTree} from '../../domain/ports.ts';
import {releaseId} from '../../domain/runs/run-names.ts';
import {planRun, type RunPlan} from '../run/plan.ts';

/** What an app is to be given on its host, by name, and what its host's clock is held against. */
export type ExpectedValues = {
	/** Keys of the environment's template; `askedFor`: the first place of the build that asks for it. Absent: not compared. */
	readonly template?: readonly {readonly key: string; readonly askedFor?: string}[];
	/** What the environment it is promoted from has; absent where there is none, or it was not asked. */
	readonly before?: {
		readonly title: string;
		readonly keys: readonly string[];
		/** How far its clock is ahead of this machine's. */
		readonly aheadMs: number;
	};
	/** Hosts of a sandbox keep a time of their own, and nothing is said of it. */
	readonly isRehearsal?: boolean;
};

/** What every deploy has to know, settled before anything is touched. A recipe adds what it needs beside. */
export type DeployValues<Target extends AppTarget = AppTarget> = RunPlan<Target> & {
	readonly source: SourceTree;
	/** Paths changed in the working tree and therefore not part of the build. */
	readonly uncommitted: readonly string[];
	readonly release: string;
	/** Absolute directory of the release being prepared. */
	readonly candidate: string;
	/** Absent: nobody has looked what the app is to be given. */
	readonly expected?: ExpectedValues | undefined;
};

/** Throws TypeError when the environment lacks the app or a host; the front ends check both first. */
export const planDeployTo = <Target extends AppTarget>(
	target: Target | undefined,
	{
		source,
		uncommitted,
		expected,
		...run
	}: Pick<DeployValues, 'record' | 'environment' | 'source' | 'uncommitted' | 'expected'>,
): DeployValues<Target> => {
	const planned = planRun(run, target);
	const release = releaseId(run.record.startedAt, shortCommit(run.record.commit));
	return {...planned, source, uncommitted, expected, release, candidate: `${planned.layout.releases}/${release}`};
};

/** The lists a run keeps of what it sent to its candidate, and of what was made there. */
export const listsOf = ({candidate, state}: {readonly candidate: string; readonly state: HostState}): Lists => ({
	directory: candidate,
	manifest: sentManifest(state),
	kept: keptByRun(state),
	installed: installedByRun(state),
});

export const isProduction = ({environment}: {readonly environment: Pick<Environment, 'tier'>}): boolean =>
	environment.tier === 'production';
