import {soakMs} from './soak-gate.ts';
import type {GatePolicy} from './terms.ts';
import {nextSlot, type Calendar, type Slot} from './window.ts';

/** When a build could go on that is first deployed again to the environment before. Epoch milliseconds. */
export type RedeploySlots = {
	/** Until when it has to be live there, healthy, for `slot`; undefined: any time will do. */
	readonly by: number | undefined;
	readonly slot: Slot;
	/** The slot after it, for whoever is later than `by`; undefined when none is in sight. */
	readonly later: Slot | undefined;
};

/** Windows of the environment before that are looked at for one and the same slot: a week has seven. */
const mostWindows = 14;

/**
 * The slot a new deploy to the environment before leads to, and until when that deploy has to be done. Its soak begins
 * anew; both windows, holidays and room for the usual duration count. Undefined when no slot is in sight. Source:
 * design, "Gates to production".
 */
export const redeploySlots = ({
	from,
	policy,
	now,
	usualMs,
}: {
	/** Of the environment before. */
	readonly from: Calendar;
	readonly policy: GatePolicy;
	readonly now: number;
	/** How long a run to the next environment usually takes. */
	readonly usualMs: number;
}): RedeploySlots | undefined => {
	const soakedMs = soakMs(policy);
	const after = (deployedAt: number): Slot | undefined => nextSlot(policy, deployedAt + soakedMs, usualMs);
	const first = nextSlot(from, now);
	const slot = first && after(first.from);
	if (!first || !slot) return undefined;
	if (slot.until === undefined) return {by: undefined, slot, later: undefined};
	const last = slot.until - usualMs - soakedMs;
	let window: Slot = first;
	for (let looked = 0; looked < mostWindows; looked++) {
		const by = Math.min(last, window.until ?? last);
		const next = nextSlot(from, by === last ? last + 1 : by);
		const later = next && after(next.from);
		if (!next || !later || later.until !== slot.until) return {by, slot, later};
		window = next;
	}
	return {by: window.until ?? last, slot, later: undefined};
};
