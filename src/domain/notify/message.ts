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
	/** `test`: nothing has happened, a target is tried out. */
	readonly event: NotifyEvent | 'test';
	/** Name of the environment. */
	readonly environment: string;
	readonly app?: AppName;
	/** One line: what, where, which build. */
	readonly title: string;
	/** What there is to know beside it, a few lines. */
	readonly lines: readonly string[];
	/** The same for the same change of state: it is told once. */
	readonly key: string;
	/** What it tells the state of, within its environment and app: a newer one about the same takes its place. */
	readonly about?: string;
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

/** Tells one target at once, without a second try; answers with why it could not be told. */
export type TellNow = (message: Message, target: NotifyTarget) => Promise<string | undefined>;

const mostCharacters = 200;

/** A line that has room in a message. */
export const cutLine = (line: string): string =>
	line.length > mostCharacters ? `${line.slice(0, mostCharacters - 1)}…` : line;

/** A message as plain text. */
export const messageText = ({title, lines, link}: Message): string =>
	[title, ...lines, ...(link === undefined ? [] : [`More: ${link}`])].join('\n');

/** Where a message goes to, for people; without what may be secret. */
export const targetName = (target: NotifyTarget): string => {
	switch (target.way) {
		case 'webhook':
			return `webhook of ${target.urlFrom}`;
		case 'mail':
			return `mail to ${target.to.join(', ')}`;
		case 'command':
			return `command ${target.argv[0]}`;
		case 'terminal':
			return `terminal ${target.how}`;
	}
};

/** Variables of the environment that a target is told by. */
export const variablesOf = (target: NotifyTarget): readonly string[] => {
	if (target.way === 'webhook') return [target.urlFrom];
	return target.way === 'mail' && target.passwordFrom !== undefined ? [target.passwordFrom] : [];
};

/** Those of targets that nobody has set. */
export const unsetVariables = (
	targets: readonly NotifyTarget[],
	variables: Readonly<Record<string, string | undefined>>,
): readonly string[] => [...new Set(targets.flatMap(variablesOf))].filter(name => (variables[name] ?? '') === '');
