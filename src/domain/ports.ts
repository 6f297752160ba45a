import type {Checklists} from './checklist/checklist.ts';
import type {AppName, Environment, Host} from './environments/environment.ts';
import type {Hook, HookFacts} from './environments/hooks.ts';
import type {RunEvent} from './runs/events.ts';
import type {Head} from './ledger/ledger.ts';
import type {KnownSignature} from './logs/log.ts';
import type {ProbeReading} from './probes/probe.ts';
import type {Result} from './checklist/sign-off.ts';

/** Why a session is not ready is a sentence for people; `since` is epoch milliseconds of this machine. */
export type SessionStatus = {
	readonly state: 'idle' | 'connecting' | 'ready' | 'degraded' | 'reconnecting' | 'failed' | 'closed';
	readonly since: number;
	readonly reason?: string | undefined;
	/** Last measured keepalive round trip. */
	readonly rttMs?: number | undefined;
	/** Number of the attempt under way, from 1, while reconnecting. */
	readonly attempt?: number;
	/** Epoch milliseconds of the next attempt, while waiting for it. */
	readonly retryAt?: number;
};

/** What a host may answer to one question, in bytes, where nothing else is said. */
export const answerBytes = 4 * 1024 * 1024;

export type ExecOptions = {
	/** A run never waits behind a poll. */
	readonly lane: 'run' | 'poll';
	/** Sent to standard input, which is then closed. Absent: standard input is closed at once. */
	readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
	/** Takes standard output as it comes; it is then not collected. */
	readonly onStdout?: (chunk: Uint8Array) => void;
	/** Bytes of `input` accepted by the connection so far; leads the host by up to one window. */
	readonly onSent?: (bytes: number) => void;
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal | undefined;
	/** Collected output beyond this many bytes of each stream fails the call; default `answerBytes`. */
	readonly maxOutputBytes?: number;
};

export type ExecResult = {
	/** Exit code; never absent: a command that ends without one throws `remote-signal` or `link-lost`. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly durationMs: number;
};

/** The one connection to a host, shared by every panel, probe and run. */
export interface Session {
	readonly host: Host;
	readonly status: SessionStatus;
	subscribe(listener: (status: SessionStatus) => void): () => void;
	/**
	 * Resolves when the connection is ready. Only `unreachable` and `link-lost` are tried again, with backoff,
	 * for at most `patienceMs` (default 0: one attempt).
	 * Throws DeployError: `unreachable`, `auth-failed`, `key-file`, `host-key-unknown`, `host-key-changed`, `cancelled`.
	 */
	connect(options?: {readonly patienceMs?: number; readonly signal?: AbortSignal | undefined}): Promise<void>;
	/**
	 * Runs one rendered line on a channel of its own, connecting first when needed.
	 * Throws as `connect`, and `link-lost`, `timeout`, `cancelled`, `remote-signal`, and `answer-unreadable` where the login
	 * shell ran nothing or the answer was cut. What a start-up file prints is no part of the answer.
	 */
	exec(line: string, options: ExecOptions): Promise<ExecResult>;
	close(): Promise<void>;
}

/** Keeps one session per host. */
export interface SessionManager {
	session(host: Host): Session;
	close(): Promise<void>;
}

/** One line of a source manifest. */
export type ManifestEntry = {
	/** Relative to the app, `/` between parts; any bytes but NUL that are valid UTF-8. */
	readonly path: string;
	/** Git mode: `100644`, `100755` or `120000`. */
	readonly mode: '100644' | '100755' | '120000';
	/** Lower-case hex sha256 of the content (of the target, for a symlink). */
	readonly sha256: string;
	readonly sizeBytes: number;
};

/** The app's tracked source at one commit. */
export type SourceTree = {
	/** Full commit id. */
	readonly commit: string;
	/** Branch name, absent when detached. */
	readonly branch?: string;
	readonly subject: string;
	/** Lower-case hex sha256 over the sorted manifest: path, git mode, content. Source: design, "Words", build. */
	readonly digest: string;
	/** Sorted by path, by bytes. */
	readonly entries: readonly ManifestEntry[];
};

/** One commit, as a list shows it. */
export type CommitLine = {
	readonly commit: string;
	readonly author: string;
	/** Epoch milliseconds, as committed. */
	readonly at: number;
	readonly subject: string;
};

export type CommitRange = {
	readonly commits: readonly CommitLine[];
	/** Commits of the app that `from` has and `to` has not: what a deploy would take back. */
	readonly behind: number;
};

/** Git, on this machine. `directory` is the absolute path of the app's sources inside a repository. */
export interface SourcePort {
	/**
	 * Reads the tree of `commit` (default HEAD). Paths matched by `excludes` are left out.
	 * Throws DeployError `blocked` when the directory is missing, holds no tracked files or is not in a repository.
	 */
	read(options: {
		readonly directory: string;
		readonly commit?: string;
		readonly excludes: readonly string[];
	}): Promise<SourceTree>;
	/** Paths changed or untracked in the working tree below `directory`, sorted; empty when clean. */
	uncommitted(directory: string): Promise<readonly string[]>;
	/** Every path any commit ever had below `directory`. */
	knownPaths(directory: string): Promise<ReadonlySet<string>>;
	/**
	 * Commits that touch the app and that `to` has but `from` has not, newest first, at most 200. Without `from`, the last
	 * ones of `to`. Undefined when this repository does not have `from`. Throws DeployError `blocked` when it has no `to`.
	 */
	commits(options: {
		readonly directory: string;
		readonly from?: string;
		readonly to: string;
	}): Promise<CommitRange | undefined>;
	/** Contents of the named entries as one tar stream (pax), owner and modes set, mtime the commit's. */
	tar(options: TarOptions): AsyncIterable<Uint8Array>;
	/**
	 * Texts of the named files of the app at a commit, by path. One that is no file there, or is longer than 256 KiB, is
	 * left out. Throws DeployError `blocked` as `read` does.
	 */
	texts(options: {
		readonly directory: string;
		readonly commit: string;
		readonly paths: readonly string[];
	}): Promise<ReadonlyMap<string, string>>;
}

/** What a team goes by. */
export type PolicySet = {
	/** In promotion order. */
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
};

/** A policy as it counts: what was committed, whatever the work tree and its index say. */
export type CountedPolicy = PolicySet & {
	/** Text of `environments/allowed_signers`; empty without one. */
	readonly allowedSigners: string;
	/** Full id of the commit it was read from; undefined: none of it is committed. */
	readonly commit: string | undefined;
	/** When it was committed, epoch milliseconds; absent: not known. */
	readonly committedAt?: number | undefined;
	/** Files of the work tree that say something else, relative to the configuration directory. */
	readonly differs: readonly string[];
	/** Directories of apps whose sources are in another repository than the policy. */
	readonly elsewhere: readonly string[];
};

/** The policy a cockpit was opened with, as it is now. */
export interface PolicyPort {
	/** Throws DeployError `configuration` when what is committed can't be used, `blocked` when it can't be read. */
	read(opened: PolicySet): Promise<CountedPolicy>;
	/** Whether the history behind the policy has a commit, by its full id. */
	hasCommit(commit: string): Promise<boolean>;
}

/** How a hook ended. `lastLines`: of both streams, sanitised, with secrets masked. */
export type HookEnd = {
	/** `unstarted`: why stands in `lastLines`. */
	readonly how: 'exit' | 'timeout' | 'unstarted';
	/** Of `exit`; undefined: ended by a signal. */
	readonly code?: number | undefined;
	/** Those lines of standard output that ask something to be kept. */
	readonly stdout: readonly string[];
	readonly lastLines: readonly string[];
};

/** Programs of the team's own, on this machine. */
export interface HookPort {
	/** Why one can't be started from here, e.g. since it is not committed; undefined where nothing is known against it. */
	whyNot(
		hook: Hook,
		options: {readonly directory: string; readonly commit?: string | undefined},
	): Promise<string | undefined>;
	/**
	 * Runs one to its end, in a process group of its own that ends with it. `directory`: the configuration it belongs to.
	 * `commit`: full id of what its text is read from, where it lies below that directory; absent: as it lies there. Lines
	 * come sanitised, with secrets masked. Throws DeployError `cancelled`.
	 */
	run(
		hook: Hook,
		options: {
			readonly directory: string;
			readonly commit?: string | undefined;
			readonly facts: HookFacts;
			readonly onLines: (lines: readonly string[]) => void;
			readonly signal: AbortSignal;
		},
	): Promise<HookEnd>;
}

/** What makes a build of an app on this machine the same build. */
export type BuildRequest = {
	readonly app: AppName;
	/** Absolute path of the app's sources, inside a repository. */
	readonly directory: string;
	/** Full commit id. */
	readonly commit: string;
	/** Source digest, lower-case hex sha256. */
	readonly digest: string;
	/** Compiled in: `NODE_ENV` and `NEXT_PUBLIC_*`. Names may be shown, values not. */
	readonly environment: Readonly<Record<string, string>>;
	/** Paths never sent, as in the environment file. */
	readonly excludes: readonly string[];
	/** Addresses of other environments, which must not stand in the output. */
	readonly foreign: readonly {readonly environment: string; readonly url: string}[];
};

/** A finished build on this machine. */
export type BuiltTree = {
	/** Absolute directory that holds tracked sources and what the build made. */
	readonly directory: string;
	/** As `.next/BUILD_ID` says. */
	readonly buildId: string;
	/** Next's deployment id, where the app sets one: the build id may then be the same for every build. */
	readonly deploymentId?: string;
	/** Whether it was found finished from before. */
	readonly isReused: boolean;
	/** Everything that is sent, sorted by path, by bytes. */
	readonly entries: readonly ManifestEntry[];
};

/** Builds apps on this machine, each in a clean work tree of its commit. */
export interface BuildPort {
	/** Throws DeployError `step-failed` with the tool's own words, `cancelled`. */
	build(
		request: BuildRequest,
		options: {readonly onLines: (lines: readonly string[]) => void; readonly signal: AbortSignal},
	): Promise<BuiltTree>;
	/** Undefined when this machine does not have it. */
	find(request: BuildRequest): Promise<BuiltTree | undefined>;
	/** Contents of the named entries as one tar stream (pax), modes set. */
	tar(
		tree: BuiltTree,
		options: Pick<TarOptions, 'entries' | 'fileMode' | 'directoryMode'>,
	): AsyncIterable<Uint8Array>;
}

export type TarOptions = {
	readonly directory: string;
	readonly commit: string;
	readonly entries: readonly ManifestEntry[];
	readonly fileMode: number;
	readonly directoryMode: number;
};

/** One HTTP request of a probe. Never throws for an answer, a refusal or a time-out. */
export interface ProbePort {
	get(
		url: string,
		options: {
			readonly timeoutMs: number;
			readonly signal?: AbortSignal | undefined;
			/** Bytes of the body that are kept; default 4 KiB. */
			readonly maxBodyBytes?: number;
			/** Whether a redirect is followed. Else it is the answer. */
			readonly followRedirects?: boolean;
			/** Media type that is asked for: an API that is asked for a page may send whoever asks to sign in. */
			readonly accept?: string;
		},
	): Promise<ProbeAnswer>;
}

export type ProbeAnswer = {
	/** From the look-up of the name to the last byte. */
	readonly durationMs: number;
	/** `error`: why there was no answer that counts, for people; a certificate that proves nothing is one of them. */
	readonly outcome: {readonly status: number} | {readonly error: string};
	/** First bytes of the body, as text. */
	readonly body: string;
	/** There was more of it. */
	readonly isCut?: boolean;
	/** Names in lower case. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Parts of the time in milliseconds: `dns`, `tcp`, `tls`, `firstByte`, as far as it came to them. */
	readonly parts?: Readonly<Record<string, number>>;
	/** Those that were followed. */
	readonly redirects?: {readonly count: number; readonly last: string};
	/** Epoch milliseconds at which the server's certificate ends; absent without TLS. */
	readonly certificateUntil?: number;
	/** Why its certificate proves nothing: `expired`, `self-signed`. */
	readonly certificateProblem?: string;
};

/** Sources as git sees them now, below one directory. */
export type WorkTree = {
	/** Full commit id of HEAD. */
	readonly commit: string;
	/** Absent when detached. */
	readonly branch?: string;
	/** Paths changed or untracked below the directory. */
	readonly changed: number;
	/** Branch it follows, e.g. `origin/main`, as of the last fetch. */
	readonly upstream?: {readonly name: string; readonly ahead: number; readonly behind: number};
};

/** What this machine has. Never throws: what can't be read is a value too. */
export interface LocalPort {
	workTree(directory: string): Promise<WorkTree | {readonly problem: string}>;
	/** Those of the named programs that are not on the PATH. */
	missingTools(names: readonly string[]): Promise<readonly string[]>;
	/** Permission bits of a file, e.g. 0o600; undefined when it is not there or can't be read. */
	fileMode(path: string): Promise<number | undefined>;
}

export interface Clock {
	/** Epoch milliseconds. */
	now(): number;
	/** Resolves after `ms`, or rejects with DeployError `cancelled` when the signal aborts. */
	wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One job's output as received, byte for byte; its size is where to go on reading after a break. */
export interface Mirror {
	readonly sizeBytes: number;
	append(chunk: Uint8Array): void;
	/** Last bytes as text, at most `maxBytes`. */
	tail(maxBytes: number): string;
}

/** The event log of one run on this machine, written ahead. */
export interface Journal {
	/** Directory of the run: journal, logs, mirrors. */
	readonly directory: string;
	/** The readable log; empty where none could be begun. */
	readonly logPath: string;
	/** Why nothing more of the run is kept on this machine: its disk is full, or closed. Undefined as long as it is. */
	readonly lost: string | undefined;
	/**
	 * On disk when it returns, for events that announce an effect; output lines only go to the readable log. Never throws:
	 * what could not be kept is `lost`.
	 */
	append(event: RunEvent): void;
	/** The mirror of one job's output; the same object for the same job. */
	mirror(job: string): Mirror;
	close(): void;
}

/** A log as it lies on this machine. */
export type RunLog = {
	readonly path: string;
	/** Its last bytes as text, at most `maxBytes`; may begin in the middle of a line. */
	readonly tail: (maxBytes: number) => string;
};

/** The runs this machine knows, by environment. Names sort by time. Never throws: what can't be read is not there. */
export interface RunStore {
	open(id: {readonly project: string; readonly environment: string; readonly run: string}): Journal;
	/** Events of a run, oldest first; empty when this machine never drove it. */
	events(id: {readonly project: string; readonly environment: string; readonly run: string}): readonly RunEvent[];
	/** The last word about the end of a run; undefined when this machine saw none. Reads no more than it needs to. */
	end(id: {
		readonly project: string;
		readonly environment: string;
		readonly run: string;
	}): Extract<RunEvent, {readonly type: 'run.finished'}> | undefined;
	list(id: {readonly project: string; readonly environment: string}): readonly string[];
	/** The readable log of a run; undefined when this machine never drove it. */
	log(id: {readonly project: string; readonly environment: string; readonly run: string}): RunLog | undefined;
	/** Removes runs not touched for 30 days. `now`: epoch milliseconds. */
	prune(id: {readonly project: string; readonly environment: string; readonly now: number}): void;
}

/** Signs and checks what people say. */
export interface SignaturePort {
	/**
	 * One line of base64; undefined when the key can't sign now. `keyFile`: a private key, or the public half of one in
	 * the agent.
	 */
	sign(text: string, keyFile: string): Promise<string | undefined>;
	/**
	 * Whether `name` signed it; undefined when it could not be checked now. `allowedSigners`: text in the form of
	 * ssh-keygen's ALLOWED SIGNERS; by an empty one nobody did.
	 */
	verify(options: {
		readonly text: string;
		readonly signature: string;
		readonly name: string;
		readonly allowedSigners: string;
	}): Promise<boolean | undefined>;
}

/** What this machine has seen of one ledger. */
export type LedgerMemory = {
	/** Its lines as last read; empty when none are kept. */
	readonly text: string;
	/** The furthest entry ever seen, and of which beginning; see `beginningOf`. */
	readonly highest: (Head & {readonly began: string}) | undefined;
};

/** Keeps what was seen of ledgers. Never throws: what can't be kept is forgotten. */
export interface LedgerCache {
	read(id: {readonly project: string; readonly environment: string}): LedgerMemory;
	write(id: {readonly project: string; readonly environment: string}, memory: LedgerMemory): void;
}

/** Writes what a person asked for into the directory the cockpit was started in. */
export interface ExportPort {
	/** Answers with the absolute path. Never replaces a file. Throws Error when nothing could be written. */
	write(name: string, text: string): Promise<string>;
}

/** The clipboard of the person's own machine, by way of the terminal. */
export interface ClipboardPort {
	/** Whether the text was handed over. What the terminal does with it then, it tells nobody. */
	offer(text: string): boolean;
}

/** A result that was found while its host was silent. */
export type LateSignOff = {
	/** Unique; the entry carries it, so that it is never appended twice. */
	readonly id: string;
	/** Id of the item. */
	readonly item: string;
	readonly result: Result;
	/** What is to be appended to the ledger. */
	readonly entry: Readonly<Record<string, unknown>>;
};

/** Keeps results until their host answers again. */
export interface SignOffOutbox {
	/** Oldest first. */
	list(id: {readonly project: string; readonly environment: string}): readonly LateSignOff[];
	/** On disk when it returns. Throws Error when it can't be kept. */
	add(id: {readonly project: string; readonly environment: string}, late: LateSignOff): void;
	/** Throws Error when it can't be written down. */
	remove(id: {readonly project: string; readonly environment: string}, late: string): void;
}

/** Keeps what probes have found, on this machine: a cache, never evidence. Never throws: what can't be kept is forgotten. */
export interface SampleStore {
	/** What is there already, by probe and time, is kept as it is. */
	add(id: {readonly project: string; readonly environment: string}, readings: readonly ProbeReading[]): void;
	/** Those from `from` on and before `until`, epoch milliseconds by the host, oldest first. Absent `probe`: of all. */
	read(
		id: {readonly project: string; readonly environment: string},
		range: {readonly from: number; readonly until: number; readonly probe?: string},
	): readonly ProbeReading[];
	/** Kinds of log entries that were seen, each with when first and last. */
	signatures(id: {readonly project: string; readonly environment: string}): readonly KnownSignature[];
	/** Adds counts, moves `lastAt` on and keeps the earlier `firstAt`. */
	addSignatures(id: {readonly project: string; readonly environment: string}, seen: readonly KnownSignature[]): void;
	/** Whether a message of this key was told before from here; it counts as told from now on. */
	tellOnce(id: {readonly project: string; readonly environment: string}, key: string, now: number): boolean;
	close(): void;
}

/** A file with values of an app, as it lies on this machine. */
export type ValuesFile = {
	readonly text: string;
	/** Permission bits, e.g. 0o600. */
	readonly mode: number;
};

/** A file of the working copy that gets other values. Paths are absolute. */
export type ValuesChange = {
	readonly path: string;
	readonly text: string;
	/** What it held when it was read; undefined: it was not there. Whoever changed it meanwhile loses nothing. */
	readonly before: string | undefined;
	/** Where that is kept, beside it; undefined: nothing to keep. */
	readonly keptAt: string | undefined;
};

/** Files with values of apps on this machine, and the sources that ask for them. */
export interface EnvFilesPort {
	/** Undefined where there is none. Throws DeployError `blocked` for what can't be read, or is no plain file. */
	read(path: string): Promise<ValuesFile | undefined>;
	/** Four hex digits of a secret, the same for the same secret as long as this process lives. */
	print(secret: string): string;
	/**
	 * Where tracked sources ask for values, by key: `config/mail.php:41`, relative to the directory. Without `commit`, as
	 * they lie there. Empty where git knows none.
	 */
	askedFor(directory: string, commit?: string): Promise<ReadonlyMap<string, readonly string[]>>;
	/** Names in a directory; empty where there is none. */
	names(directory: string): Promise<readonly string[]>;
	/**
	 * Gives all files their new values, or none: mode 0600, each by a rename, the old ones kept and never overwritten.
	 * Throws DeployError `blocked`, and then everything is as it was.
	 */
	change(changes: readonly ValuesChange[]): Promise<void>;
	/** Those of the files below a directory, named relative to it, that git would take into a commit. */
	wouldTrack(directory: string, names: readonly string[]): Promise<readonly string[]>;
	/**
	 * Has git leave out what a pattern names directly in a directory, in this copy of the repository alone. Answers with the
	 * file that says so; undefined where it can't be written.
	 */
	leaveOut(directory: string, pattern: string): Promise<string | undefined>;
}
