import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decideDeploy} from '../../../src/app/gates/gate.ts';
import {leaveHead} from '../../../src/app/ledger/leave-head.ts';
import {verifyLedger} from '../../../src/app/ledger/ledger-care.ts';
import {contradicts, readChain} from '../../../src/domain/ledger/ledger.ts';
import {witnessesIn} from '../../../src/domain/ledger/witness.ts';
import {ledgerText, opened, type Said} from '../../support/ledger.ts';
import {ago, build, checklists, deployed, now, otherBuild, ravi, sha256} from '../gates/evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';

const signed = (item: string): Said => ({
	type: 'checklist.signed',
	time: ago(1),
	actor: ravi,
	data: {
		item,
		result: 'failed',
		note: 'it broke',
		by: 'person',
		builds: {backend: build.digest},
		itemDigest: sha256(item),
	},
});

/** Two environments where something was signed on pre-prod, and its head left on production. */
const withHeadLeft = async (): Promise<FakeHosts> => {
	const hosts = fakeHosts();
	hosts.writeLedger('preprod', [deployed(25), signed('one'), signed('two')]);
	expect(await leaveHead(hosts.services, hosts.from, hosts.environments)).toEqual([]);
	return hosts;
};

/** What a machine says that has seen neither ledger. */
const askedByStranger = async ({environments, to, stranger}: FakeHosts) => {
	const {report, evidence} = await decideDeploy(stranger, {
		environments,
		environment: to,
		app: 'backend',
		checklists,
	});
	return {
		checklist: report.gates.find(({gate}) => gate === 'checklist')?.text,
		ledgers: evidence?.facts.ledgers,
		facts: evidence?.facts,
	};
};

describe('a head that was left', () => {
	test('stands on the other ledger, once for as much as was signed', async () => {
		const hosts = await withHeadLeft();
		await leaveHead(hosts.services, hosts.from, hosts.environments);

		const left = hosts.entriesOf('production').filter(({type}) => type === 'ledger.witnessed');
		expect(left).toMatchObject([{actor: ravi, data: {witness: {environment: 'preprod', seq: 4, began: ''}}}]);
	});

	test.each([
		{how: 'cut', said: [deployed(25), signed('one')]},
		{how: 'written anew', said: [deployed(25), signed('one'), signed('shared'), signed('two')]},
	])('a ledger that was $how is noticed by a machine that has never seen it', async ({said}) => {
		const hosts = await withHeadLeft();
		hosts.writeLedger('preprod', said);
		const {checklist} = await askedByStranger(hosts);

		expect(checklist).toMatch(/^not known: the ledger of Pre-Prod .*entry \d of Production/);
	});

	test('what is appended later is no fault, and it is said who had seen how much', async () => {
		const hosts = await withHeadLeft();
		hosts.writeLedger('preprod', [deployed(25), signed('one'), signed('two'), signed('shared')]);
		const {checklist, ledgers} = await askedByStranger(hosts);

		expect(checklist).toMatch(/^0 of 3/);
		expect(ledgers).toMatchObject([
			{environment: 'preprod', entries: 5, seenBy: [{who: 'entry 3 of Production', seq: 4}]},
			{environment: 'production', seenBy: []},
		]);
	});

	test('a ledger of production that is missing, or was begun behind everybody, is noticed by what pre-prod has seen', async () => {
		const hosts = fakeHosts();
		await leaveHead(hosts.services, hosts.to, hosts.environments);
		hosts.writeLedger('production', []);
		const {facts} = await askedByStranger(hosts);

		expect(facts?.to.ledgerFault).toBe('went back from 2 to 1 entries: entry 3 of Pre-Prod has seen more');
	});

	test('where nobody has seen a ledger before, that is said, neither denied nor claimed', async () => {
		const hosts = fakeHosts();
		expect((await askedByStranger(hosts)).ledgers).toMatchObject([
			{environment: 'preprod', entries: 2, seenBy: []},
			{environment: 'production', entries: 2, seenBy: []},
		]);
		expect((await verifyLedger({ledgers: hosts.readers()}, hosts.from, hosts.environments)).reading.seenBy).toEqual(
			[],
		);
	});

	test('a silent neighbour is named, and the ledger itself is as it was', async () => {
		const hosts = fakeHosts();
		hosts.production.isSilent = true;

		expect(await leaveHead(hosts.services, hosts.from, hosts.environments)).toEqual([
			{environment: 'production', title: 'Production', why: 'production-1 does not answer'},
		]);
		expect(hosts.entriesOf('preprod')).toHaveLength(2);
	});
});

test('heads: each cut or change of what was seen is noticed, and nothing that is appended', () => {
	const entry = fc.record({type: fc.constantFrom('a', 'b'), data: fc.record({n: fc.nat(3)})});
	fc.assert(
		fc.property(fc.array(entry, {minLength: 1, maxLength: 8}), fc.array(entry, {maxLength: 8}), (seen, now) => {
			const before = readChain(ledgerText([opened('preprod'), ...seen]), sha256);
			const after = readChain(ledgerText([opened('preprod'), ...now]), sha256);
			if (!before.head) throw new Error('a ledger without a head');
			const isKept = JSON.stringify(now.slice(0, seen.length)) === JSON.stringify(seen);
			const found = contradicts(after, {...before.head, who: 'entry 3 of Production', began: ''});
			expect(found === undefined).toBe(isKept);
		}),
		{
			seed: 20_260_210,
			numRuns: 300,
			examples: [
				[
					[{type: 'a', data: {n: 1}}],
					[
						{type: 'a', data: {n: 1}},
						{type: 'b', data: {n: 0}},
					],
				],
			],
		},
	);
});

test('heads: those of runs, of leases and of sign-offs are read alike', () => {
	const witness = {environment: 'preprod', seq: 7, hash: 'h'};
	const chain = readChain(
		ledgerText([
			opened('production'),
			{type: 'deploy.started', data: {promotion: {witness}}},
			{type: 'ledger.witnessed', data: {witness: {...witness, seq: 9, began: 'x'}}},
			{type: 'ledger.witnessed', data: {witness: {...witness, environment: 'other'}}},
			{type: 'ledger.witnessed', data: {witness: 'nonsense'}},
		]),
		sha256,
	);
	expect(witnessesIn(chain.entries, 'preprod', 'Production')).toMatchObject([
		{seq: 9, began: 'x', who: 'entry 3 of Production'},
		{seq: 7, who: 'entry 2 of Production'},
	]);
});

describe('clocks', () => {
	const decisionAt = async (change: (hosts: FakeHosts) => void) => {
		const hosts = fakeHosts({
			to: {window: {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: false}},
		});
		change(hosts);
		const {environments, to, services} = hosts;
		return (await decideDeploy(services, {environments, environment: to, app: 'backend', checklists})).report;
	};

	test('no slot and no time is told by clocks that differ', async () => {
		const report = await decisionAt(({production}) => (production.time += 61_000));
		expect(report).toMatchObject({
			nextSlot: undefined,
			clock: 'the clocks of Pre-Prod and Production differ by 61 s',
		});
		expect(report.gates.some(({at}) => at !== undefined)).toBe(false);
	});

	test('a slot by a clock that is not as this machine has it is told, and not as sure', async () => {
		const report = await decisionAt(({production, preprod}) => {
			production.time += 3_600_000;
			preprod.time += 3_600_000;
		});
		expect(report.nextSlot).toBeGreaterThanOrEqual(now);
		expect(report.clock).toBe("the clock of Production, which counts, is 60 min ahead of this machine's");
	});

	test('a clock that went back behind its own ledger closes the window', async () => {
		const report = await decisionAt(hosts => {
			hosts.writeLedger('production', [{...deployed(-1, otherBuild)}]);
		});
		expect(report.gates.find(({gate}) => gate === 'window')).toMatchObject({
			state: 'unknown',
			text: 'the clock of Production went back: its ledger is 60 min ahead of it',
		});
		expect(report.nextSlot).toBeUndefined();
	});

	test('clocks that agree leave nothing to say', async () => {
		expect(await decisionAt(() => undefined)).not.toHaveProperty('clock');
	});
});
