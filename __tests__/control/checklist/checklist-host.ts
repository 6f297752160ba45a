import type {AppServices} from '../../../src/app/app-services.ts';
import type {Session, SessionManager, SessionStatus} from '../../../src/domain/ports.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {ledgerBook, ledgerText, opened, type Said} from '../../support/ledger.ts';
import {environment, fakeServices} from '../fake-services.ts';

/** Parameters of a rendered line behind its label, unquoted. */
const parameters = (line: string, label: string): readonly string[] => {
	const rest = line.slice(line.indexOf(` ${label} `) + label.length + 2);
	const found = rest.match(/'(?:[^']|'\\'')*'|[^\s']+/g) ?? [];
	return found.map(part => (part.startsWith("'") ? part.slice(1, -1).replaceAll(String.raw`'\''`, "'") : part));
};

/** A host that keeps a ledger in memory, can go silent, and can fail to write. */
export const ledgerHost = (said: readonly Said[]) => {
	const kept: Said[] = [opened(), ...said];
	const listeners = new Set<(status: SessionStatus) => void>();
	const host = {
		kept,
		reads: 0,
		isSilent: false,
		/** What the disk answers to an append; undefined: it takes it. */
		refusal: undefined as string | undefined,
		/** The link is lost after the host took an append. */
		losesLink: false,
		/** It takes the word that somebody leaves, and never answers. */
		hearsNoLeaving: false,
		/** Somebody said that they leave. */
		wasLeft: false,
		others: '' as string,
		tell: (state: SessionStatus['state']) => {
			for (const listener of listeners) listener({state, since: 0});
		},
	};
	const lost = (code: 'unreachable' | 'link-lost'): DeployError =>
		new DeployError({code, what: 'preprod-1 is silent', why: 'connect ECONNREFUSED', now: '', next: 'Look at it.'});
	const session: Session = {
		host: environment.hosts[0] as Session['host'],
		status: {state: 'idle', since: 0},
		subscribe: listener => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		connect: async () => undefined,
		close: async () => undefined,
		exec: async line => {
			await new Promise(resolve => setImmediate(resolve));
			if (host.isSilent) throw lost('unreachable');
			const answer = {code: 0, stdout: '', stderr: '', durationMs: 1};
			if (line.includes(' read-the-ledger ')) {
				host.reads += 1;
				const text = ledgerText(kept);
				return {
					...answer,
					stdout: `home {}\ntime ${Math.floor(Date.now() / 1000)}\nsize ${Buffer.byteLength(text)}\nfrom 0\nledger\n${text}`,
				};
			}
			if (line.includes(' append-to-the-ledger ')) {
				if (host.refusal !== undefined) return {...answer, code: 94, stderr: host.refusal};
				const [, members = ''] = parameters(line, 'append-to-the-ledger');
				kept.push({time: new Date().toISOString(), ...JSON.parse(`{${members}}`)} as Said);
				if (host.losesLink) throw lost('link-lost');
				return answer;
			}
			if (line.includes(' say-who-is-here ')) return {...answer, stdout: host.others};
			if (line.startsWith('rm -f -- ')) {
				host.wasLeft = true;
				return host.hearsNoLeaving ? Promise.withResolvers<typeof answer>().promise : answer;
			}
			throw new Error(`unexpected command ${line.slice(-200)}`);
		},
	};
	const sessions: SessionManager = {session: () => session, close: async () => undefined};
	return Object.assign(host, {sessions});
};

export type LedgerHost = ReturnType<typeof ledgerHost>;

/**
 * How the clock of a cockpit goes: so many milliseconds ahead, and standing still at `at`, an epoch time, where that is
 * given.
 */
export type ClockAhead = {ms: number; at?: number};

/** Services of somebody who works on that host. */
export const servicesOn = (host: LedgerHost, name = 'Ravi', ahead: ClockAhead = {ms: 0}): AppServices => {
	const {services} = fakeServices({});
	return {
		...services,
		sessions: host.sessions,
		ledgers: ledgerBook(host.sessions),
		clock: {...services.clock, now: () => (ahead.at ?? Date.now()) + ahead.ms},
		nonce: () => Math.floor(Math.random() * 65_536).toString(16),
		actorFor: async () => ({name, machine: `${name}-laptop`}),
	};
};
