import {setTimeout as pause} from 'node:timers/promises';
import {inspect} from 'node:util';

/** Those of this machine, also where a test has others put in their place. */
const now = performance.now.bind(performance);
const {setTimeout, clearTimeout} = globalThis;

export type Patience = {
	/** Milliseconds; default 20,000. Long beside what is waited for, so that a busy machine fails nothing. */
	readonly within?: number;
	/** What was seen last, for the message of a wait that ends in vain. Default: the value looked at. */
	readonly show?: () => unknown;
};

const inVain = (what: string, within: number, seen: unknown): Error =>
	new Error(
		`waited ${within / 1000} s in vain for ${what}; seen last:\n${typeof seen === 'string' ? seen : inspect(seen, {depth: 4})}`,
	);

/** Something that tells when it may have changed, e.g. a store or a session. */
export type Subscribable = {readonly subscribe: (listener: () => void) => () => void};

/**
 * Resolves with what `look` answers once that is neither undefined nor false. Looks at once and at every change that
 * `source` tells. Rejects when `within` has gone by, with what was seen.
 */
export const untilTold = <Value>(
	what: string,
	source: Subscribable,
	look: () => Value | undefined | false,
	{within = 20_000, show}: Patience = {},
): Promise<Value> =>
	new Promise((resolve, reject) => {
		const end = (settle: () => void): void => {
			clearTimeout(deadline);
			unsubscribe();
			settle();
		};
		const attempt = (): void => {
			try {
				const found = look();
				if (found !== undefined && found !== false) end(() => resolve(found));
			} catch (error) {
				end(() => reject(error));
			}
		};
		const deadline = setTimeout(() => end(() => reject(inVain(what, within, show?.() ?? source))), within);
		let unsubscribe = (): void => undefined;
		unsubscribe = source.subscribe(attempt);
		attempt();
	});

/** As `untilTold`, for what tells nobody: a file, a process. Asks again every 10 ms. */
export const until = async <Value>(
	what: string,
	look: () => Value | undefined | false | Promise<Value | undefined | false>,
	{within = 20_000, show}: Patience = {},
): Promise<Value> => {
	const deadline = now() + within;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (now() > deadline) throw inVain(what, within, show?.() ?? found);
		await pause(10);
	}
};

/** What a state holds; what can be done to it says nothing. */
const facts = (state: unknown): unknown =>
	typeof state === 'object' && state !== null
		? Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value !== 'function'))
		: state;

/** The state of a zustand store once `holds` is true of it. Rejects with what `show` makes of the state, else its facts. */
export const untilState = <State>(
	what: string,
	store: Subscribable & {readonly getState: () => State},
	holds: (state: State) => boolean,
	{within, show}: {readonly within?: number; readonly show?: (state: State) => unknown} = {},
): Promise<State> =>
	untilTold(
		what,
		store,
		() => {
			const state = store.getState();
			return holds(state) && state;
		},
		{...(within === undefined ? {} : {within}), show: () => (show ?? facts)(store.getState())},
	);
