import type {AppName} from '../environments/environment.ts';
import {runFacts, type LedgerEntry} from '../ledger/ledger.ts';
import {liveRelease} from './live-releases.ts';

/** What stands at a live path, as its host says. */
export type LiveOnHost = {
	/** `directory`: as the old scripts leave it. Undefined: nothing is there. */
	readonly live: {readonly release: string} | 'directory' | undefined;
	/** Where a link leads that is to none of the releases beside it; empty: to nothing at all. */
	readonly astray?: string;
};

/** Behind these entries a link to a release is live, or a directory, or only the host knows. */
const releaseTypes = new Set([
	'adopt.finished',
	'deploy.finished',
	'deploy.failed',
	'rollback.finished',
	'rollback.failed',
]);
const directoryTypes = new Set(['adopt-undo.finished']);
const unknownTypes = new Set(['adopt.failed', 'adopt-undo.failed', 'ledger.adopted']);

const isRun = ({type}: LedgerEntry): boolean => /^(?:adopt|deploy|rollback)\./.test(type);

/**
 * Why what is live is not what the ledger of an environment says, as a sentence; undefined when it is, or when only the
 * host can know. Not to be asked while a run holds the app: its end is not written yet. A ledger that was begun anew knows
 * nothing of what was there before, until the next run. Source: design, "Hosts: one layout, one transfer", drift.
 */
export const liveFault = (
	entries: readonly LedgerEntry[],
	app: AppName,
	{live: found, astray}: LiveOnHost,
	environment: string,
): string | undefined => {
	const ledger = `the ledger of ${environment}`;
	const own = entries.filter(entry => entry.type === 'ledger.adopted' || runFacts(entry).app === app);
	const last = own.findLast(
		({type}) => releaseTypes.has(type) || directoryTypes.has(type) || unknownTypes.has(type),
	)?.type;
	const live = liveRelease(own, app)?.release;
	const said = live === undefined ? `${ledger} says it is a release` : `${ledger} says ${live}`;
	const isRelease = last !== undefined && releaseTypes.has(last);
	if (astray !== undefined)
		return astray === ''
			? `live is a link to nothing; ${said}`
			: `live leads to ${astray}, which is none of its releases`;
	if (found === undefined || found === 'directory') {
		if (!isRelease) return undefined;
		return found === 'directory' ? `live is a plain directory; ${said}` : `nothing is live; ${said}`;
	}
	const {release} = found;
	if (last === 'ledger.adopted' && live === undefined) return undefined;
	if (!own.some(entry => isRun(entry) && runFacts(entry).release === release))
		return `live is ${release}, which ${ledger} does not know`;
	if (last !== undefined && directoryTypes.has(last))
		return `live is ${release}; ${ledger} says it is a plain directory`;
	return live === undefined || live === release ? undefined : `live is ${release}; ${ledger} says ${live}`;
};
