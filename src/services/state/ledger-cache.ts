import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {LedgerCache, LedgerMemory} from '../../domain/ports.ts';

const read = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
};

const headIn = (text: string | undefined): LedgerMemory['highest'] => {
	const match = /^(\d+) ([\da-f]{64}) ?([\da-f]{64})?\n$/.exec(text ?? '');
	return match ? {seq: Number(match[1]), hash: match[2] ?? '', began: match[3] ?? ''} : undefined;
};

/** Whole or not at all: another cockpit of the same person may read meanwhile. */
const replace = (path: string, text: string): void => {
	const part = `${path}.${process.pid}`;
	writeFileSync(part, text, {mode: 0o600});
	renameSync(part, path);
};

/**
 * What this machine has seen of ledgers, below `<state home>/cockpit/<project>/<environment>`: `ledger.jsonl` may be
 * deleted at any time, `ledger.head` is what a ledger that went back is known by. A disk that can't be written to
 * loses the memory, not the work. Source: design, "State".
 */
export const createLedgerCache = (stateHome: string): LedgerCache => {
	const place = (project: string, environment: string): string => join(stateHome, 'cockpit', project, environment);
	return {
		read: ({project, environment}) => {
			const directory = place(project, environment);
			return {
				// Most who ask want the head alone, again and again, of a ledger that may be long.
				get text() {
					return read(join(directory, 'ledger.jsonl')) ?? '';
				},
				highest: headIn(read(join(directory, 'ledger.head'))),
			};
		},
		write: ({project, environment}, {text, highest}) => {
			const directory = place(project, environment);
			try {
				mkdirSync(directory, {recursive: true, mode: 0o700});
				replace(join(directory, 'ledger.jsonl'), text);
				if (highest)
					replace(join(directory, 'ledger.head'), `${highest.seq} ${highest.hash} ${highest.began}\n`);
				else rmSync(join(directory, 'ledger.head'), {force: true});
			} catch {
				// Nothing depends on it but the next look.
			}
		},
	};
};
