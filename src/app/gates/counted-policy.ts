import {posix} from 'node:path';
import {Temporal} from 'temporal-polyfill';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {Known, PolicyFacts} from '../../domain/gates/gates.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {
	namesDigest,
	policyMemory,
	rememberedPolicy,
	weakerThan,
	type PolicyMemory,
	type RememberedPolicy,
} from '../../domain/gates/policy.ts';
import type {CountedPolicy, PolicySet} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
import {known, unknown, whyOf} from '../known.ts';
import {sha256} from '../sha256.ts';

/** The policy that counts for one environment now, beside what the cockpit was opened with. */
export type PolicyReading = PolicySet & {
	readonly environment: Environment;
	/** Why what counts could not be read; then the sets are those the cockpit was opened with, and the gates are closed. */
	readonly counted: Known<CountedPolicy>;
};

/** What a run acts by: hosts, paths, recipes. What only decides whether it may is left out. */
const actedBy = ({
	name,
	project,
	timeZone,
	urls,
	hosts,
	stateDirectory,
	backups,
	onFailure,
	apps,
}: Environment): string =>
	JSON.stringify([name, project, timeZone, urls, hosts, stateDirectory, backups, onFailure, apps]);

/**
 * Reads the policy as it counts now, and finds the environment in it. It counts as not known where a run would act by
 * something else than the cockpit was opened with: another host, another path.
 */
export const readPolicy = async (
	{policy}: Pick<AppServices, 'policy'>,
	{environment: opened, ...set}: PolicySet & {readonly environment: Environment},
): Promise<PolicyReading> => {
	const asOpened = (why: string): PolicyReading => ({...set, environment: opened, counted: unknown(why)});
	let counted: CountedPolicy;
	try {
		counted = await policy.read(set);
	} catch (error) {
		return asOpened(whyOf(error));
	}
	const {environments, checklists} = counted;
	const environment = environments.find(({name}) => name === opened.name);
	if (!environment) return asOpened(`${opened.name} was removed from environments/ since the cockpit was opened`);
	if (actedBy(environment) !== actedBy(opened))
		return asOpened(
			`hosts, paths or apps of ${opened.name} were changed since the cockpit was opened: start it again`,
		);
	return {environments, checklists, environment, counted: known(counted)};
};

/** What a run to the environment goes by, for its record. Undefined when the policy can't be read. */
export const memoryOf = ({
	environment: to,
	environments,
	checklists,
	counted,
}: PolicyReading): PolicyMemory | undefined => {
	if ('unknown' in counted) return undefined;
	const {allowedSigners: signers, commit = null} = counted.value;
	const from = environments.find(({name}) => name === to.promotedFrom);
	return policyMemory({to, from, checklists, signers, commit}, sha256);
};

const dayOf = (at: number | undefined, timeZone: string): string | undefined =>
	at === undefined
		? undefined
		: Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();

const isOfAnother = (before: RememberedPolicy, {project, environment}: PolicyMemory): readonly string[] => [
	...(before.project === undefined || before.project === project
		? []
		: [`project ${before.project}, now ${project}`]),
	...(before.environment === undefined || before.environment === environment
		? []
		: [`environment ${before.environment}, now ${environment}`]),
];

/** Whether the policy may be somebody else's: its history does not hold what the last run went by. */
const provenance = async (
	services: Pick<AppServices, 'policy'>,
	before: RememberedPolicy | undefined,
	{environment, environments, counted}: PolicyReading,
	memory: PolicyMemory,
): Promise<readonly string[]> => {
	const isPromoted = environments.some(({name, hosts}) => name === environment.promotedFrom && hosts.length > 0);
	if (!isPromoted || 'unknown' in counted || memory.commit === null) return [];
	if (before?.digest === memory.digest) return [];
	if (before?.commit !== undefined)
		return (await services.policy.hasCommit(before.commit))
			? []
			: [`its history does not have ${before.commit.slice(0, 7)}, which the last run went by`];
	const {elsewhere} = counted.value;
	const sources = (['backend', 'frontend'] as AppName[]).flatMap(app => environment.apps[app]?.source ?? []);
	return sources.some(source => elsewhere.includes(posix.resolve(source)))
		? ['it is in another repository than the app']
		: [];
};

/**
 * Holds the policy against what the ledger of the environment remembers. `accept`: what somebody typed to accept it.
 * `run`: the run that asks. `at`: epoch milliseconds by the host. Source: design, "Gates to production".
 */
export const comparePolicy = async (
	services: Pick<AppServices, 'policy'>,
	reading: PolicyReading,
	{
		entries,
		accept,
		run,
		at,
	}: {
		readonly entries: readonly LedgerEntry[];
		readonly accept: string | undefined;
		readonly run: string | undefined;
		readonly at: number | undefined;
	},
): Promise<Known<PolicyFacts>> => {
	const {counted, environment} = reading;
	const memory = memoryOf(reading);
	if ('unknown' in counted || !memory) return unknown('unknown' in counted ? counted.unknown : '');
	const before = rememberedPolicy(entries, run);
	const changes =
		before === undefined
			? await provenance(services, before, reading, memory)
			: [
					...isOfAnother(before, memory),
					...weakerThan(before.record, memory.record, dayOf(at, environment.timeZone)),
					...(await provenance(services, before, reading, memory)),
				];
	return known({
		commit: memory.commit ?? undefined,
		digest: memory.digest,
		changes,
		isAccepted: accept !== undefined && memory.commit !== null && namesDigest(accept, memory.digest),
		...(before?.record.tier === undefined ? {} : {lastTier: before.record.tier}),
		differs: counted.value.differs,
	});
};
