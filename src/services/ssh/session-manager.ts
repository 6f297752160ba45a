import type {Host} from '../../domain/environments/environment.ts';
import type {SessionManager} from '../../domain/ports.ts';
import type {UnlockedKeys} from './login/authentication.ts';
import {createLanes} from './lanes.ts';
import type {SshOptions} from './link/options.ts';
import {createSession, type SshSession} from './session.ts';

/** More handshakes at once make the whole fleet no faster and block the screen for longer. */
const handshakesAtOnce = 8;

const identity = ({name, address, port, user, identityFile, hostKeys, knownHostsFile, proxyJump}: Host): string =>
	JSON.stringify([name, address, port, user, identityFile, hostKeys, knownHostsFile, proxyJump]);

export type SshSessions = Omit<SessionManager, 'session'> & {session(host: Host): SshSession};

/** Keeps one session per host over ssh2. Connects to nothing by itself. */
export const createSessionManager = (options: SshOptions): SshSessions => {
	const sessions = new Map<string, SshSession>();
	const unlocked: UnlockedKeys = new Map();
	const handshakes = createLanes(handshakesAtOnce);

	return {
		session: host => {
			const key = identity(host);
			const session = sessions.get(key) ?? createSession(host, {options, unlocked, handshakes});
			sessions.set(key, session);
			return session;
		},
		close: async () => {
			const open = [...sessions.values()];
			sessions.clear();
			await Promise.all(open.map(session => session.close()));
		},
	};
};
