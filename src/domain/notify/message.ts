import type {AppName} from '../environments/environment.ts';

/** What people who are not looking may want to hear of. */
export const notifyEvents = [
	'started',
	'blocked',
	'question',
	'failed',
	'rolled-back',
	'done',
	'unhealthy',
	'healthy',
	'worse',
	'soak-complete',
	'window-open',
	'gates-met',
] as const;
export type NotifyEvent = (typeof notifyEvents)[number];

/** How a message leaves. Secrets are named, never stated: `urlFrom` and `passwordFrom` are environment variables. */
export type NotifyWay =
	/** Slack-compatible: one POST of `{"text": ...}`. */
	| {readonly way: 'webhook'; readonly urlFrom: string}
	| {
			readonly way: 'mail';
			readonly to: readonly [string, ...string[]];
			readonly from: string;
			readonly server: string;
			readonly port: number;
			readonly user?: string;
			readonly passwordFrom?: string;
	  }
	/** A program of this machine; the text comes by standard input, the rest as variables of its environment. */
	| {readonly way: 'command'; readonly argv: readonly [string, ...string[]]}
	/** Of the screen that is open: a bell, or a notice of the desktop where the terminal knows how. */
	| {readonly way: 'terminal'; readonly how: 'bell' | 'desktop'};

export type NotifyTarget = NotifyWay & {readonly on: readonly NotifyEvent[]};

/** One change of state, as it is told. Holds no samples of logs and no secrets. */
export type Message = {
	readonly event: NotifyEvent;
	/** Name of the environment. */
	readonly environment: string;
	readonly app?: AppName;
	/** One line: what, where, which build. */
	readonly title: string;
	/** What there is to know beside it, a few lines. */
	readonly lines: readonly string[];
	/** The same for the same change of state: it is told once. */
	readonly key: string;
	readonly run?: string;
	/** Address of the page or the path of the report that says more. */
	readonly link?: string;
};

/** Tells those who asked for it, in the background. */
export interface Notifier {
	/** Returns at once; never throws, never holds anything up. A message told before is not told again. */
	say(message: Message, targets: readonly NotifyTarget[]): void;
	/** Resolves once nothing is on its way any more. Never rejects. */
	settled(): Promise<void>;
}

/** For where nobody is told. */
export const silentNotifier: Notifier = {say: () => undefined, settled: async () => undefined};
