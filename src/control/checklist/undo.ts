import {undoSignOff} from '../../app/checklist/sign-off.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import {refuseChange, selectOwn, waitingOn} from '../../store/checklist/checklist.ts';
import {tellUnrecorded} from './checklist-context.ts';
import {begin, stateOf, type Signing} from './signing.ts';

/**
 * Takes back one's own last result on an item, or what waits to be sent of it; leads to the last one answered here when
 * there is none.
 */
export const undo = (signing: Signing, id: string): void => {
	const {store, late, answered, onFault} = signing;
	const state = store.getState();
	const one = stateOf(signing, id);
	if (!one) return;
	const refusal = refuseChange(state, one);
	if (refusal !== undefined) return state.say('attention', `Not taken back: ${refusal}.`);
	const waiting = waitingOn(state, id);
	if (waiting && late) return late.drop(waiting.id, one.item.title);
	if (selectOwn(state, one)) return void takeBack(signing, one).catch(onFault);
	const last = answered.lastBefore(id);
	const back = last === undefined ? undefined : stateOf(signing, last);
	if (!back) return state.say('attention', `Nothing of yours stands on ${one.item.title}.`);
	// What is highlighted is what a key acts on: the first press only leads there.
	state.pointAt('checklist', back.item.id);
	state.say('attention', `Nothing of yours stands there. u again takes back your answer on ${back.item.title}.`);
};

const takeBack = async (signing: Signing, {item}: ItemState): Promise<void> => {
	const {services, environment, checklists, store, answered, lookAgain} = signing;
	const {id} = begin(signing, {item: item.id, what: 'undoing', result: undefined});
	try {
		await undoSignOff(services, {environment, checklists, item: item.id, id});
		signing.leaveHead();
		answered.remove(item.id);
	} catch (error) {
		store.getState().endSignOff(id);
		tellUnrecorded(signing, `${item.title} is not taken back`, error);
	} finally {
		lookAgain();
	}
};
