import {hasSecret, hiddenWords} from '../../app/own-words.ts';
import {signItem, type Finding} from '../../app/checklist/sign-off.ts';
import type {ItemState, Result} from '../../domain/checklist/sign-off.ts';
import {
	refuseSigning,
	selectItemStates,
	selectLiveBuilds,
	type ChecklistAsk,
	type PendingSignOff,
} from '../../store/checklist/checklist.ts';
import type {AnsweredHere} from './answered-here.ts';
import {isSilence, tellUnrecorded, type ChecklistContext} from './checklist-context.ts';
import type {createItemProbing} from './item-probing.ts';
import type {LateAnswers} from './late-answers.ts';

/** What signing, probing and taking back share. */
export type Signing = ChecklistContext & {
	readonly answered: AnsweredHere;
	/** Absent: what can't be recorded at once is refused. */
	readonly late: LateAnswers | undefined;
	/** Asks the probe of an item now. */
	readonly see: ReturnType<typeof createItemProbing>['see'];
	/** Reads the ledger now. */
	readonly lookAgain: () => void;
	/** Leaves the head of the ledger on its neighbours, once something was recorded. */
	readonly leaveHead: () => void;
};

/** What is about to be answered, as the person sees it now. */
export type Aim = Pick<ChecklistAsk, 'item' | 'seen' | 'seenBuilds'>;

export const stateOf = ({store}: Signing, item: string): ItemState | undefined =>
	selectItemStates(store.getState()).find(one => one.item.id === item);

/** Takes aim at an item; says why when it can't be signed. */
export const aimAt = (signing: Signing, item: string): Aim | undefined => {
	const state = signing.store.getState();
	const seen = stateOf(signing, item);
	const refusal = refuseSigning(state, seen);
	if (refusal === undefined && seen) return {item, seen, seenBuilds: selectLiveBuilds(state)};
	state.say('attention', `Not signed: ${refusal ?? 'no such item'}.`);
	return undefined;
};

/** Whether a result replaces a failed or unclear one. */
export const isRetestOf = ({state}: ItemState, result: Result): boolean =>
	(state === 'failed' || state === 'unclear') && result !== state;

/** Shows that something about an item is under way, until the ledger has it. */
export const begin = (
	{services: {clock, nonce}, store}: Signing,
	what: Pick<PendingSignOff, 'item' | 'what' | 'result'>,
): PendingSignOff => {
	const now = clock.now();
	const pending = {...what, id: `${now.toString(36)}${nonce()}${nonce()}`, since: now};
	store.getState().beginSignOff(pending);
	return pending;
};

/** Appends a finding; until the ledger is read with it in, it shows as being recorded. */
export const appendFinding = async (
	signing: Signing,
	{id}: PendingSignOff,
	found: Finding,
	{seen, seenBuilds}: Aim,
): Promise<void> => {
	const {services, environment, checklists, store, late, lookAgain} = signing;
	const finding = {...found, id};
	try {
		await signItem(services, {environment, checklists, finding, seen, seenBuilds});
		signing.leaveHead();
		if (hasSecret(services, environment, `${found.value ?? ''}\n${found.note ?? ''}`))
			store.getState().say('attention', hiddenWords);
	} catch (error) {
		const isKept = isSilence(error) && (await late?.keep(finding, {seen, seenBuilds})) === true;
		store.getState().endSignOff(id);
		if (!isKept) tellUnrecorded(signing, `${seen.item.title} is not signed`, error);
	} finally {
		lookAgain();
	}
};
