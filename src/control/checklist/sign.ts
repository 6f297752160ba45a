import type {Finding} from '../../app/checklist/sign-off.ts';
import type {ChecklistItem} from '../../domain/checklist/checklist.ts';
import {filledValue, refuseBeside, type Observation} from '../../domain/checklist/observation.ts';
import {refuseResult, type ItemState, type Result} from '../../domain/checklist/sign-off.ts';
import {probeOf, selectItem, type ChecklistAsk, type PendingSignOff} from '../../store/checklist/checklist.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {aimAt, appendFinding, begin, isRetestOf, type Aim, type Signing} from './signing.ts';

const words: Readonly<Record<Result, string>> = {
	passed: 'passed',
	failed: 'failed',
	unclear: 'unclear',
	'not-applicable': 'not applicable',
};

/** Records a result, or asks first for what it needs. */
export const sign = (signing: Signing, id: string, result: Result): void => {
	const {services, store, answered} = signing;
	const {say, askBeforeSigning} = store.getState();
	if (answered.comesTooSoon(services.clock.now()))
		return say('attention', `Not signed: read ${selectItem(store.getState())?.item.title ?? 'it'} first.`);
	const aim = aimAt(signing, id);
	if (!aim) return;
	const {item, signOff} = aim.seen;
	if (result === 'not-applicable' && !item.mayNotApply)
		return say('attention', `${item.title}: not applicable is no answer, it always applies.`);
	if (result === 'passed' && refuseAsking(signing, item)) return;
	const isRetest = isRetestOf(aim.seen, result);
	if (isRetest && signOff && result !== 'failed') askBeforeSigning({...aim, isRetest, kind: 'retest', result});
	else ask(signing, result, {...aim, isRetest});
};

/** Says that the probe of an item is being asked for something else; whether it is. */
const refuseAsking = ({store}: Signing, item: ChecklistItem): boolean => {
	const state = store.getState();
	const isAsking = item.probe !== undefined && probeOf(state, item)?.isAsking === true;
	if (isAsking) state.say('attention', 'Not signed: its probe is being asked, wait for what it sees.');
	return isAsking;
};

/** Asks for what the result needs; a tick, and what its probe measures, need nothing. */
const ask = (
	signing: Signing,
	result: Result,
	{item, seen, seenBuilds, isRetest}: Aim & {readonly isRetest: boolean},
): void => {
	const {askBeforeSigning} = signing.store.getState();
	const common = {item, seen, seenBuilds, isRetest};
	if (result !== 'passed') {
		askBeforeSigning({...common, kind: 'note', result, typed: ''});
		if (seen.item.probe && result !== 'not-applicable') fill(signing, seen.item).catch(signing.onFault);
		return;
	}
	const value = {...common, kind: 'value', result, typed: ''} as const;
	const {answer, probe} = seen.item;
	const isMeasured = probe && filledValue(seen.item, {text: '', tookMs: 0}) !== undefined;
	if (answer.kind === 'tick' || isMeasured) record(signing, value, {item, result});
	else askBeforeSigning(value);
};

/** While a person writes the note, the probe is asked for what the result is recorded with. */
const fill = async ({store, see}: Signing, item: ChecklistItem): Promise<void> => {
	const probe = await see(item);
	if (probe) store.getState().fillAsk(item.id, probe);
};

/** Takes what was typed as the answer, or that the item was looked at again. */
export const answer = (signing: Signing): void => {
	const {checklistAsk: asked, closeAsk, say} = signing.store.getState();
	if (!asked) return;
	if (asked.kind === 'retest') {
		closeAsk();
		return ask(signing, asked.result, asked);
	}
	const {item, seen, result, typed, kind} = asked;
	const said = kind === 'value' ? {value: valueOf(seen, typed)} : {note: typed.trim()};
	const refusal = refuseResult(seen.item, {result, ...said});
	if (refusal !== undefined) say('attention', `Not recorded as ${words[result]}: ${refusal}.`);
	else if (kind === 'note' || !refuseAsking(signing, seen.item)) record(signing, asked, {item, result, ...said});
};

/** Records an answer, beside what the probe of the item sees where it has one, and goes on to the next open item. */
const record = (signing: Signing, asked: ChecklistAsk, finding: Finding): void => {
	const {item, seen, probe} = asked;
	const {result} = finding;
	const isBeside = seen.item.probe !== undefined && result !== 'not-applicable';
	const isToAsk = isBeside && !probe;
	const pending = begin(signing, {item, what: isToAsk ? 'probing' : 'recording', result});
	if (isToAsk) recordBeside(signing, pending, asked, finding).catch(signing.onFault);
	else {
		signing.store.getState().goOnFrom(item);
		append(signing, pending, asked, isBeside && probe ? besideOf(seen, probe, finding) : finding);
	}
};

/** A finding with what the probe saw, and with the value that follows from it where none was said. */
const besideOf = ({item}: ItemState, probe: Observation, finding: Finding): Finding => {
	const value = finding.value ?? filledValue(item, probe);
	return {...finding, probe, ...(value === undefined ? {} : {value})};
};

/** Asks the probe first: what it sees now is what is signed, or why nothing is. */
const recordBeside = async (
	signing: Signing,
	pending: PendingSignOff,
	asked: ChecklistAsk,
	finding: Finding,
): Promise<void> => {
	const {store, see, ending} = signing;
	const {seen} = asked;
	const {closeAsk, endSignOff, say} = store.getState();
	closeAsk();
	let probe: Observation | undefined;
	try {
		probe = await see(seen.item);
	} catch (error) {
		endSignOff(pending.id);
		throw error;
	}
	if (ending.aborted) return;
	const refusal = refuseBeside(probe, finding.result);
	if (refusal !== undefined) {
		say('attention', `${seen.item.title} is not signed: ${refusal}; f and i record it.`);
		return endSignOff(pending.id);
	}
	store.getState().beginSignOff({...pending, what: 'recording'});
	goOnIfThere(store.getState(), asked.item);
	append(signing, pending, asked, probe ? besideOf(seen, probe, finding) : finding);
};

/** Whoever went elsewhere while the probe was asked is left there. */
const goOnIfThere = (state: CockpitState, item: string): void => {
	const isThere = selectItem(state)?.item.id === item && state.checklistAsk === undefined;
	if (isThere) state.goOnFrom(item);
};

const append = (signing: Signing, pending: PendingSignOff, asked: ChecklistAsk, finding: Finding): void => {
	const {services, answered, onFault} = signing;
	answered.add(asked.item, services.clock.now());
	appendFinding(signing, pending, asked.isRetest ? {...finding, retest: true} : finding, asked).catch(onFault);
};

/** What was typed; of a choice its number stands for it. */
const valueOf = ({item: {answer}}: ItemState, typed: string): string => {
	const said = typed.trim();
	return answer.kind === 'choice' && /^\d+$/.test(said) ? (answer.options[Number(said) - 1] ?? said) : said;
};
