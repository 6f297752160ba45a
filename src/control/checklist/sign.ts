import type {Finding} from '../../app/checklist/sign-off.ts';
import {refuseResult, type ItemState, type Result} from '../../domain/checklist/sign-off.ts';
import {selectItem, type ChecklistAsk} from '../../store/checklist/checklist.ts';
import {signByProbe} from './probe.ts';
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
	const isRetest = isRetestOf(aim.seen, result);
	if (isRetest && signOff && result !== 'failed') askBeforeSigning({...aim, isRetest, kind: 'retest', result});
	else ask(signing, result, {...aim, isRetest});
};

/** Asks for what the result needs; a tick needs nothing. */
const ask = (
	signing: Signing,
	result: Result,
	{item, seen, seenBuilds, isRetest}: Aim & {readonly isRetest: boolean},
): void => {
	const {askBeforeSigning} = signing.store.getState();
	const common = {item, seen, seenBuilds, isRetest};
	if (result !== 'passed') return askBeforeSigning({...common, kind: 'note', result, typed: ''});
	const value = {...common, kind: 'value', result, typed: ''} as const;
	if (seen.item.answer.kind === 'tick') record(signing, value, {item, result});
	else askBeforeSigning(value);
};

/** Takes what was typed as the answer, or that the item was looked at again. */
export const answer = (signing: Signing): void => {
	const {checklistAsk: asked, closeAsk, say} = signing.store.getState();
	if (!asked) return;
	if (asked.kind === 'retest') {
		closeAsk();
		if (asked.result === 'probe') void signByProbe(signing, asked);
		else ask(signing, asked.result, asked);
		return;
	}
	const {item, seen, result, typed, kind} = asked;
	const said = kind === 'value' ? {value: valueOf(seen, typed)} : {note: typed.trim()};
	const refusal = refuseResult(seen.item, {result, ...said});
	if (refusal === undefined) record(signing, asked, {item, result, ...said});
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
