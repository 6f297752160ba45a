import {runItemProbe} from '../../app/checklist/item-probes.ts';
import type {Finding} from '../../app/checklist/sign-off.ts';
import {refuseResult} from '../../domain/checklist/sign-off.ts';
import type {ProbeResult} from '../../domain/gates/gates.ts';
import type {PendingSignOff} from '../../store/checklist/checklist.ts';
import {aimAt, appendFinding, begin, isRetestOf, type Aim, type Signing} from './signing.ts';

/** Runs the probe of an item, or asks first where it would replace what a person found. */
export const probe = (signing: Signing, id: string): void => {
	const {say, askBeforeSigning} = signing.store.getState();
	const aim = aimAt(signing, id);
	if (!aim) return;
	const {item, state, signOff} = aim.seen;
	if (!item.probe) return say('attention', `${item.title} has no probe: it takes a person.`);
	const isPersons = (state === 'failed' || state === 'unclear') && signOff?.by === 'person';
	if (isPersons) askBeforeSigning({...aim, isRetest: true, kind: 'retest', result: 'probe'});
	else void signByProbe(signing, aim);
};

/** Runs the probe of an item and records what it saw. Never rejects. */
export const signByProbe = async (signing: Signing, aim: Aim): Promise<void> => {
	const {services, environment, store, ending, onFault} = signing;
	const {item} = aim.seen;
	if (!item.probe) return;
	const pending = begin(signing, {item: item.id, what: 'probing', result: undefined});
	const {endSignOff} = store.getState();
	try {
		const found = await runItemProbe(services, environment, {...item, probe: item.probe}, ending);
		endSignOff(pending.id);
		if (!ending.aborted) await record(signing, aim, {pending, found});
	} catch (error) {
		endSignOff(pending.id);
		onFault(error);
	}
};

/** Records what a probe found, unless it takes words to say it. */
const record = async (
	signing: Signing,
	aim: Aim,
	{pending, found}: {readonly pending: PendingSignOff; readonly found: ProbeResult},
): Promise<void> => {
	const {say, beginSignOff} = signing.store.getState();
	const {item} = aim.seen;
	const {outcome, text} = found;
	const finding = findingOf(found);
	const refusal = refuseResult(item, finding);
	if (refusal !== undefined)
		return say('attention', `The probe saw ${text}. ${item.title}: ${refusal}; write it down with p.`);
	const recording = {...pending, what: 'recording', result: outcome} as const;
	beginSignOff(recording);
	await appendFinding(signing, recording, isRetestOf(aim.seen, outcome) ? {...finding, retest: true} : finding, aim);
	say(outcome === 'passed' ? 'success' : 'attention', `${item.title}: ${outcome}, ${text}`);
};

/** What a probe found, as a person would have said it. */
const findingOf = ({item, outcome, text}: ProbeResult): Finding => ({
	item,
	result: outcome,
	by: 'probe',
	value: text,
	...(outcome === 'passed' ? {} : {note: `the probe saw: ${text}`}),
});
