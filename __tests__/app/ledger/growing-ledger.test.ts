import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
import {tellLedger} from '../../../src/app/ledger/ledger-lines.ts';
import {readChain} from '../../../src/domain/ledger/ledger.ts';
import type {LedgerMemory} from '../../../src/domain/ports.ts';
import {ledgerText, opened, type Said} from '../../support/ledger.ts';
import {ledgerHost} from '../../control/checklist/checklist-host.ts';
import {environment} from '../../control/fake-services.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const builds = {backend: 'b1'.repeat(32)};
const said: readonly Said[] = [
	{type: 'deploy.started', data: {app: 'backend', run: 'r1'}},
	{
		type: 'checklist.signed',
		actor: {name: 'Asha', machine: 'm'},
		data: {item: 'a', result: 'passed', builds, itemDigest: 'd'},
	},
	{type: 'deploy.finished', data: {app: 'backend', run: 'r1', release: '20260210T055000Z-7f3a9c2'}},
	{type: 'set-env.started', data: {app: 'backend', run: 'r2', key: 'MAIL_HOST'}},
	{type: 'env.set', data: {app: 'backend', run: 'r2', key: 'MAIL_HOST'}},
	{type: 'somebody.elses', data: {}},
	{type: 'set-env.finished', data: {app: 'backend', run: 'r2', key: 'MAIL_HOST'}},
	{type: 'environment.held', data: {apps: ['backend'], minutes: 90, reason: 'a test'}},
];

test('ledger lines: a ledger that grows is told as if it were told anew, whose ever it is', () => {
	const all = readChain(ledgerText([opened(), ...said]), sha256).entries;
	for (let length = 1; length <= all.length; length += 1)
		for (const name of ['preprod', 'production']) {
			const grown = tellLedger(name, all.slice(0, length));
			const anew = tellLedger(name, structuredClone(all.slice(0, length)));
			expect(grown).toEqual(anew);
			expect(grown.every(line => line.environment === name)).toBe(true);
		}
});

test('ledger book: what is remembered of a ledger is read from the disk once, and its head each time', async () => {
	const host = ledgerHost(said);
	let kept: LedgerMemory = {text: '', highest: undefined};
	const asked = {text: 0, highest: 0};
	const book = createLedgerBook(host.sessions, {
		read: () => ({
			get text() {
				asked.text += 1;
				return kept.text;
			},
			get highest() {
				asked.highest += 1;
				return kept.highest;
			},
		}),
		write: (_, memory) => void (kept = memory),
	});
	for (let round = 0; round < 5; round += 1) await book.read(environment);
	expect(asked).toEqual({text: 1, highest: 5});
	expect((await book.read(environment)).entries).toHaveLength(said.length + 1);
});
