import type {Command} from '../command.ts';
import type {AppName, Environment, Host} from '../environments/environment.ts';
import type {Hook, HookFacts, HookPolicy} from '../environments/hooks.ts';
import type {EnvChange} from '../environments/env-edit.ts';
import type {GuideTopic} from '../errors.ts';
import type {HealthPolicy} from '../health.ts';
import type {BuildRequest, ManifestEntry, SourceTree} from '../ports.ts';
import type {LogSource} from '../logs/log.ts';
import type {PolicyMemory, PromotionRecord} from '../gates/policy.ts';
import type {Prompt} from './prompt.ts';
import type {KeptEnd, EndState} from './run-end.ts';
import type {Actor} from '../build.ts';

/** What an action left behind for the checks and summaries of its step, by action id. */
export type Results = Readonly<Record<string, string | undefined>>;

/** What a transfer brings: the tracked source below `directory`, or a build this machine has made of it. */
export type Content =
	| {readonly kind: 'commit'; readonly tree: SourceTree; readonly directory: string}
	| {readonly kind: 'build'; readonly request: BuildRequest};

/** Sends an app into the candidate. */
export type Transfer = {
	/** `manifest`: trust the live release's manifest. `listing`: ask the candidate itself, and end when it is right. */
	readonly against: 'manifest' | 'listing';
	readonly content: Content;
	readonly fileMode: number;
	readonly directoryMode: number;
	/** The live release's manifest as the host keeps it, and what the host can unpack; from earlier results. */
	readonly known: (results: Results) => {readonly manifest: string; readonly hasZstd: boolean};
	/** Lists type, mode, path, link target and sha256 of all files in the candidate. */
	readonly list: Command;
	/** Reads header, manifest, deletions and a tar stream from standard input. Refuses whoever has not got the lock. */
	readonly receive: (attempt: number) => Command;
};

type ActionBase = {
	/** Unique in the pipeline; names job directories and logs. */
	readonly id: string;
	/** Absent: always. The text says when, for people who read the plan. */
	readonly when?: {readonly text: string; readonly holds: (results: Results) => boolean};
	/** A reason to stop although the action succeeded. */
	readonly check?: (results: Results) => Refusal | undefined;
	/**
	 * What its failure does to the run; absent: it stops it. `go-on`: it is noted. `rollback`: behind the swap the run goes
	 * back to its snapshot by itself.
	 */
	readonly fails?: HookPolicy;
};

export type ReadAction = ActionBase & {
	readonly kind: 'read';
	readonly command: Command;
	/** What is left of an answer, with this machine's clock at that moment, epoch milliseconds. Absent: as it came. */
	readonly noted?: (answer: string, now: number) => string;
};
export type LockAction = ActionBase & {readonly kind: 'lock'; readonly command: (attempt: number) => Command};
export type JobAction = ActionBase & {
	readonly kind: 'job';
	readonly commands: readonly Command[];
	/** Index of the command that makes the candidate live. */
	readonly swap?: number;
	/**
	 * Commands from index `from` on are told as another step's, which waits for them with a `follow` action. One job
	 * is one unit on the host: what was stopped in it is started again in it, whoever watches.
	 */
	readonly spans?: readonly {readonly from: number; readonly step: string}[];
	/** Its output is that of a program nobody here knows: secrets are masked, and no copy of it is kept here. */
	readonly isMasked?: true;
	/** Visitors get `503` from the run itself meanwhile. */
	readonly isMaintenance?: true;
	/** Begun when the run is closed already, and its lock given back. */
	readonly isBehindClose?: true;
	/** Ends the run: it has its own room on a full disk. */
	readonly isClosing?: true;
};
/** Waits until those commands of a job that are told as this step's have passed. */
export type FollowAction = ActionBase & {readonly kind: 'follow'; readonly job: string};
/** Builds the app on this machine. Leaves a `BuildSummary` as JSON. */
export type BuildAction = ActionBase & {readonly kind: 'build'; readonly request: BuildRequest};
/** Asks a person; undefined: nothing to ask. Leaves the id of the choice. `job`: what `run` lets begin. */
export type PromptAction = ActionBase & {
	readonly kind: 'prompt';
	readonly job: string;
	/** Jobs before it that only `run` lets begin, too. */
	readonly before?: readonly string[];
	readonly prompt: (results: Results) => Prompt | undefined;
};
/** Proves over HTTP from this machine which build is served. */
export type ServedAction = ActionBase & {
	readonly kind: 'served';
	/** Root of the site, without a final slash. */
	readonly site: string;
	readonly expect: (results: Results) => ServedBuild;
	/** How long it is asked, and when it is given up. */
	readonly timing: Pick<HealthPolicy, 'withinMs' | 'everyMs' | 'timeoutMs' | 'sameFailureMs'>;
};
export type SendAction = ActionBase & {
	readonly kind: 'send';
	/** Refuses whoever has not got the lock. */
	readonly command: (attempt: number) => Command;
	/** What goes to standard input, from what earlier actions found. */
	readonly input: (results: Results) => string;
};
export type TransferAction = ActionBase & {readonly kind: 'transfer'; readonly transfer: Transfer};
/**
 * Runs a program of the team's own on this machine. Leaves what it asks to be kept, and notes. `begin` writes down on the
 * host that it begins, and tells whether it had; absent where the run is closed. Both refuse whoever has not got the lock.
 */
export type HookAction = ActionBase & {
	readonly kind: 'hook';
	readonly hook: Hook;
	readonly facts: (results: Results) => HookFacts;
	readonly begin?: (attempt: number) => Command;
};
/** Writes down on the host what came of a hook. Short, and beside whatever else goes on. */
export type KeepAction = ActionBase & {
	readonly kind: 'keep';
	readonly command: (attempt: number) => Command;
	readonly input: (results: Results) => string;
};
export type ProbeAction = ActionBase & {readonly kind: 'probe'; readonly policy: HealthPolicy};

/**
 * One thing the runner does for a step.
 * `read` changes nothing and may be asked again. `job` changes the host, detached, at most once. `send` and `transfer`
 * stream to a program that can be started again. `lock` takes the lock of the app. `probe` and `served` ask over HTTP
 * from here, `build` works here, `prompt` asks a person, `follow` watches a job begun by an earlier step, `hook` runs a program
 * of the team's own here, `keep` writes down what came of one.
 */
export type Action =
	| ReadAction
	| LockAction
	| JobAction
	| SendAction
	| TransferAction
	| ProbeAction
	| FollowAction
	| BuildAction
	| PromptAction
	| ServedAction
	| HookAction
	| KeepAction;

/** What a build action leaves, as JSON. */
export type BuildSummary = {
	readonly buildId: string;
	readonly deploymentId?: string;
	readonly files: number;
	readonly sizeBytes: number;
	readonly isReused: boolean;
};

/** The build a site must show. `deploymentId`: where it is set, the build id may be the same for every build. */
export type ServedBuild = {readonly buildId: string; readonly deploymentId?: string};

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
	/** A closing check, shown behind the numbered steps. */
	readonly isClosing?: true;
	/** A few words beside the step once it is done, e.g. `212 MB`. */
	readonly summary?: (results: Results) => string | undefined;
	/** Bytes of what the step made, where later runs go by it: the archive of a back-up. */
	readonly sizeBytes?: (results: Results) => number | undefined;
};

/** Why something can't go on, and what to do about it. */
export type Refusal = {
	readonly why: string;
	readonly next: string;
	readonly code?: 'step-failed' | 'blocked' | 'answer-needed' | 'locked';
	/** What a guide says more about; absent: what the code stands for. */
	readonly guide?: GuideTopic;
};

export type PipelineKind = 'deploy' | 'rollback' | 'adopt' | 'adopt-undo' | 'set-env';

/** What a rollback goes back to: a release still beside live, or an archive by its name without `.tar.gz`. */
export type RollbackTarget =
	| {readonly kind: 'snapshot'; readonly release: string}
	| {readonly kind: 'backup'; readonly name: string};

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
	/** Of a rollback. */
	readonly target?: RollbackTarget;
	/** Of a change of one value: its key, never the value. */
	readonly env?: EnvChange;
	/** Whether pending migrations are run; absent: a person is asked. */
	readonly migrate?: 'run' | 'skip';
	/** The policy the run went by; absent: written by an earlier version. */
	readonly policy?: PolicyMemory;
	/** The evidence a deploy went by, where there is any. */
	readonly promotion?: PromotionRecord;
	/** The rollback that ends the run, of which nothing was alive any more. */
	readonly takenOverBy?: string;
};

/** The way back that a run itself takes, within the lock it holds, when it failed after the swap. */
export type GoBack = {
	/** Swaps back and makes the services see it. */
	readonly job: JobAction;
	readonly health: HealthPolicy;
	/** Records it and frees the lock. */
	readonly close: JobAction;
	/** Taken where nobody is there to ask: nothing but what this run has written is at stake. */
	readonly isDefault?: true;
};

/** What of a run stays whichever release is live, because nothing takes it back. */
export type LeftBehind = {
	/** Job from whose beginning on there may be something. */
	readonly job: string;
	/** Asks the host, as long as what the run has prepared is there. Changes nothing. */
	readonly command: Command;
	/** Whole sentences, and lines of what helps; `said`: what the command has printed, empty where nobody could ask. */
	readonly tell: (facts: {
		readonly results: Results;
		/** What a job has said so far, as far as it is known here. */
		readonly log: (job: string) => string;
		readonly said: string;
		/** What is live now: as the run has found it, or as the run has made it. */
		readonly is: EndState['is'];
	}) => {readonly now: string; readonly next: string};
};

/** How a run that swaps something else than a release speaks of it. Whole sentences. */
export type SwapWords = {
	readonly untouched: string;
	readonly swapped: string;
	/** What it has taken away again, where it did not come to its swap. */
	readonly removed: string;
	/** What is so once it has gone back, without its full stop: `.env on web-1 is the one before again`. */
	readonly back: string;
	/** Asked where the app is not healthy behind it. */
	readonly question: string;
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
	/** The same, where only the host could say which release it is; undefined as long as it has not said. */
	readonly resolveLive?: (results: Results) => string | undefined;
	/** Runs when a step failed or the run was cancelled before the swap: leaves the host as it was. */
	readonly abandon: JobAction;
	/** Runs when a step failed after the swap: records it and frees the lock. */
	readonly closeAsFailed: JobAction;
	/** The same, where somebody has gone back by hand since its swap. Absent: it is closed as failed. */
	readonly closeAsPutBack?: JobAction;
	/** Fails where live is not what this run made live. Absent: it is no release that is swapped. */
	readonly proveLive?: Command;
	/** Asks what the app says itself, once the run has failed. Absent: nobody asks. */
	readonly ownWords?: {
		readonly sources: readonly LogSource[];
		/** Since the swap, and its units. */
		readonly command: Command;
		/** The ends of its logs, where the swap had not begun. */
		readonly before: Command;
	};
	/** The team's own programs that hear of a failed run, once its host is in a named state. */
	readonly onFailure?: (heard: {readonly error: string; readonly live: string}) => readonly {
		readonly hook: Hook;
		readonly action: HookAction | JobAction;
	}[];
	/** What a run that does not end well leaves whichever release is live. */
	readonly leftBehind?: LeftBehind;
	/** How users see the app: asked once when the run is over. Absent: nobody asks. */
	readonly seen?: Pick<HealthPolicy, 'url' | 'status'> & {
		/** `the API`, `the site` */
		readonly name: string;
	};
	/** Keeps what is so at the end for the entry that closes the run, as part of the job that does. Absent: nothing is kept. */
	readonly noteEnd?: (end: KeptEnd) => Command;
	/** Print `NAME STATE` of what the app runs in. */
	readonly readServices?: readonly Command[];
	/** Absent: this pipeline has no snapshot of its own to go back to. */
	readonly goBack?: GoBack;
	/** Absent: it is a release that is swapped. */
	readonly words?: SwapWords;
	/** What users meet while it runs: asked from this machine all along. */
	readonly watch?: Pick<HealthPolicy, 'url' | 'status' | 'timeoutMs'>;
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
