import type {AppName} from '../environments/environment.ts';
import {runFacts, type LedgerEntry} from '../ledger/ledger.ts';

/** A release that somebody put live with the script on the host. `at`: epoch milliseconds by the host's clock. */
export type PutByHand = {readonly to: string; readonly from: string; readonly at: number; readonly by: string};

const puts = ({type, data}: LedgerEntry): boolean =>
	/^(?:adopt|adopt-undo|deploy|rollback)\.finished$/.test(type) ||
	(type === 'deploy.failed' && data['wentBack'] !== true);

/** Whether what is live is what somebody put there, and no run has put anything there since. */
export const isByHand = (
	entries: readonly LedgerEntry[],
	app: AppName,
	{live, hand}: {readonly live: string; readonly hand: PutByHand},
): boolean =>
	hand.to === live && !entries.some(entry => puts(entry) && runFacts(entry).app === app && entry.at >= hand.at);
