import {expect, test} from 'vitest';
import {livePairs, liveRelease} from '../../../src/domain/releases/live-releases.ts';
import {itemState, itemStates, sameBuilds, signOffIn, signOffsIn} from '../../../src/domain/checklist/sign-off.ts';
import {liveByLedger, standingOf} from '../oracle/gate-oracle.ts';
import {contextOf} from '../oracle/judge.ts';
import {baseSeed, randomFrom, seedOf, times} from '../oracle/random.ts';
import {someQuarrel} from '../oracle/random-ledger.ts';

type Quarrel = ReturnType<typeof someQuarrel>;

const liveOf = ({entries, app}: Quarrel) => {
	const live = liveRelease(entries, app);
	const wanted = liveByLedger(entries, app);
	return {
		product: live && [
			live.release,
			live.build?.digest ?? '',
			live.build?.commit ?? '',
			live.since,
			live.isHealthy,
			live.seq,
		],
		oracle: wanted && [wanted.release, wanted.digest, wanted.commit, wanted.since, wanted.isHealthy, wanted.seq],
	};
};

const statesOf = (quarrel: Quarrel) => {
	const signOffs = signOffsIn(quarrel.entries);
	const context = contextOf(quarrel);
	return {
		product: itemStates(quarrel.set, signOffs, context).map(({item, state, standing}) => ({
			item: item.id,
			state,
			standing: standing.toSorted((a, b) => a - b),
		})),
		oracle: quarrel.set.map(item => ({item: item.id, ...standingOf(item, quarrel)})),
	};
};

/** Items found by an index, beside each held against all there is; and the pair behind the last entry beside each app. */
const indexed = (quarrel: Quarrel) => {
	const {entries, set} = quarrel;
	const context = contextOf(quarrel);
	const last = livePairs(entries).get(entries.at(-1)?.seq ?? 0);
	const [backend, frontend] = [liveRelease(entries, 'backend'), liveRelease(entries, 'frontend')];
	return {
		product: [itemStates(set, signOffsIn(entries), context), last],
		oracle: [
			set.map(item =>
				itemState(
					item,
					entries.flatMap(entry => signOffIn(entry) ?? []),
					context,
				),
			),
			backend && frontend && {backend, frontend},
		],
	};
};

/** What the docstring of `standing` promises: who names all of it, and passes what may pass, has passed the item. */
const retested = ({entries, set, ...quarrel}: Quarrel): readonly string[] => {
	const context = contextOf({entries, ...quarrel});
	const signOffs = entries.flatMap(entry => signOffIn(entry) ?? []);
	return set
		.filter(
			({scope, answer}) => answer.kind === 'tick' && sameBuilds(scope, context.live, context.live, context.has),
		)
		.map(item => {
			const {standing} = itemState(item, signOffs, context);
			const retest = {
				seq: 10_000,
				at: 0,
				actor: {name: 'somebody', machine: 'else'},
				item: item.id,
				result: 'passed',
				by: 'person',
				builds: context.live,
				itemDigest: item.digest,
				supersedes: standing,
			} as const;
			return itemState(item, [...signOffs, retest], context).state;
		});
};

const parts = 5;
const perPart = times(14_000);

test.each(Array.from({length: parts}, (_, part) => part))(
	'sign-offs: in histories of part %i items and live releases stand as a naive oracle says',
	{timeout: 300_000},
	part => {
		for (let index = part * perPart; index < (part + 1) * perPart; index++) {
			// Far from the histories of the gates.
			const quarrel = someQuarrel(randomFrom(seedOf(index + 10_000_000)));
			for (const {product, oracle} of [liveOf(quarrel), statesOf(quarrel), indexed(quarrel)]) {
				if (JSON.stringify(product) !== JSON.stringify(oracle)) {
					const shown = JSON.stringify(quarrel, undefined, 1);
					expect(product, `ORACLE_SEED=${baseSeed}, history ${index}:\n${shown}`).toEqual(oracle);
				}
			}
			if (index % 10 === 0)
				expect(new Set(['passed', ...retested(quarrel)]), `ORACLE_SEED=${baseSeed}, history ${index}`).toEqual(
					new Set(['passed']),
				);
		}
	},
);
