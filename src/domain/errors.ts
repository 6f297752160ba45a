import {withoutSecrets} from './logs/mask.ts';

/** What went wrong, in one closed set. Each code has one exit code, listed in the README and in docs/commands.md. */
export type ErrorCode =
	| 'blocked'
	| 'wrong-word'
	| 'usage'
	| 'configuration'
	| 'answer-needed'
	| 'step-failed'
	| 'failed-after-swap'
	| 'host-key-unknown'
	| 'host-key-changed'
	| 'auth-failed'
	| 'key-file'
	| 'unreachable'
	| 'link-lost'
	| 'timeout'
	| 'remote-signal'
	| 'answer-unreadable'
	| 'job-lost'
	| 'locked'
	| 'taken-over'
	| 'ledger-conflict'
	| 'checked-bad'
	| 'cancelled';

/** Source: design, "Command line": exit codes are the contract with scripts. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
	blocked: 1,
	'wrong-word': 1,
	usage: 2,
	configuration: 2,
	'answer-needed': 2,
	'step-failed': 3,
	'job-lost': 3,
	timeout: 3,
	'remote-signal': 3,
	'ledger-conflict': 3,
	'failed-after-swap': 4,
	'host-key-unknown': 5,
	'host-key-changed': 5,
	'auth-failed': 5,
	'key-file': 5,
	unreachable: 5,
	'link-lost': 5,
	'answer-unreadable': 5,
	locked: 6,
	'taken-over': 6,
	'checked-bad': 7,
	cancelled: 130,
};

/** What a guide says more about than an error has room for; where that is, is in `guides/guide-places.ts`. */
export type GuideTopic = 'adoption' | 'blocked' | 'cutOff' | 'failures' | 'general' | 'rollback' | 'signing' | 'values';

/** What an error says to people, and what scripts go by. */
export type Facts = {
	readonly code: ErrorCode;
	/** One line: what failed, on which host and step. */
	readonly what: string;
	readonly why: string;
	/** What is live, what was and was not done. */
	readonly now: string;
	readonly next: string;
	/** File with the whole story. */
	readonly log?: string | undefined;
	/** Absent: what its code stands for. */
	readonly guide?: GuideTopic | undefined;
	readonly cause?: unknown;
};

/** Something an operator can act on: its words come from tools and hosts, and hold no secrets from here on. A bug is a plain TypeError or Error instead. */
export class DeployError extends Error {
	readonly code: ErrorCode;
	readonly what: string;
	readonly why: string;
	readonly now: string;
	readonly next: string;
	readonly log: string | undefined;
	readonly guide: GuideTopic | undefined;

	constructor({code, what, why, now, next: todo, log, guide, cause}: Facts) {
		// What is wrong in a file of the configuration names its keys, and no value: `DB_PASSWORD: is given 2 times`.
		const shown = code === 'configuration' ? (text: string) => text : withoutSecrets;
		const [said, because, next] = [shown(what), shown(why), shown(todo)];
		super(`${said}: ${because}`, {cause});
		this.name = 'DeployError';
		this.code = code;
		this.what = said;
		this.why = because;
		this.now = now;
		this.next = next;
		this.log = log;
		this.guide = guide;
	}

	/** The same error with some of its lines replaced, e.g. `now` once the state of the host is known. */
	with(changes: Partial<Facts>): DeployError {
		const {code, what, why, now, next, log, guide} = this;
		return new DeployError({code, what, why, now, next, log, guide, cause: this, ...changes});
	}
}

/** Makes the errors of one code. `now`: nothing was changed, unless there is more to say. */
export const failure =
	(code: ErrorCode) =>
	({now = 'Nothing was changed.', ...said}: Omit<Facts, 'code' | 'now'> & {readonly now?: string}): DeployError =>
		new DeployError({...said, code, now});

/** Not as things are: a closed gate, other sources, a path of somebody else. */
export const blocked = failure('blocked');
/** Somebody else is at it. */
export const locked = failure('locked');
/** What was typed means nothing here. */
export const usage = failure('usage');
/** The environment files do not say what is needed. */
export const misconfigured = failure('configuration');

/** A host answered, but not what was asked. */
export const answerUnreadable = failure('answer-unreadable');

/** Something on the way went wrong. What is live then is never a matter of course. */
export const stepFailed = (said: Omit<Facts, 'code'>): DeployError => new DeployError({...said, code: 'step-failed'});

/** Code of the system that an error brings, e.g. `ENOENT`; empty where it has none. */
export const systemCode = (error: unknown): string =>
	error instanceof Error && 'code' in error ? String(error.code) : '';

export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is DeployError =>
	error instanceof DeployError && codes.includes(error.code);
