import {targetName, type Message, type Notifier, type NotifyTarget, type TellNow} from '../../domain/notify/message.ts';
import {createRedactor, secretValuesOf} from '../../domain/logs/mask.ts';
import type {Clock} from '../../domain/ports.ts';
import {sendCommand} from './send-command.ts';
import {sendMail} from './send-mail.ts';
import {terminalNotice} from './send-terminal.ts';
import {sendWebhook} from './send-webhook.ts';
import {Undelivered, type Variables} from './undelivered.ts';

export type NotifierOptions = {
	readonly clock: Clock;
	readonly variables: Variables;
	/** Whether it was told before from here; it counts as told from now on. */
	readonly isTold: (message: Message) => boolean;
	/** Writes to the terminal of the full screen; undefined while none is open. */
	readonly screen: () => ((text: string) => void) | undefined;
	/** Hears of each message that did not arrive, and why; no secrets. */
	readonly onLost: (text: string) => void;
	readonly timeoutMs?: number;
};

export type ClosableNotifier = Notifier & {
	readonly tellNow: TellNow;
	/** Waits so long for what is on its way; the rest is given up, and told as lost. */
	readonly close: (waitMs: number) => Promise<void>;
};

/** Pauses before each further try: three, within about a minute. */
const pausesMs = [2000, 15_000, 45_000];

/** What one target is still to be told, in order. `newer`: ends the wait for another try of the one that is on its way. */
type Line = {
	readonly waiting: Message[];
	first?: {readonly message: Message; readonly newer: AbortController};
	work: Promise<void>;
};

const isSameMatter = (one: Message, other: Message): boolean =>
	one.about !== undefined &&
	one.about === other.about &&
	one.environment === other.environment &&
	one.app === other.app;

/** Where it leads to, whoever names it and for what. */
const lineKey = (target: NotifyTarget): string => {
	const {on: _, ...way} = target;
	return JSON.stringify(way);
};

/**
 * Tells each target by itself, in the background, one message after the other: what is told last is what was said last.
 * One that has not arrived yet is let go when there is a newer one about the same.
 */
export const createNotifier = ({
	clock,
	variables,
	isTold,
	screen,
	onLost,
	timeoutMs = 10_000,
}: NotifierOptions): ClosableNotifier => {
	const stopping = new AbortController();
	const {signal} = stopping;
	const lines = new Map<string, Line>();
	/** What is on its way, each with what to say of it when it is given up. */
	const underWay = new Map<object, string>();

	const {text: redact} = createRedactor(secretValuesOf(variables));
	const send = async (said: Message, target: NotifyTarget): Promise<void> => {
		const message = {...said, title: redact(said.title), lines: said.lines.map(redact)};
		const sending = {variables, timeoutMs, signal};
		if (target.way === 'webhook') return sendWebhook(message, target, sending);
		if (target.way === 'mail') return sendMail(message, target, sending);
		if (target.way === 'command') return sendCommand(message, target, sending);
		const notice = terminalNotice(message, target, variables);
		if (notice !== undefined) screen()?.(notice);
	};

	/** Undefined: it arrived. */
	const tryOnce = async (message: Message, target: NotifyTarget): Promise<Undelivered | undefined> => {
		try {
			await send(message, target);
			return undefined;
		} catch (error) {
			if (error instanceof Undelivered) return error;
			return new Undelivered(`a fault of the cockpit: ${error instanceof Error ? error.name : typeof error}`, {
				isFinal: true,
			});
		}
	};

	const lost = (message: Message, target: NotifyTarget, why: string): string =>
		`not told: "${message.title}" by ${targetName(target)}: ${why}`;

	const deliver = async (message: Message, target: NotifyTarget, newer: AbortSignal): Promise<void> => {
		for (const pauseMs of [...pausesMs, undefined]) {
			const failure = await tryOnce(message, target);
			if (!failure || signal.aborted) return;
			if (failure.isFinal || pauseMs === undefined) return onLost(lost(message, target, failure.message));
			try {
				await clock.wait(pauseMs, AbortSignal.any([signal, newer]));
			} catch {
				return;
			}
			if (newer.aborted) return;
		}
	};

	const work = async (line: Line, target: NotifyTarget): Promise<void> => {
		for (let message = line.waiting.shift(); message && !signal.aborted; message = line.waiting.shift()) {
			const newer = new AbortController();
			const current = message;
			if (line.waiting.some(one => isSameMatter(one, current))) newer.abort();
			line.first = {message, newer};
			await deliver(message, target, newer.signal);
			underWay.delete(message);
		}
		lines.delete(lineKey(target));
	};

	const settled = async (): Promise<void> => {
		while (lines.size > 0) await Promise.all([...lines.values()].map(line => line.work));
	};

	return {
		say: (message, targets) => {
			const wanted = targets.filter(({on}) => on.some(event => event === message.event));
			if (signal.aborted || wanted.length === 0 || isTold(message)) return;
			for (const target of wanted) {
				const own = {...message};
				underWay.set(own, lost(message, target, 'it was still on its way at the end'));
				const line = lines.get(lineKey(target));
				if (line) {
					line.waiting.push(own);
					if (line.first && isSameMatter(line.first.message, own)) line.first.newer.abort();
				} else {
					const begun: Line = {waiting: [own], work: Promise.resolve()};
					lines.set(lineKey(target), begun);
					begun.work = work(begun, target);
				}
			}
		},
		settled,
		tellNow: async (message, target) => {
			if (target.way === 'terminal') return 'only where a full screen is open';
			return (await tryOnce(message, target))?.message;
		},
		close: async waitMs => {
			const waiting = new AbortController();
			await Promise.race([settled(), clock.wait(waitMs, waiting.signal).catch(() => undefined)]);
			waiting.abort();
			const givenUp = [...underWay.values()];
			stopping.abort();
			for (const text of givenUp) onLost(text);
		},
	};
};
