import {appendLedger} from '../../commands/ledger/ledger.ts';
import type {Actor} from '../../domain/build.ts';
import {
	checklistPhases,
	sectionsFor,
	type ChecklistItem,
	type ChecklistPhase,
	type Checklists,
} from '../../domain/checklist/checklist.ts';
import {probeRecord, refuseBeside, type Observation} from '../../domain/checklist/observation.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, stepFailed} from '../../domain/errors.ts';
import {
	refuseResult,
	sameBuilds,
	type ItemState,
	type PairDigests,
	type Result,
} from '../../domain/checklist/sign-off.ts';
import type {AppServices} from '../app-services.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import {boundTo, checklistStates, liveReleases} from './checklist-states.ts';
import {sectionStates} from './watch-items.ts';
import {ownWords} from '../own-words.ts';
import {execOn} from '../exec-on.ts';
import {signedText, trustedBy} from '../ledger/trusted.ts';
import {appsOf} from '../target-of.ts';

/** What somebody found on one item. */
export type Finding = {
	readonly item: string;
	readonly result: Result;
	readonly value?: string | undefined;
	readonly note?: string | undefined;
	/** What the probe of the item saw, which the finder signs with. An item with a probe passes only beside one that does. */
	readonly probe?: Observation | undefined;
	/** Unique to this finding: by it the ledger is asked whether it has it. */
	readonly id?: string;
	/** The item was looked at again: what was found before is replaced, if it is still `standing`. */
	readonly retest?: boolean;
};

/** A checklist of an environment as its ledger tells it. */
export type ChecklistReading = {
	readonly environment: Environment;
	readonly ledger: LedgerReading;
	/** Items of the phase, in order, wherever they stand. */
	readonly items: readonly ItemState[];
};

export const notSigned = (why: string, next: string, code: 'blocked' | 'usage' = 'blocked'): DeployError =>
	new DeployError({code, what: 'Not signed', why, now: 'Nothing was recorded.', next, guide: 'signing'});

/** Which checklist, of which environment. */
export type ChecklistOf = {readonly environment: Environment; readonly checklists: Checklists};

/** Reads where a checklist stands. Throws DeployError as `LedgerBook.read`. */
export const readChecklist = async (
	services: Pick<AppServices, 'ledgers' | 'signatures' | 'policy'>,
	{
		environment,
		checklists,
		app,
		phase = 'before-production',
	}: ChecklistOf & {readonly app?: AppName | undefined; readonly phase?: ChecklistPhase},
): Promise<ChecklistReading> => {
	const ledger = await services.ledgers.read(environment);
	const isTrusted = await trustedBy(services, [environment], ledger.entries, async () => {
		const {allowedSigners} = await services.policy.read({environments: [environment], checklists});
		return allowedSigners;
	});
	const {entries} = ledger;
	const states =
		phase === 'before-production'
			? checklistStates(checklists, environment, entries, app, isTrusted)
			: sectionStates(checklists, environment, entries, {phase, app, isTrusted}).flatMap(({items}) => items);
	return {environment, ledger, items: states};
};

/** An item, and when it is looked at. */
export type PhasedItem = {readonly item: ChecklistItem; readonly phase: ChecklistPhase};

/** Finds an item of any phase. Throws DeployError `usage`. */
export const itemNamed = (checklists: Checklists, id: string): PhasedItem => {
	for (const phase of checklistPhases) {
		const items = sectionsFor(checklists, phase).flatMap(section => section.items);
		const item = items.find(one => one.id === id);
		if (item) return {item, phase};
	}
	throw notSigned(
		`there is no item ${JSON.stringify(id)}`,
		'cockpit checklist show lists them with their ids.',
		'usage',
	);
};

/** What is looked at on production is signed there, about what is live there. Throws DeployError `usage`. */
const requirePlace = ({tier, title}: Environment, {item, phase}: PhasedItem): void => {
	if (phase === 'before-production' || tier === 'production') return;
	throw notSigned(
		`${item.title} is looked at on production, not on ${title}`,
		'Name production with --env.',
		'usage',
	);
};

/** What signing needs. */
export type SigningServices = Pick<
	AppServices,
	'sessions' | 'ledgers' | 'actorFor' | 'policy' | 'signatures' | 'secrets'
>;

/** Where a checklist stands, and who signs on it. Throws DeployError `blocked` where its ledger takes no evidence. */
const openToSign = async (
	services: SigningServices,
	{environment, checklists}: ChecklistOf,
	{item, phase}: PhasedItem,
) => {
	requirePlace(environment, {item, phase});
	const [{ledger, items}, actor] = await Promise.all([
		readChecklist(services, {environment, checklists, phase}),
		services.actorFor(primaryHost(environment)),
	]);
	requireTrusted(environment, ledger);
	return {ledger, items, actor};
};

/**
 * With `identity: signed` a word without a signature would not count. Throws DeployError `blocked` when there can be
 * none.
 */
export const ownSignature = async (
	{signatures}: Pick<AppServices, 'signatures'>,
	environment: Environment,
	{type, actor, data}: Readonly<Record<string, unknown>>,
): Promise<string> => {
	const {identityFile} = primaryHost(environment);
	const signature =
		identityFile === undefined ? undefined : await signatures.sign(signedText({type, actor, data}), identityFile);
	if (signature !== undefined) return signature;
	throw notSigned(
		identityFile === undefined
			? `${environment.name} asks for signatures (identity: signed) and its host names no identityFile to sign with`
			: `${environment.name} asks for signatures (identity: signed) and ${identityFile} could not sign`,
		'Add the key to your agent with ssh-add, then try again.',
	);
};

/** Appends one entry to the ledger of an environment. Throws DeployError as `Session.exec`, `step-failed`. */
export const appendSignOff = async (
	services: Pick<AppServices, 'sessions' | 'signatures'>,
	environment: Environment,
	entry: Readonly<Record<string, unknown>>,
	{signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<void> => {
	const signs = environment.identity === 'signed' && entry['signature'] === undefined;
	const whole = signs ? {...entry, signature: await ownSignature(services, environment, entry)} : entry;
	const command = appendLedger(environment.stateDirectory, whole, {
		name: {project: environment.project, environment: environment.name},
	});
	const {code, stderr} = await execOn(services, environment, command, {signal});
	if (code === 0) return;
	throw stepFailed({
		what: `Nothing could be recorded on ${environment.title}`,
		why: stderr.trim() || `its ledger can't be written (exit ${code})`,
		now: 'Nothing was recorded.',
		next: `Look at the disk and the rights of ${environment.stateDirectory} on ${primaryHost(environment).name}.`,
	});
};

/** Refuses a result that says too little, or that would silently replace a worse one. */
export const requireCountable = ({item, state, signOff}: ItemState, finding: Finding): void => {
	const {result, value, note, retest, probe} = finding;
	const byProbe = item.probe && refuseBeside(probe, result);
	if (byProbe !== undefined)
		throw notSigned(
			`${item.title}: ${byProbe}`,
			'Put it right and ask again, or record what you see: failed or unclear.',
		);
	const refusal = refuseResult(item, {result, value, note});
	if (refusal !== undefined) throw notSigned(`${item.title}: ${refusal}`, `How to look: ${item.how}`);
	if ((state === 'failed' || state === 'unclear') && result !== state && !retest)
		throw notSigned(
			`${item.title} is ${state}${signOff ? ` by ${signOff.actor.name}` : ''}: a worse result stands until it is tested again`,
			'Test it again and say so: --retest.',
		);
};

/**
 * Records a result for the builds that are live now, and answers with the entry as it will be read. What the finder saw
 * is named in it, so that what somebody else found meanwhile stands. Throws DeployError `blocked` for a result that
 * does not count, `usage` for an unknown item. Source: design, "Words", checklist.
 */
export const signItem = async (
	services: SigningServices,
	options: ChecklistOf & {
		readonly finding: Finding;
		/** The state the finder looked at; absent: as it is now. */
		readonly seen?: ItemState;
		/** What was live when the finder looked: a result is never recorded for a build nobody looked at. */
		readonly seenBuilds?: PairDigests;
	},
): Promise<void> => {
	const {environment, checklists, finding, seen, seenBuilds} = options;
	const named = itemNamed(checklists, finding.item);
	const {item} = named;
	const {ledger, items, actor} = await openToSign(services, options, named);
	const state = seen ?? items.find(one => one.item.id === item.id);
	if (!state) throw new TypeError(`item ${item.id} has no state`);
	requireCountable(state, finding);
	const builds = boundTo(liveReleases(environment, ledger.entries), named.phase);
	if (Object.keys(builds).length === 0)
		throw notSigned(
			`which build runs on ${environment.title} is not recorded`,
			`Deploy to ${environment.title} first: a result is about a build.`,
		);
	if (seenBuilds && !sameBuilds(item.scope, seenBuilds, builds, appsOf(environment)))
		throw notSigned(
			`${item.title}: another build runs on ${environment.title} than the one you looked at`,
			'Look again at the build that runs now.',
		);
	const kept = keptFinding(services, environment, finding);
	const entry = signEntry({actor, item, finding: kept, builds, checklists, supersedes: state.standing});
	await appendSignOff(services, environment, entry);
};

/** A finding as it may be signed: without secrets in its finder's own words. */
export const keptFinding = (
	services: Pick<AppServices, 'secrets'>,
	environment: Environment,
	{value, note, ...finding}: Finding,
): Finding => ({
	...finding,
	...(value === undefined ? {} : {value: ownWords(services, environment, value)}),
	...(note === undefined ? {} : {note: ownWords(services, environment, note)}),
});

/** What is appended for a finding. */
export const signEntry = ({
	actor,
	item,
	finding: {id, result, value, note, probe},
	builds,
	checklists,
	supersedes,
}: {
	readonly actor: Actor;
	readonly item: ChecklistItem;
	readonly finding: Finding;
	readonly builds: Readonly<Record<string, string>>;
	readonly checklists: Checklists;
	readonly supersedes: readonly number[];
}) => ({
	type: 'checklist.signed',
	actor,
	data: {
		item: item.id,
		title: item.title,
		...(id === undefined ? {} : {id}),
		result,
		by: 'person',
		...(value === undefined || value === '' ? {} : {value}),
		...(note === undefined || note === '' ? {} : {note}),
		...(probe === undefined || !item.probe ? {} : {probe: probeRecord(probe)}),
		builds,
		itemDigest: item.digest,
		checklistDigest: checklists.digest,
		supersedes,
	},
});

/** A ledger that can't be relied on takes no evidence. Throws DeployError `blocked`. */
export const requireTrusted = ({title, name}: Environment, {fault}: LedgerReading): void => {
	if (fault === undefined) return;
	throw notSigned(
		`the ledger of ${title} ${fault}`,
		`cockpit ledger verify --env ${name} says more; cockpit ledger adopt --env ${name} begins it anew.`,
	);
};

/**
 * Takes back one's own last result on an item: what stood before it stands again. Throws DeployError `blocked` when
 * there is none of one's own.
 */
export const undoSignOff = async (
	services: SigningServices,
	options: ChecklistOf & {
		readonly item: string;
		/** As of `Finding`. */
		readonly id?: string;
	},
): Promise<void> => {
	const {environment, checklists, id} = options;
	const named = itemNamed(checklists, options.item);
	const {item} = named;
	const {items, actor} = await openToSign(services, options, named);
	const state = items.find(one => one.item.id === item.id);
	const mine = state?.history.find(
		({seq, actor: by}) => state.standing.includes(seq) && by.name === actor.name && by.key === actor.key,
	);
	if (!mine)
		throw notSigned(
			`nothing of yours stands on ${item.title}`,
			'Only what you signed yourself can be taken back; a retest replaces the rest.',
		);
	await appendSignOff(services, environment, {
		type: 'checklist.undone',
		actor,
		data: {
			item: item.id,
			title: item.title,
			...(id === undefined ? {} : {id}),
			builds: mine.builds,
			itemDigest: mine.itemDigest,
			supersedes: [mine.seq],
		},
	});
};
