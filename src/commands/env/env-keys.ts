import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {answersIn} from '../answers.ts';
import {releaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import askEnvKeysText from './ask-env-keys.sh';
import envKeysText from './env-keys.sh';

/** Asks a host for the names of the values an app is given there. No value leaves the host. */
export const askEnvKeys = (target: Pick<AppTarget, 'path' | 'owner'>): Command => {
	const {shared, live} = releaseLayout(target);
	return {
		...program('ask for the keys', [envKeysText, askEnvKeysText], [target.owner, `${shared}/.env`, `${live}/.env`]),
		sudo: [`${target.owner}: test`, `${target.owner}: sh`],
	};
};

/** The names in an answer; undefined: there are none, or a quote is never closed, so that some may be hidden. */
export const keysIn = (answer: string): readonly string[] | undefined => {
	const {all, one} = answersIn(answer);
	const keys = all('env-key');
	return keys.length === 0 || one('env-open') !== undefined ? undefined : [...new Set(keys)];
};

/** Reads the answer of `askEnvKeys`. Throws DeployError `answer-unreadable` when it was cut. `time`: the host's clock, epoch seconds. */
export const parseEnvKeys = (
	answer: string,
): {readonly time: number; readonly keys: readonly string[] | undefined} => ({
	time: answersIn(answer).clock('time'),
	keys: keysIn(answer),
});
