import {createHash} from 'node:crypto';
import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import type {LedgerReading} from '../../src/domain/ledger/ledger-book.ts';
import type {LedgerEntry} from '../../src/domain/ledger/ledger.ts';
import type {Clock, LedgerMemory, SessionManager, SignaturePort} from '../../src/domain/ports.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a line says, before the chain is added. */
export type Said = {
	readonly type: string;
	/** ISO 8601; default 10 Feb 2026. */
	readonly time?: string;
	readonly actor?: object;
	readonly data?: object;
	readonly [more: string]: unknown;
};

/** Lines as a host writes them, each ended by a newline. */
export const ledgerText = (entries: readonly Said[]): string => {
	const lines: string[] = [];
	for (const {time = '2026-02-10T05:50:00Z', ...entry} of entries) {
		lines.push(JSON.stringify({seq: lines.length + 1, time, prev: sha256(lines.at(-1) ?? ''), ...entry}));
	}
	return lines.map(line => `${line}\n`).join('');
};

/** The first line of a ledger. */
export const opened = (environment = 'preprod', project = 'qsights'): Said => ({
	type: 'ledger.opened',
	data: {project, environment, machineId: '', hostKey: ''},
});

/** An entry as a reader has it, with nothing said about the chain. */
export const ledgerEntry = (
	seq: number,
	iso: string,
	type: string,
	{who, data = {}}: {readonly who?: string; readonly data?: Readonly<Record<string, unknown>>} = {},
): LedgerEntry => ({
	seq,
	at: Date.parse(iso),
	type,
	actor: who === undefined ? undefined : {name: who, machine: 'm'},
	data,
	hash: sha256(String(seq)),
});

/** A ledger that holds together. */
export const ledgerReading = (
	entries: readonly LedgerEntry[] = [],
	more: Partial<LedgerReading> = {},
): LedgerReading => {
	const last = entries.at(-1);
	return {
		entries,
		head: last && {seq: last.seq, hash: last.hash},
		fault: undefined,
		header: undefined,
		sizeBytes: 400 * entries.length,
		time: Date.parse('2026-02-10T05:50:00Z'),
		...more,
	};
};

/** A key that can't sign, and signatures that are none. */
export const noSignatures: SignaturePort = {sign: async () => undefined, verify: async () => false};

/** A book whose memory ends with the test. */
export const ledgerBook = (sessions: SessionManager, clock?: Pick<Clock, 'now'>) => {
	const kept = new Map<string, LedgerMemory>();
	return createLedgerBook(
		sessions,
		{
			read: ({environment}) => kept.get(environment) ?? {text: '', highest: undefined},
			write: ({environment}, memory) => void kept.set(environment, memory),
		},
		clock,
	);
};
