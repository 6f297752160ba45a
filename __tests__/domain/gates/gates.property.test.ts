import {expect, test} from 'vitest';
import type {Verdict} from '../../../src/domain/gates/gates.ts';
import {expected, expectedSlot} from '../oracle/gate-oracle.ts';
import {faultOf, judge} from '../oracle/judge.ts';
import {baseSeed, randomFrom, seedOf, times} from '../oracle/random.ts';
import {someSituation} from '../oracle/random-situation.ts';
import type {Situation} from '../oracle/situation.ts';

/** What product and oracle say, in a form that can be compared. The slot takes the oracle long: it is asked for seldom. */
const bothOf = (situation: Situation, withSlot: boolean) => {
	const {verdict, gates, nextSlot} = judge(situation);
	const named = (state: 'met' | 'failed'): readonly string[] =>
		gates.filter(gate => gate.state === state).map(({gate}) => gate);
	const wanted = expected(situation);
	return {
		product: {
			verdict,
			met: named('met').toSorted(),
			failed: named('failed').toSorted(),
			slot: withSlot ? nextSlot : 0,
		},
		oracle: {
			verdict: wanted.verdict,
			met: wanted.met.toSorted(),
			failed: wanted.failed.toSorted(),
			slot: withSlot ? expectedSlot(situation) : 0,
		},
	};
};

const differ = (situation: Situation, withSlot: boolean): boolean => {
	const {product, oracle} = bothOf(situation, withSlot);
	return JSON.stringify(product) !== JSON.stringify(oracle);
};

/** Leaves out entries and items as long as the two still differ. Numbers stay: sign-offs name them. */
const shrunk = (situation: Situation, withSlot: boolean): Situation => {
	const lesser = [
		...situation.entries.map(entry => ({...situation, entries: situation.entries.filter(one => one !== entry)})),
		...situation.set.map(item => ({...situation, set: situation.set.filter(one => one !== item)})),
	];
	const least = lesser.find(less => differ(less, withSlot));
	return least ? shrunk(least, withSlot) : situation;
};

const check = (situation: Situation, name: string, withSlot: boolean): Verdict => {
	const {product, oracle} = bothOf(situation, withSlot);
	if (JSON.stringify(product) === JSON.stringify(oracle)) return product.verdict;
	const least = situation.tampering ? situation : shrunk(situation, withSlot);
	const shown = JSON.stringify({...bothOf(least, withSlot), least}, undefined, 1);
	expect(product, `${name}; at its least:\n${shown}`).toEqual(oracle);
	throw new Error(`${name}: product and oracle differ in a way that toEqual does not see`);
};

const parts = 10;
const perPart = times(2000);
const found: Record<Verdict, number> = {GO: 0, HOLD: 0, 'NO-GO': 0};

/** Soaks that count only what was seen, and those that something restarted. */
const soaks = {met: 0, waiting: 0, restarted: 0};

const count = (situation: Situation): void => {
	const soak = judge(situation).gates.find(({gate}) => gate === 'soak');
	if (soak?.text.includes('restarted')) soaks.restarted++;
	if (situation.soak.samples !== 'required' || !soak?.text.includes('seen healthy')) return;
	if (soak.state === 'met') soaks.met++;
	if (soak.state === 'waiting') soaks.waiting++;
};

test.each(Array.from({length: parts}, (_, part) => part))(
	'gates: histories of part %i get the verdict of a naive oracle, gate by gate',
	{timeout: 300_000},
	part => {
		for (let index = part * perPart; index < (part + 1) * perPart; index++) {
			const situation = someSituation(randomFrom(seedOf(index)));
			const name = `ORACLE_SEED=${baseSeed}, history ${index}`;
			// Without a window it is known at once.
			found[check(situation, name, index % 200 === 0 || !situation.calendar.window)]++;
			count(situation);
			if (index % 50 === 0)
				expect(faultOf(situation.entries, undefined), `${name}: its ledger as written`).toBe(undefined);
		}
	},
);

test('gates: the histories hold enough of every verdict to prove something', () => {
	const all = parts * perPart;

	expect(found.GO + found.HOLD + found['NO-GO']).toBe(all);
	expect(found.GO / all).toBeGreaterThan(0.05);
	expect(found['NO-GO'] / all).toBeGreaterThan(0.05);
	expect(found.HOLD / all).toBeGreaterThan(0.2);
	for (const [what, many] of Object.entries(soaks)) expect(many / all, what).toBeGreaterThan(0.02);
});
