import {expect, test} from 'vitest';
import {findRestoring} from '../../../src/app/env/restore-env.ts';
import {preprod} from '../../recipes/pipelines.ts';
import {ledgerEntry, ledgerReading} from '../../support/ledger.ts';

const first = '20260210T055341Z-backend-9b1d';
const second = '20260210T065341Z-backend-0c2e';
const changed = (seq: number, run: string, type = 'env.set', app = 'backend') =>
	ledgerEntry(seq, '2026-02-10T05:53:41Z', type, {data: {run, app, key: 'MAIL_HOST'}});

const find = (run: string, environment = preprod) => {
	const entries = [changed(1, first), changed(2, second, 'set-env.failed'), changed(3, 'r', 'env.set', 'frontend')];
	const ledgers = {read: async () => ledgerReading(entries), remembered: () => undefined};
	return findRestoring({ledgers}, {environment, run});
};

test('env restore: a run is known by the ledger, with its key and what came behind it; one that failed there, too', async () => {
	expect(await find(first)).toEqual({
		environment: preprod,
		app: 'backend',
		change: {key: 'MAIL_HOST', verb: 'restore', of: first},
		later: [second],
	});
	expect((await find(second)).later).toEqual([]);
});

test.each([
	['20260210T055341Z-backend-ffff', /knows of no value that run 20260210T055341Z-backend-ffff has changed/],
	['../../etc', /"..\/..\/etc" is no run/],
])('env restore: %s is refused before a host is asked', async (run, why) => {
	await expect(find(run)).rejects.toMatchObject({code: 'usage', why: expect.stringMatching(why) as string});
});

test('env restore: what has no hosts has no runs', async () => {
	await expect(find(first, {...preprod, title: 'Local', hosts: []})).rejects.toMatchObject({
		code: 'usage',
		why: expect.stringContaining('Local has no hosts') as string,
	});
});
