import type {Command} from './command.ts';
import type {AppName, Environment, Host} from './environment.ts';
import type {HealthPolicy} from './health.ts';
import type {ManifestEntry, SourceTree} from './ports.ts';
import type {Actor} from './build.ts';

/** What an action left behind for the checks and summaries of its step, by action id. */
export type Results = Readonly<Record<string, string | undefined>>;

/** Sends an app's source into the candidate. */
export type Transfer = {
	/** `manifest`: trust the live release's manifest. `listing`: ask the candidate itself, and end when it is right. */
	readonly against: 'manifest' | 'listing';
	readonly source: SourceTree;
	/** Directory of the sources on this machine. */
	readonly directory: string;
	readonly fileMode: number;
	readonly directoryMode: number;
	/** The live release's manifest as the host keeps it, and what the host can unpack; from earlier results. */
	readonly known: (results: Results) => {readonly manifest: string; readonly hasZstd: boolean};
	/** Lists type, mode, path, link target and sha256 of all files in the candidate. */
	readonly list: Command;
	/** Reads header, manifest, deletions and a tar stream from standard input. */
	readonly receive: Command;
};

type ActionBase = {
	/** Unique in the pipeline; names job directories and logs. */
	readonly id: string;
	/** Absent: always. The text says when, for people who read the plan. */
	readonly when?: {readonly text: string; readonly holds: (results: Results) => boolean};
	/** A reason to stop although the action succeeded. */
	readonly check?: (results: Results) => Refusal | undefined;
};

export type ReadAction = ActionBase & {readonly kind: 'read'; readonly command: Command};
export type LockAction = ActionBase & {readonly kind: 'lock'; readonly command: (attempt: number) => Command};
export type JobAction = ActionBase & {
	readonly kind: 'job';
	readonly commands: readonly Command[];
	/** Index of the command that makes the candidate live. */
	readonly swap?: number;
};
export type SendAction = ActionBase & {
	readonly kind: 'send';
	readonly command: Command;
	/** What goes to standard input, from what earlier actions found. */
	readonly input: (results: Results) => string;
};
export type TransferAction = ActionBase & {readonly kind: 'transfer'; readonly transfer: Transfer};
export type ProbeAction = ActionBase & {readonly kind: 'probe'; readonly policy: HealthPolicy};

/**
 * One thing the runner does for a step.
 * `read` changes nothing and may be asked again. `job` changes the host, detached, at most once. `send` and `transfer`
 * stream to a program that can be started again. `lock` takes the lock of the app. `probe` asks over HTTP from here.
 */
export type Action = ReadAction | LockAction | JobAction | SendAction | TransferAction | ProbeAction;

/** What a step may change: the answer to "what if it stops now". */
export type Touches = 'nothing' | 'backups' | 'candidate' | 'live';

/** One line of a pipeline, as the engineer sees it. */
export type Step = {
	readonly id: string;
	readonly title: string;
	readonly touches: Touches;
	/** Steps that must be done before this one starts; it may overlap all others. */
	readonly after: readonly string[];
	readonly actions: readonly Action[];
	/** A few words beside the step once it is done, e.g. `212 MB`. */
	readonly summary?: (results: Results) => string | undefined;
};

/** Why something can't go on, and what to do about it. */
export type Refusal = {
	readonly why: string;
	readonly next: string;
	readonly code?: 'step-failed' | 'blocked' | 'answer-needed' | 'locked';
};

export type PipelineKind = 'deploy' | 'adopt' | 'adopt-undo';

/** What is recorded with a run on the host, enough for another machine to take it over. */
export type RunRecord = {
	readonly version: 1;
	readonly run: string;
	readonly kind: PipelineKind;
	readonly app: AppName;
	readonly environment: string;
	/** ISO 8601 UTC; part of names made by the run. */
	readonly startedAt: string;
	readonly commit: string;
	readonly digest: string;
	readonly actor: Actor;
};

export type Pipeline = {
	readonly record: RunRecord;
	/** For people: `Deploy backend 7f3a9c2 to Pre-Prod`. */
	readonly title: string;
	readonly environment: Environment;
	readonly host: Host;
	readonly app: AppName;
	readonly steps: readonly Step[];
	/** The step in which the candidate becomes live. */
	readonly swapStep: string;
	/** Prints the path live points to now; the truth after a failure. */
	readonly readLive: Command;
	/** What `readLive` prints once the swap has happened. */
	readonly liveAfterSwap: string;
	/** Runs when a step failed or the run was cancelled before the swap: leaves the host as it was. */
	readonly abandon: JobAction;
	/** Runs when a step failed after the swap: records it and frees the lock. */
	readonly closeAsFailed: JobAction;
	/** How to go back by hand once the swap has happened, one command per line. */
	readonly wayBack: readonly string[];
};

/** Manifest entries in the form the host keeps: `<mode> <sha256> <path>`, NUL-terminated, sorted by path bytes. */
export const renderManifest = (entries: readonly ManifestEntry[]): string =>
	entries.map(({mode, sha256, path}) => `${mode} ${sha256} ${path}\0`).join('');

/** Reads `renderManifest`'s form; sizes are not kept. Undefined when any record is malformed. */
export const parseManifest = (text: string): ReadonlyMap<string, {mode: string; sha256: string}> | undefined => {
	const records = text.split('\0');
	if (records.pop() !== '') return undefined;
	const parsed = records.map(record => /^(100644|100755|120000) ([\da-f]{64}) ([\s\S]+)$/.exec(record));
	if (parsed.includes(null)) return undefined;
	return new Map(parsed.map(match => [match?.[3] ?? '', {mode: match?.[1] ?? '', sha256: match?.[2] ?? ''}]));
};
