import {expect, test} from 'vitest';
import {trustedBy} from '../../../src/app/ledger/trusted.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import type {SignaturePort} from '../../../src/domain/ports.ts';
import {noSignatures} from '../../support/ledger.ts';
import {environmentsAt} from '../gates/evidence.ts';

const places = {configuration: '/', owner: 'o', live: String, state: String};
const {from} = environmentsAt(places, {from: {identity: 'signed'}});

const entry: LedgerEntry = {
	seq: 7,
	at: 0,
	type: 'build.approved',
	actor: {name: 'Asha', machine: 'mac'},
	data: {},
	hash: '',
	signature: 's',
};

/** Looks at an entry of its own so often; `verdicts` are what each check finds. */
const looks = async (hash: string, verdicts: readonly (() => Promise<boolean | undefined>)[], times: number) => {
	const left = [...verdicts];
	const verify: SignaturePort['verify'] = () =>
		left.shift()?.() ?? Promise.reject(new Error('checked once too often'));
	const found: unknown[] = [];
	for (let look = 0; look < times; look++)
		found.push(
			await trustedBy(
				{signatures: {...noSignatures, verify}},
				[from],
				[{...entry, hash}],
				async () => 'signers',
			).then(isTrusted => isTrusted(7), String),
		);
	return found;
};

const says = (verdict: boolean | undefined) => () => Promise.resolve(verdict);

test('trust: a check that failed or did not end is not trusted now, and is made again', async () => {
	const full = () => Promise.reject(new Error('no space left on device'));

	expect(await looks('a', [says(undefined), full, says(true)], 4)).toEqual([
		false,
		'Error: no space left on device',
		true,
		true,
	]);
});

test('trust: a verdict is kept, good or bad', async () => {
	expect(await looks('b', [says(true)], 3)).toEqual([true, true, true]);
	expect(await looks('c', [says(false)], 3)).toEqual([false, false, false]);
});

test('trust: what was seen of health is checked where a soak goes by it, three soaks back', async () => {
	const hour = 3_600_000;
	const entries = [0, 10, 100].map((hours, index): LedgerEntry => ({
		...entry,
		seq: index + 1,
		at: hours * hour,
		type: 'health.observed',
		hash: `h${hours}`,
	}));
	const trusted = async (soak: 'optional' | 'required'): Promise<readonly boolean[]> => {
		const isTrusted = await trustedBy(
			{signatures: {...noSignatures, verify: async () => true}},
			[{...from, soakHours: 31, soak: {samples: soak}}],
			entries,
			async () => 'signers',
		);
		return entries.map(({seq}) => isTrusted(seq));
	};

	expect(await trusted('required')).toEqual([false, true, true]);
	expect(await trusted('optional')).toEqual([false, false, false]);
});
