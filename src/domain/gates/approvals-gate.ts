import type {AppName} from '../environments/environment.ts';
import {runFacts, type EntryActor, type LedgerEntry} from '../ledger/ledger.ts';
import {isNobody, peopleAmong, sameBy, type Identity} from '../people.ts';
import {ledgerFault, type GateFacts, type NotCounted} from './facts.ts';
import {listed, verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';

const is = verdictsOf('approvals');

/** Whose name it is, once more, where the two are not the same letter by letter. */
const howSame = (one: Identity, other: Identity): string =>
	({
		name: 'the same name',
		key: `the same key as ${other.name}`,
		letters: `the name ${other.name} in other letters`,
		none: `the same person as ${other.name}, by another name or key in between`,
	})[sameBy(one, other) ?? 'none'];

/** Whether an entry signs this build of the app for promotion. A signature counts for the build, wherever it runs. */
const isApprovalOf = ({type, ...entry}: LedgerEntry, {app, digest}: {app: AppName; digest: string}): boolean => {
	const facts = runFacts(entry);
	return type === 'build.approved' && digest !== '' && facts.app === app && facts.build?.digest === digest;
};

/** Who has signed a build of an app for promotion, oldest first; one without a name is nobody. */
export const signersOf = (
	entries: readonly LedgerEntry[],
	of: {readonly app: AppName; readonly digest: string},
): readonly (EntryActor & {readonly seq: number})[] =>
	entries.flatMap(entry => (entry.actor && isApprovalOf(entry, of) ? [{...entry.actor, seq: entry.seq}] : []));

/**
 * Which people other than the one who would deploy a build of an app have signed it, and which signatures are no such
 * person's. `deployer`: whoever asks, as each host knows them. `isTrusted`: whether an entry counts by who wrote it.
 * Only those who signed this build are held against each other: a key that a team once shared does not make one person
 * of them for ever. Source: design, "Gates to production", approvals.
 */
export const approvalsOf = (
	entries: readonly LedgerEntry[],
	{
		app,
		digest,
		deployer,
		isTrusted,
	}: {
		readonly app: AppName;
		readonly digest: string;
		readonly deployer: readonly Identity[];
		readonly isTrusted: (seq: number) => boolean;
	},
): {readonly counted: readonly string[]; readonly notCounted: readonly NotCounted[]} => {
	const all = signersOf(entries, {app, digest});
	const signers = all.filter(signer => isTrusted(signer.seq) && !isNobody(signer));
	const identities = [...deployer, ...signers];
	const people = peopleAmong(identities);
	// The keys of whoever asks are one person's, whatever they are called.
	const own = new Set(deployer.map((_, index) => people[index]));
	const isOwn = (index: number): boolean => own.has(people[deployer.length + index]);
	const counted = signers.filter(
		(_, index) => !isOwn(index) && people[deployer.length + index] === deployer.length + index,
	);
	const why = (signer: (typeof all)[number]): string | undefined => {
		const index = signers.indexOf(signer);
		if (index < 0) return isNobody(signer) ? 'a name without a letter is nobody' : 'not proved by a signature';
		if (counted.includes(signer)) return undefined;
		const self = deployer.find(one => sameBy(signer, one) !== undefined) ?? deployer[0];
		if (isOwn(index)) return self && `${howSame(signer, self)}, and would deploy it`;
		const first = identities[people[deployer.length + index] ?? 0];
		return !first || sameBy(signer, first) === 'name' ? undefined : `${howSame(signer, first)}, counted once`;
	};
	const notCounted = all.flatMap(signer => {
		const found = why(signer);
		return found === undefined ? [] : [{name: signer.name, why: found}];
	});
	const told = new Map(notCounted.map(one => [`${one.name}\n${one.why}`, one]));
	return {counted: counted.map(({name}) => name), notCounted: [...told.values()]};
};

/** What approvals do not prove, for people; undefined where names are signed, or none are asked for. */
export const unprovedApprovals = ({
	approvals,
	identity = 'claimed',
}: Pick<GatePolicy, 'approvals' | 'identity'>): string | undefined =>
	approvals > 0 && identity === 'claimed' ? 'names only, nobody proved: identity is claimed' : undefined;

/** Whether enough people other than the deployer have signed the build. */
export const approvalsGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const {approvals: given, notCounted = []} = facts;
	const broken = ledgerFault(facts);
	const unproved = unprovedApprovals(policy);
	if (policy.approvals === 0) return is.met('none asked');
	if (broken !== undefined) return is.unknown(broken);
	if ('unknown' in given) return is.unknown(given.unknown);
	const names = [...new Set(given.value)];
	const sum = `${names.length} of ${policy.approvals}${names.length > 0 ? `: ${listed(names)}` : ''}`;
	const left = notCounted.map(({name, why}) => `${name} (${why})`);
	const text = [
		sum,
		...(unproved === undefined ? [] : [unproved]),
		...(left.length > 0 ? [`not counted: ${listed(left, 2)}`] : []),
	].join('; ');
	const gate =
		names.length >= policy.approvals ? is.met(text) : is.open(text, 'somebody else signs it: cockpit approve');
	return {
		...gate,
		approvals: {asked: policy.approvals, isProved: unproved === undefined, counted: names, notCounted},
	};
};
