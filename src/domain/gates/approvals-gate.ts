import type {Actor} from '../build.ts';
import type {AppName} from '../environments/environment.ts';
import {runFacts, type LedgerEntry} from '../ledger/ledger.ts';
import {ledgerFault, type GateFacts} from './facts.ts';
import {listed, verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';

const is = verdictsOf('approvals');

/**
 * Names of those who signed a build of an app for promotion, other than the one who would deploy it. `isTrusted`:
 * whether an entry counts by who wrote it. A signature counts for the build it names, wherever it runs.
 */
export const approvalsOf = (
	entries: readonly LedgerEntry[],
	{
		app,
		digest,
		deployer,
		isTrusted,
		byKey = false,
	}: {
		readonly app: AppName;
		readonly digest: string;
		readonly deployer: Pick<Actor, 'name' | 'key'>;
		readonly isTrusted: (seq: number) => boolean;
		/** Whether a key is one person. Not where names are claimed: a team may log in with one key. */
		readonly byKey?: boolean;
	},
): readonly string[] => {
	const names = entries.flatMap(entry => {
		const {actor, type, seq} = entry;
		const facts = runFacts(entry);
		if (type !== 'build.approved' || !actor || !isTrusted(seq)) return [];
		if (facts.app !== app || facts.build?.digest !== digest || digest === '') return [];
		const isSelf = actor.name === deployer.name || (byKey && actor.key !== undefined && actor.key === deployer.key);
		return isSelf ? [] : [actor];
	});
	const people = new Map(names.map(({name, key}) => [(byKey ? key : undefined) ?? name, name]));
	return [...new Set(people.values())];
};

/** Whether enough people other than the deployer have signed the build. */
export const approvalsGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const {approvals: given} = facts;
	const broken = ledgerFault(facts);
	if (policy.approvals === 0) return is.met('none asked');
	if (broken !== undefined) return is.unknown(broken);
	if ('unknown' in given) return is.unknown(given.unknown);
	const names = [...new Set(given.value)];
	const sum = `${names.length} of ${policy.approvals}${names.length > 0 ? `: ${listed(names)}` : ''}`;
	return names.length >= policy.approvals ? is.met(sum) : is.open(sum, 'somebody else signs it: cockpit approve');
};
