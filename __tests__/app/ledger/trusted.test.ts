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
