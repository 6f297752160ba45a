import {adoptLedger} from '../../commands/ledger/ledger.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, stepFailed} from '../../domain/errors.ts';
import {carriedPolicy} from '../../domain/gates/policy.ts';
import {witnessesIn} from '../../domain/ledger/witness.ts';
import type {AppServices} from '../app-services.ts';
import {ownWords} from '../own-words.ts';
import {execOn} from '../exec-on.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';

/** Whether a ledger holds together, and with what others have seen of it. */
export type LedgerVerdict = {
	readonly environment: string;
	readonly reading: LedgerReading;
	/** Environments whose ledgers were asked what they have seen of it, and those that did not answer. */
	readonly asked: readonly string[];
	readonly silent: readonly {readonly environment: string; readonly why: string}[];
};

/**
 * Reads a ledger whole and holds it against this machine's memory and every other environment's ledger. Throws
 * DeployError as `LedgerBook.read` for the ledger itself; others that are silent are named.
 */
export const verifyLedger = async (
	{ledgers}: Pick<AppServices, 'ledgers'>,
	environment: Environment,
	environments: readonly Environment[],
): Promise<LedgerVerdict> => {
	const others = environments.filter(({name, hosts}) => name !== environment.name && hosts.length > 0);
	const answers = await Promise.all(
		others.map(async other => {
			try {
				const {entries} = await ledgers.read(other);
				return {name: other.name, witnesses: witnessesIn(entries, environment.name, other.title)};
			} catch (error) {
				if (!(error instanceof DeployError)) throw error;
				return {name: other.name, why: error.why};
			}
		}),
	);
	const reading = await ledgers.read(environment, {witnesses: answers.flatMap(({witnesses}) => witnesses ?? [])});
	return {
		environment: environment.name,
		reading,
		asked: answers.flatMap(({name, witnesses}) => (witnesses ? [name] : [])),
		silent: answers.flatMap(({name, why}) => (why === undefined ? [] : [{environment: name, why}])),
	};
};

/**
 * Begins a ledger anew. What was in it is kept beside it and is evidence of nothing: the apps have to be deployed, soaked
 * and tested again. Resolves with the name of the file the old one is kept in. Throws DeployError `step-failed`, and as
 * `LedgerBook.read`: a ledger that was not read can't say what is asked.
 */
export const beginLedgerAnew = async (
	services: Pick<AppServices, 'sessions' | 'actorFor' | 'ledgers' | 'secrets'>,
	environment: Environment,
	reason: string,
): Promise<{readonly kept: string | undefined; readonly reading: LedgerReading}> => {
	const host = primaryHost(environment);
	// Before it is read: what a broken one says takes the place of what is remembered.
	const remembered = services.ledgers.remembered(environment);
	const found = await services.ledgers.read(environment);
	const seen = [...(remembered?.entries ?? []), ...found.entries].toSorted((one, other) => one.at - other.at);
	const heads = [remembered?.head, found.head].flatMap(head => head ?? []);
	const command = adoptLedger(
		environment.stateDirectory,
		{
			type: 'ledger.adopted',
			actor: await services.actorFor(host),
			data: {
				reason: ownWords(services, environment, reason),
				before: heads.toSorted((one, other) => other.seq - one.seq)[0] ?? null,
				environment: environment.name,
				// Evidence is void, what is asked is not: the last word on it, here or as far as the ledger can be read.
				policy: carriedPolicy(seen),
			},
		},
		{project: environment.project, environment: environment.name},
	);
	const {code, stdout, stderr} = await execOn(services, environment, command);
	if (code !== 0)
		throw stepFailed({
			what: `The ledger of ${environment.title} could not be begun anew`,
			why: stderr.trim() || `exit ${code}`,
			now: 'It is as it was.',
			next: `Look at the disk and the rights of ${environment.stateDirectory} on ${host.name}.`,
		});
	const kept = /^kept (\S+)$/m.exec(stdout)?.[1];
	return {kept, reading: await services.ledgers.read(environment)};
};
