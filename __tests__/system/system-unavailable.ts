import {nodePackagesMissing} from '../support/real-host/node-packages.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';

/** Why the system tests can't run on this machine; `undefined` when they can. */
export const systemUnavailable = (): string | undefined => realHostUnavailable() ?? nodePackagesMissing();

/** Title of a group of tests that says why it is skipped. */
export const titled = (title: string): string => {
	const why = systemUnavailable();
	return why === undefined ? title : `${title} (${why})`;
};
