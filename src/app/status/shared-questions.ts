import type {Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';
import {askHost} from './status.ts';

type Options = NonNullable<Parameters<typeof askHost>[2]>;

export type AskHost = (
	services: Parameters<typeof askHost>[0],
	environment: Environment,
	options: Options,
) => ReturnType<typeof askHost>;

/** Age up to which an answer is given to whoever asks the same. */
export const sharedMs = 1000;

/**
 * Asks a host once for all who want to know the same at the same moment: the boards of two apps look at the same two
 * hosts. Only for screens: a gate before a change asks for itself.
 */
export const shareQuestions = ({clock}: Pick<AppServices, 'clock'>): AskHost => {
	const asked = new Map<string, {readonly at: number; readonly answer: ReturnType<AskHost>}>();
	return (services, environment, options) => {
		const key = JSON.stringify([environment.name, options.witnesses ?? []]);
		const now = clock.now();
		const known = asked.get(key);
		if (known && now - known.at < sharedMs) return known.answer;
		const answer = askHost(services, environment, options);
		asked.set(key, {at: now, answer});
		// A fault of the cockpit is not kept.
		answer.catch(() => asked.delete(key));
		return answer;
	};
};
