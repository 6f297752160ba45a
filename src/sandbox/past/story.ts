import {createHash} from 'node:crypto';
import type {Actor, Build} from '../../domain/build.ts';
import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {releaseId, runId} from '../../domain/runs/run-names.ts';
import type {ByTier, SandboxTier} from '../tiers.ts';

export type Person = 'Ravi' | 'Asha';

/** A person of the story, with a key of their own that nobody has. */
export const person = (name: Person): Actor => ({
	name,
	machine: `${name.toLowerCase()}-thinkpad`,
	key: `SHA256:${createHash('sha256').update(`cockpit sandbox ${name}`).digest('base64').replace(/=+$/, '')}`,
});

/** Wall time in India, `2026-02-09 10:58`, as epoch milliseconds. */
export const india = (time: string): number => Date.parse(`${time.replace(' ', 'T')}:00+05:30`);

/** Of a version of the sample history, or of what the project's HEAD is. */
export type Version = '2.4.0' | '2.5.0' | 'HEAD';

type Told = {
	readonly kind: 'adopt' | 'deploy' | 'rollback';
	readonly app: AppName;
	readonly who: Person;
	/** When it ended, wall time in India. */
	readonly ended: string;
	readonly seconds: number;
	/** What was live then. */
	readonly version: Version;
};

/**
 * What the team did with the cockpit, oldest first. It took over what the old scripts had left. The last run of an app is
 * the one that is live.
 */
const story: ByTier<readonly Told[]> = {
	preprod: [
		{kind: 'adopt', app: 'backend', who: 'Ravi', ended: '2026-01-29 15:22', seconds: 9, version: '2.5.0'},
		{kind: 'adopt', app: 'frontend', who: 'Ravi', ended: '2026-01-29 15:26', seconds: 14, version: '2.5.0'},
		{kind: 'deploy', app: 'backend', who: 'Ravi', ended: '2026-01-30 12:10', seconds: 291, version: '2.5.0'},
		{kind: 'deploy', app: 'frontend', who: 'Asha', ended: '2026-01-30 12:34', seconds: 322, version: '2.5.0'},
		{kind: 'deploy', app: 'backend', who: 'Ravi', ended: '2026-02-09 10:58', seconds: 287, version: 'HEAD'},
		{kind: 'deploy', app: 'frontend', who: 'Asha', ended: '2026-02-09 14:05', seconds: 312, version: 'HEAD'},
	],
	production: [
		{kind: 'adopt', app: 'backend', who: 'Ravi', ended: '2026-02-03 11:06', seconds: 10, version: '2.4.0'},
		{kind: 'adopt', app: 'frontend', who: 'Ravi', ended: '2026-02-03 11:11', seconds: 12, version: '2.4.0'},
		{kind: 'deploy', app: 'backend', who: 'Ravi', ended: '2026-02-03 11:49', seconds: 418, version: '2.5.0'},
		{kind: 'rollback', app: 'backend', who: 'Asha', ended: '2026-02-03 12:06', seconds: 8, version: '2.4.0'},
		{kind: 'deploy', app: 'backend', who: 'Ravi', ended: '2026-02-04 11:38', seconds: 391, version: '2.5.0'},
		{kind: 'deploy', app: 'frontend', who: 'Asha', ended: '2026-02-04 12:02', seconds: 423, version: '2.5.0'},
	],
};

/** A build of the project, as the product names it. */
export type PastBuild = Pick<Build, 'commit' | 'digest'>;
export type BuildOf = (version: Version, app: AppName) => PastBuild;

/** One run of the past with every name the product would have given it. Times are epoch milliseconds. */
export type StoryRun = {
	readonly kind: Told['kind'];
	readonly app: AppName;
	readonly actor: Actor;
	readonly run: string;
	readonly startedAt: number;
	readonly endedAt: number;
	/** What was live when it had ended. */
	readonly release: string;
	readonly version: Version;
	/** Of a deploy; an adoption and a rollback know none. */
	readonly build: PastBuild | undefined;
};

const noBuild: PastBuild = {commit: '', digest: ''};

/** What a ledger keeps of the build of a run. */
export const recordedBuild = ({build}: StoryRun): PastBuild => build ?? noBuild;

const nonceOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 4);

/** The runs of one environment, oldest first. */
export const pastRuns = (tier: SandboxTier, buildOf: BuildOf): readonly StoryRun[] => {
	const runs: StoryRun[] = [];
	for (const {kind, app, who, ended, seconds, version} of story[tier]) {
		const endedAt = india(ended);
		const startedAt = endedAt - seconds * 1000;
		const iso = new Date(startedAt).toISOString();
		const build = kind === 'deploy' ? buildOf(version, app) : undefined;
		const before = runs.findLast(run => run.app === app && run.version === version);
		const label = build ? shortCommit(build.commit) : 'adopted';
		runs.push({
			kind,
			app,
			actor: person(who),
			run: runId({startedAt: iso, app, nonce: nonceOf(`${tier} ${ended}`)}),
			startedAt,
			endedAt,
			release: kind === 'rollback' && before ? before.release : releaseId(iso, label),
			version,
			build,
		});
	}
	return runs;
};

/** Versions an environment has seen, each once. */
export const versionsOf = (tier: SandboxTier): readonly Version[] => [
	...new Set(story[tier].map(({version}) => version)),
];

/** The last run of an app, which is live, and what was live before it. */
export const lastOf = (
	runs: readonly StoryRun[],
	app: AppName,
): {readonly live: StoryRun; readonly previous: StoryRun} => {
	const [live, ...earlier] = runs.filter(run => run.app === app).toReversed();
	// A rollback makes an earlier run's release live again.
	const previous = runs.find(({release, kind}) => release === earlier[0]?.release && kind !== 'rollback');
	if (!live || !previous) throw new Error(`the story lacks two releases of the ${app}`);
	return {live, previous};
};
