import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import type {LateSignOff, SignOffOutbox} from '../../domain/ports.ts';
import type {ItemState, PairDigests} from '../../domain/checklist/sign-off.ts';
import type {AppServices} from '../app-services.ts';
import {
	appendSignOff,
	itemNamed,
	keptFinding,
	requireCountable,
	requireTrusted,
	signEntry,
	type ChecklistOf,
	type Finding,
} from './sign-off.ts';

const placeOf = ({project, name}: Environment) => ({project, environment: name});

/**
 * A finding as it is kept until its host answers: about the builds that were live when it was last read, superseding
 * what its finder saw. `signedAt`: epoch milliseconds of this machine. Throws DeployError `blocked` as `signItem`.
 */
export const lateSignOff = async (
	services: Pick<AppServices, 'actorFor' | 'secrets'>,
	options: ChecklistOf & {
		readonly finding: Finding & {readonly id: string};
		readonly seen: ItemState;
		readonly seenBuilds: PairDigests;
		readonly signedAt: number;
	},
): Promise<LateSignOff> => {
	const {environment, checklists, finding, seen, seenBuilds: builds, signedAt} = options;
	requireCountable(seen, finding);
	const {item} = itemNamed(checklists, finding.item);
	const actor = await services.actorFor(primaryHost(environment));
	const kept = keptFinding(services, environment, finding);
	const {data, ...entry} = signEntry({actor, item, finding: kept, builds, checklists, supersedes: seen.standing});
	return {
		id: finding.id,
		item: item.id,
		result: finding.result,
		entry: {late: true, ...entry, data: {...data, signedAt: new Date(signedAt).toISOString()}},
	};
};

/**
 * Appends what waits on this machine, oldest first, and answers with how many there were. One the ledger already has,
 * since only its answer was lost, is not written again. Throws DeployError as `signItem`; what was not sent still waits.
 */
export const sendLateSignOffs = async (
	services: Pick<AppServices, 'sessions' | 'ledgers' | 'signatures'>,
	{
		environment,
		outbox,
		signal,
	}: {readonly environment: Environment; readonly outbox: SignOffOutbox; readonly signal: AbortSignal},
): Promise<number> => {
	const waiting = outbox.list(placeOf(environment));
	if (waiting.length === 0) return 0;
	const ledger = await services.ledgers.read(environment, {signal});
	requireTrusted(environment, ledger);
	const ids = new Set(ledger.entries.map(({data}) => data['id']));
	for (const {id, entry} of waiting) {
		if (!ids.has(id)) await appendSignOff(services, environment, entry, {signal});
		try {
			outbox.remove(placeOf(environment), id);
		} catch {
			// It is asked for again another time, and by its id found to be there: no reason to keep the others back.
		}
	}
	return waiting.length;
};

/** What waits for an environment. */
export const waitingFor = (outbox: SignOffOutbox, environment: Environment): readonly LateSignOff[] =>
	outbox.list(placeOf(environment));

/** Keeps a result. Throws Error when it can't be kept. */
export const keepLate = (outbox: SignOffOutbox, environment: Environment, late: LateSignOff): void =>
	outbox.add(placeOf(environment), late);

/** Takes a result back that was not sent. Throws Error when it can't be written down. */
export const dropLate = (outbox: SignOffOutbox, environment: Environment, id: string): void =>
	outbox.remove(placeOf(environment), id);
