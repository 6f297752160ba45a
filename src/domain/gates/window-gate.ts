import {clockTime} from '../format.ts';
import {skewOf, type GateFacts} from './facts.ts';
import {verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';
import {endsSoon, nextSlot, windowAt, type Calendar} from './window.ts';

const is = verdictsOf('window');

/** Whether a deploy may start now, and not while the clocks disagree. */
export const windowGate = (facts: GateFacts, policy: GatePolicy): Gate => {
	const skew = skewOf(facts);
	return skew === undefined ? windowOf(facts.to, policy, facts.usualMs) : is.unclear(skew, 'set the clocks');
};

const noSlotText = ({holidays}: Calendar): string =>
	holidays === undefined
		? 'there is no slot ahead: extend the window'
		: `there is no slot ahead: ${holidays.file} ends at ${holidays.covers.until}, extend it or the window`;

/** The same for an environment that nothing is promoted to. */
export const windowOf = (to: GateFacts['to'], policy: Calendar, usualMs: number): Gate => {
	if ('unknown' in to.now) return is.unknown(to.now.unknown);
	if (to.clockFault !== undefined) return is.unclear(to.clockFault, 'set its clock');
	const now = to.now.value;
	const state = windowAt(policy, now);
	const soon = endsSoon(policy, now);
	const ending = soon === undefined ? [] : [soon];
	if (state.isOpen)
		return is.met(
			[
				state.until === undefined ? 'none set' : `open until ${clockTime(state.until, policy.timeZone)}`,
				...ending,
			].join('; '),
		);
	const slot = nextSlot(policy, now, usualMs);
	const why = [state.why, ...(state.why.includes(' ends ') ? [] : ending)].join('; ');
	return slot ? is.waiting(why, 'wait', slot.from) : is.waiting(why, noSlotText(policy));
};
