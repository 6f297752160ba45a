import type {TestProject} from 'vitest/node';
import {hasSshd, makeKey, type SshdPlace, startSshd, type TestKey} from '../real-sshd.ts';

declare module 'vitest' {
	export interface ProvidedContext {
		/** A real sshd that nobody stops, and the key it takes; undefined where there is none. */
		sshd: {readonly place: SshdPlace; readonly key: TestKey} | undefined;
	}
}

/** Starts the sshd of all tests that need nothing special of theirs. */
export default async ({provide}: TestProject): Promise<() => Promise<void>> => {
	if (!hasSshd) {
		provide('sshd', undefined);
		return async () => undefined;
	}
	const key = makeKey();
	const {stop, port, hostPublicKeys, logPath, user} = await startSshd({authorizedKeys: [key.publicKey]});
	provide('sshd', {place: {port, hostPublicKeys, logPath, user}, key});
	return stop;
};
