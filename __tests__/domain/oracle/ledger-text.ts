import {createHash} from 'node:crypto';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';

/** Lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A ledger file as a host writes it, entry by entry: each line carries the hash of the one before. */
export const ledgerText = (entries: readonly Omit<LedgerEntry, 'hash' | 'seq'>[]): string => {
	let previous = '';
	return entries
		.map(({at, type, actor, data}, index) => {
			const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
			const members = JSON.stringify({type, ...(actor ? {actor} : {}), data}).slice(1, -1);
			previous = `{"seq":${index + 1},"time":"${time}","prev":"${sha256(previous)}",${members}}`;
			return `${previous}\n`;
		})
		.join('');
};
