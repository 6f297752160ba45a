/** How the app answered the one request that was made once a run had done its last thing. */
export type EndHealth = {
	readonly state: 'good' | 'bad' | 'not-asked';
	/** Status code, why there was no answer, or why nobody asked. */
	readonly answer: string;
};

/** A service of the app, in the word of what keeps it running: `active`, `failed`, `online`. */
export type ServiceState = {readonly name: string; readonly state: string; readonly runs: boolean};

/** What is so behind the last thing that a run has done: read, never remembered. */
export type EndState = {
	/** Name of the release that is live; absent where the host did not say, or no release is. */
	readonly live?: string;
	/**
	 * What the run would have changed: `new` is what it has made live, `before` what it found, `other` what somebody else has
	 * put there meanwhile.
	 */
	readonly is: 'before' | 'new' | 'other' | 'unknown';
	readonly health: EndHealth;
	/** Asked where the run has come to its swap. */
	readonly services?: readonly ServiceState[];
};

/** What of it is kept in the ledger, with the entry that closes the run. */
export type KeptEnd = Pick<EndState, 'is' | 'live'> & Partial<Pick<EndState, 'health'>>;

/** Reads `NAME STATE` lines of services. */
export const parseServiceStates = (text: string): readonly ServiceState[] =>
	[...text.matchAll(/^(\S+) (\S+)$/gm)].map(([, name = '', state = '']) => ({
		name,
		state,
		runs: state === 'active' || state === 'online',
	}));

/** `php8.1-fpm is failed, nginx is active`; empty where all of them run. */
export const stoppedWords = (services: readonly ServiceState[] = []): string =>
	services.every(({runs}) => runs) ? '' : services.map(({name, state}) => `${name} is ${state}`).join(', ');

/** `The API answers 502`, without its full stop. */
export const healthWords = (name: string, {state, answer}: EndHealth): string => {
	if (state === 'not-asked') return `Whether ${name} answers was not asked: ${answer}`;
	const subject = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
	return /^\d{3}$/.test(answer) ? `${subject} answers ${answer}` : `${subject} does not answer: ${answer}`;
};
