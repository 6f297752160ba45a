import {countItems, type ItemState} from '../checklist/sign-off.ts';
import {ledgerFault, type GateFacts} from './facts.ts';
import {listed, verdictsOf, type Gate} from './gate.ts';
import type {GatePolicy} from './terms.ts';

const is = verdictsOf('checklist');

/** Whether everything on the checklist was tested for this build, and nothing failed. */
export const checklistGate = (facts: GateFacts, {emergency}: GatePolicy): Gate => {
	const {items} = facts;
	const broken = ledgerFault(facts);
	if (broken !== undefined) return is.unknown(broken);
	if ('unknown' in items) return is.unknown(items.unknown);
	const counts = countItems(items.value);
	if (counts.all === 0) return is.unknown('checklists/ lists no items for this app');
	const sum = `${counts.met} of ${counts.all}`;
	const named = (state: ItemState['state']): string =>
		listed(
			items.value.filter(one => one.state === state).map(({item}) => item.title),
			2,
		);
	if (counts.failed > 0)
		return is.failed(`${sum}, ${counts.failed} failed: ${named('failed')}`, 'put it right and test it again');
	if (emergency !== undefined) return is.met(`${sum}, none failed; the rest is waived in an emergency`);
	if (counts.unclear > 0)
		return is.open(`${sum}, ${counts.unclear} unclear: ${named('unclear')}`, 'find out, and sign it again');
	if (counts.open > 0) return is.open(`${sum}, ${counts.open} open: ${named('open')}`, 'test and sign what is open');
	return is.met(`${sum}${counts.carried > 0 ? `, ${counts.carried} carried over` : ''}`);
};
