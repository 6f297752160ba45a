import {appendLedger} from '../../commands/ledger/ledger.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {beginningOf} from '../../domain/ledger/ledger.ts';
import type {LedgerReading, RememberedLedger} from '../../domain/ledger/ledger-book.ts';
import {witnessesIn} from '../../domain/ledger/witness.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';

/** A head of an environment's ledger as another one remembers it; null: it has none. */
export const headRecord = (
	{name}: Pick<Environment, 'name'>,
	ledger: Pick<LedgerReading | RememberedLedger, 'entries' | 'head' | 'fault'> | undefined,
) =>
	ledger?.head === undefined || ledger.fault !== undefined
		? null
		: {environment: name, ...ledger.head, began: beginningOf(ledger)};

/** Where a head could not be left, and why. */
export type HeadNotLeft = {readonly environment: string; readonly title: string; readonly why: string};

/** Environments next to one: what it is promoted from, and what is promoted from it. */
const neighbours = (environment: Environment, environments: readonly Environment[]): readonly Environment[] =>
	environments.filter(
		({name, promotedFrom, hosts}) =>
			hosts.length > 0 && (promotedFrom === environment.name || environment.promotedFrom === name),
	);

type Services = Pick<AppServices, 'sessions' | 'ledgers' | 'actorFor'>;

const leaveOn = async (
	services: Services,
	other: Environment,
	{environment, ledger}: {readonly environment: Environment; readonly ledger: LedgerReading},
	signal: AbortSignal | undefined,
): Promise<string | undefined> => {
	const witness = headRecord(environment, ledger);
	if (!witness) return `the ledger of ${environment.title} ${ledger.fault ?? 'is empty'}`;
	const there = await services.ledgers.read(other, {signal});
	if (there.fault !== undefined) return `the ledger of ${other.title} ${there.fault}`;
	// Who has never been deployed to has nothing to look after yet.
	if (there.entries.length === 0) return `${other.title} has no ledger yet`;
	const known = witnessesIn(there.entries, environment.name, other.title);
	if (known.some(({seq, began}) => seq >= witness.seq && began === witness.began)) return undefined;
	const actor = await services.actorFor(primaryHost(other));
	const entry = {type: 'ledger.witnessed', actor, data: {witness}};
	const {code, stderr} = await execOn(services, other, appendLedger(other.stateDirectory, entry), {signal});
	return code === 0 ? undefined : stderr.trim() || `its ledger can't be written (exit ${code})`;
};

/**
 * Leaves the head of an environment's ledger in those of its neighbours, so that a machine which has never seen it
 * notices when it is cut or written anew behind their backs. The entry before is on disk already: what can't be left is
 * named, and takes nothing back. Source: design, "State", ledger.
 */
export const leaveHead = async (
	services: Services,
	environment: Environment,
	environments: readonly Environment[],
	{signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<readonly HeadNotLeft[]> => {
	const others = neighbours(environment, environments);
	if (others.length === 0) return [];
	let ledger: LedgerReading;
	try {
		ledger = await services.ledgers.read(environment, {signal});
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		return others.map(({name, title}) => ({environment: name, title, why: error.why}));
	}
	const found = await Promise.all(
		others.map(async (other): Promise<HeadNotLeft | undefined> => {
			try {
				const why = await leaveOn(services, other, {environment, ledger}, signal);
				return why === undefined ? undefined : {environment: other.name, title: other.title, why};
			} catch (error) {
				if (!(error instanceof DeployError)) throw error;
				return {environment: other.name, title: other.title, why: error.why};
			}
		}),
	);
	return found.flatMap(one => one ?? []);
};

/** What it means that a head could not be left, for people. */
export const notLeftText = ({title: of}: Pick<Environment, 'title'>, {title, why}: HeadNotLeft): string =>
	`Recorded on ${of}; not noted on ${title}: ${why}. If the ledger of ${of} is cut, only machines that have seen it notice.`;
