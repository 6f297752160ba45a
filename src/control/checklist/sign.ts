import type {Finding} from '../../app/checklist/sign-off.ts';
import type {ChecklistItem} from '../../domain/checklist/checklist.ts';
import {filledValue, refuseBeside} from '../../domain/checklist/observation.ts';
import {refuseResult, type ItemState, type Result} from '../../domain/checklist/sign-off.ts';
import {probeOf, selectItem, type ChecklistAsk} from '../../store/checklist/checklist.ts';
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
	const refusal = refuseByProbe(store.getState(), item, result);
	if (refusal !== undefined) return say('attention', `Not signed: ${refusal}.`);
	const isRetest = isRetestOf(aim.seen, result);
	if (isRetest && signOff && result !== 'failed') askBeforeSigning({...aim, isRetest, kind: 'retest', result});
	else ask(signing, result, {...aim, isRetest});
};

/** Why what the probe of an item saw forbids a result; undefined when it does not. */
const refuseByProbe = (state: CockpitState, item: ChecklistItem, result: Result): string | undefined => {
	if (!item.probe) return undefined;
	const known = probeOf(state, item);
	if (result === 'passed' && known?.isAsking) return 'its probe is being asked, wait for what it sees';
	const refusal = refuseBeside(known?.observation, result);
	return refusal === undefined ? undefined : `${refusal}; r asks again, f and i record it`;
};

/** What a result is signed with: what the probe saw, and the value that follows from it. */
const besideOf = (state: CockpitState, item: ChecklistItem, result: Result): Pick<Finding, 'probe' | 'value'> => {
	const probe = item.probe && probeOf(state, item)?.observation;
	if (!probe || result === 'not-applicable') return {};
	const value = filledValue(item, probe);
	return {probe, ...(value === undefined ? {} : {value})};
};

/** Asks for what the result needs; a tick, and what its probe has measured, need nothing. */
const ask = (
	signing: Signing,
	result: Result,
	{item, seen, seenBuilds, isRetest}: Aim & {readonly isRetest: boolean},
): void => {
	const state = signing.store.getState();
	const {askBeforeSigning} = state;
	const beside = besideOf(state, seen.item, result);
	const common = {item, seen, seenBuilds, isRetest, probe: beside.probe};
	if (result !== 'passed') {
		const isFilled = result === 'failed' && beside.probe?.outcome === 'failed';
		const typed = isFilled ? `the probe saw ${beside.probe.text}` : '';
		return askBeforeSigning({...common, kind: 'note', result, typed});
	}
	const value = {...common, kind: 'value', result, typed: beside.value ?? ''} as const;
	if (seen.item.answer.kind === 'tick' || beside.value !== undefined)
		record(signing, value, {item, result, ...beside});
	else askBeforeSigning(value);
};

/** Takes what was typed as the answer, or that the item was looked at again. */
export const answer = (signing: Signing): void => {
	const {checklistAsk: asked, closeAsk, say} = signing.store.getState();
	if (!asked) return;
	if (asked.kind === 'retest') {
		closeAsk();
		return ask(signing, asked.result, asked);
	}
	const {item, seen, result, typed, kind, probe} = asked;
	const filled = probe && kind === 'note' ? filledValue(seen.item, probe) : undefined;
	const said = kind === 'value' ? {value: valueOf(seen, typed)} : {note: typed.trim(), value: filled};
	const refusal = refuseResult(seen.item, {result, ...said});
	if (refusal === undefined) record(signing, asked, {item, result, ...said, probe});
	else say('attention', `Not recorded as ${words[result]}: ${refusal}.`);
};

/** Records an answer and goes on to the next open item. */
const record = (signing: Signing, asked: ChecklistAsk, finding: Finding): void => {
	const {services, store, answered, onFault} = signing;
	const {item, isRetest} = asked;
	answered.add(item, services.clock.now());
	const pending = begin(signing, {item, what: 'recording', result: finding.result});
	store.getState().goOnFrom(item);
	appendFinding(signing, pending, isRetest ? {...finding, retest: true} : finding, asked).catch(onFault);
};

/** What was typed; of a choice its number stands for it. */
const valueOf = ({item: {answer}}: ItemState, typed: string): string => {
	const said = typed.trim();
	return answer.kind === 'choice' && /^\d+$/.test(said) ? (answer.options[Number(said) - 1] ?? said) : said;
};
