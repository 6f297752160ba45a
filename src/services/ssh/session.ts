import type {Host} from '../../domain/environments/environment.ts';
import type {Session} from '../../domain/ports.ts';
import {createConnecting, type Shared} from './link/connecting.ts';
import {cancelled} from './link/failures.ts';
import {createStatusReport} from './session-status.ts';

export type SshSession = Session & {
	/** `SHA256:...` of the key the host accepted last, for the actor; undefined before the first login. */
	readonly keyFingerprint: string | undefined;
};

/** The session with a host, over one connection that is opened when needed and replaced when lost. */
export const createSession = (host: Host, shared: Shared): SshSession => {
	const report = createStatusReport();
	const closing = new AbortController();
	const connecting = createConnecting(host, shared, {report, closing: closing.signal});
	return {
		host,
		get status() {
			return report.status;
		},
		get keyFingerprint() {
			return connecting.known.keyFingerprint;
		},
		subscribe: report.subscribe,
		connect: async ({patienceMs = 0, signal} = {}) => {
			await connecting.ready(patienceMs, signal);
		},
		exec: async (line, options) => (await connecting.ready(0, options.signal)).exec(line, options),
		close: async () => {
			report.report({state: 'closed'});
			closing.abort(cancelled(`The session with ${host.name}`, 'It is closed.'));
			await connecting.release()?.close();
		},
	};
};
