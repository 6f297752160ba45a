import type {AppName} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {cleanText} from '../clean-text.ts';

/** Text of an entry as part of one line. */
export const oneLine = (value: unknown): string =>
	typeof value === 'string' ? cleanText(value.replaceAll(/\s+/g, ' ')).trim() : '';

export const appNames: readonly AppName[] = ['backend', 'frontend'];

/** `: the disk was replaced`; nothing where no reason is given. */
export const reasonIn = ({data}: Pick<LedgerEntry, 'data'>): string => {
	const reason = oneLine(data['reason']);
	return reason === '' ? '' : `: ${reason}`;
};
