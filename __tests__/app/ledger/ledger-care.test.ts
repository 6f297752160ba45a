import {describe, expect, test} from 'vitest';
import {decideDeploy} from '../../../src/app/gates/gate.ts';
import {beginLedgerAnew, verifyLedger} from '../../../src/app/ledger/ledger-care.ts';
import {approveBuild} from '../../../src/app/checklist/approve-build.ts';
import {signItem, undoSignOff} from '../../../src/app/checklist/sign-off.ts';
import type {Said} from '../../support/ledger.ts';
import {ago, build, checklists, deployed, ravi, sha256} from '../gates/evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {sees200} from '../../support/observation.ts';

const sign = ({services, from}: FakeHosts, item: string) =>
	signItem(services, {environment: from, checklists, finding: {item, result: 'passed', probe: sees200}});

/** Five entries on pre-prod, all read here: its first line, a deploy and three signatures. */
const known = async (): Promise<FakeHosts> => {
	const hosts = fakeHosts();
	for (const item of ['one', 'two', 'shared']) await sign(hosts, item);
	expect((await decide(hosts)).report.verdict).toBe('GO');
	return hosts;
};

const decide = ({services, environments, to}: FakeHosts) =>
	decideDeploy(services, {environments, environment: to, app: 'backend', checklists});

const verify = async ({services, from, environments}: FakeHosts): Promise<string | undefined> =>
	(await verifyLedger(services, from, environments)).reading.fault;

const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);
const textOf = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');

/** The same entries with one said otherwise, every hash made to fit. */
const forged = (text: string, change: (line: string) => string): string => {
	const lines: string[] = [];
	for (const line of linesOf(text))
		lines.push(change(line).replace(/"prev":"[\da-f]{64}"/, `"prev":"${sha256(lines.at(-1) ?? '')}"`));
	return textOf(lines);
};

describe('a ledger that is not as it was', () => {
	test.each<{what: string; act: (text: string) => string; fault: string}>([
		{
			what: 'an edit in the middle',
			act: text => text.replace('"item":"one"', '"item":"0ne"'),
			fault: 'is broken: line 4 does not follow from the line before',
		},
		{
			what: 'an edit of the last line',
			act: text => text.replace('"item":"shared"', '"item":"shared "'),
			fault: 'entry 5 is not the one that this machine has seen',
		},
		{
			what: 'an edit whose hashes were made to fit',
			act: text => forged(text, line => line.replace('"item":"one"', '"item":"0ne"')),
			fault: 'entry 5 is not the one that this machine has seen',
		},
		{
			what: 'two lines swapped',
			act: text => {
				const [first = '', second = '', third = '', ...rest] = linesOf(text);
				return textOf([first, third, second, ...rest]);
			},
			fault: 'is broken: line 2 has number 3 where 2 belongs',
		},
		{
			what: 'a line taken out',
			act: text => textOf(linesOf(text).toSpliced(2, 1)),
			fault: 'is broken: line 3 has number 4 where 3 belongs',
		},
		{
			what: 'an older copy',
			act: text => textOf(linesOf(text).slice(0, 3)),
			fault: 'went back from 5 to 3 entries: this machine has seen more',
		},
		{
			what: 'an older copy that was written on',
			act: text => {
				const older = textOf(linesOf(text).slice(0, 4));
				return `${older}${nextLine(older, '"type":"x"')}\n`;
			},
			fault: 'entry 5 is not the one that this machine has seen',
		},
		{
			what: 'half a line at the end',
			act: text => text.slice(0, -20),
			fault: 'is broken: line 5 is not complete',
		},
		{what: 'all of it gone', act: () => '', fault: 'went back from 5 to 0 entries: this machine has seen more'},
		{
			what: 'an entry that needs a newer reader',
			act: text => textOf([...linesOf(text), nextLine(text, '"type":"policy.changed","min_reader":2')]),
			fault: 'is broken: line 6 needs a newer cockpit: it says something this version does not understand (policy.changed)',
		},
	])('ledger: $what is seen, named, closes the gates and takes no evidence', async ({act, fault}) => {
		const hosts = await known();
		hosts.preprod.ledger = act(hosts.preprod.ledger);
		const found = hosts.preprod.ledger;

		const {report} = await decide(hosts);

		expect(await verify(hosts)).toBe(fault);
		expect(report.verdict).toBe('NO-GO');
		expect(report.gates.map(({gate, state, text}) => `${gate}: ${state}: ${text}`)).toEqual([
			`identity: failed: the ledger of Pre-Prod ${fault}`,
			`checklist: unknown: not known: the ledger of Pre-Prod ${fault}`,
			'probes: met: 1 of 1 pass',
			`soak: unknown: not known: the ledger of Pre-Prod ${fault}`,
			'window: met: none set',
			'approvals: met: none asked',
			'lock: met: free',
		]);
		const {services, from} = hosts;
		const refused = {
			code: 'blocked',
			why: `the ledger of Pre-Prod ${fault}`,
			next: 'cockpit ledger verify --env preprod says more; cockpit ledger adopt --env preprod begins it anew.',
		};
		await expect(sign(hosts, 'one')).rejects.toMatchObject(refused);
		await expect(undoSignOff(services, {environment: from, checklists, item: 'one'})).rejects.toMatchObject(
			refused,
		);
		await expect(
			approveBuild(services, {environment: from, environments: hosts.environments, checklists, app: 'backend'}),
		).rejects.toMatchObject(refused);
		expect(hosts.preprod.ledger).toBe(found);
	});

	test('ledger: what a broken one says is not remembered: whole again, it is as before', async () => {
		const hosts = await known();
		const whole = hosts.preprod.ledger;
		hosts.preprod.ledger = textOf(linesOf(whole).slice(0, 2));
		expect(await verify(hosts)).toContain('went back');
		expect(await verify(hosts)).toContain('went back');
		hosts.preprod.ledger = whole;

		expect(await verify(hosts)).toBeUndefined();
	});

	test('ledger: one that was forged and written on is not believed the second time either', async () => {
		const hosts = await known();
		const lie = forged(hosts.preprod.ledger, line => line.replace('"item":"one"', '"item":"0ne"'));
		hosts.preprod.ledger = `${lie}${nextLine(lie, '"type":"x"')}\n`;

		for (const time of ['first', 'second'])
			expect(await verify(hosts), time).toBe('entry 5 is not the one that this machine has seen');
	});

	test('ledger: the one of another environment or project is not taken for this one', async () => {
		const hosts = fakeHosts();
		hosts.preprod.ledger = hosts.production.ledger;
		expect(await verify(hosts)).toBe('is the ledger of qsights production');
		expect(await verify({...hosts, from: {...hosts.from, project: 'other', name: 'production'}})).toBe(
			'is the ledger of qsights production',
		);
	});

	test('ledger: a fault of the one that is deployed to closes the gates as well, and is named as its', async () => {
		const hosts = await known();
		hosts.production.ledger = hosts.production.ledger.replace('"run":"r"', '"run":"x"');

		expect((await decide(hosts)).report.gates[0]).toMatchObject({
			state: 'failed',
			text: 'the ledger of Production entry 2 is not the one that this machine has seen',
		});
	});

	test('ledger: a fault of the one that is deployed to is named also while the environment before is away', async () => {
		const hosts = await known();
		hosts.production.ledger = hosts.production.ledger.replace('"run":"r"', '"run":"x"');
		hosts.preprod.isSilent = true;

		expect((await decide(hosts)).report.gates[0]).toMatchObject({
			state: 'failed',
			text: 'the ledger of Production entry 2 is not the one that this machine has seen',
		});
	});
});

/** The next line of a ledger, by what is said in it. */
const nextLine = (text: string, members: string): string => {
	const lines = linesOf(text);
	return `{"seq":${lines.length + 1},"time":"${ago(0)}","prev":"${sha256(lines.at(-1) ?? '')}",${members}}`;
};

describe('a machine that has never read it', () => {
	/** Production remembers the head of pre-prod that a run went by. */
	const remembered = async (): Promise<FakeHosts> => {
		const hosts = await known();
		const {promotion} = await decide(hosts);
		const started: Said = {
			time: ago(0),
			type: 'deploy.started',
			actor: ravi,
			data: {run: 'r', app: 'backend', build, promotion},
		};
		hosts.writeLedger('production', [started]);
		return {...hosts, services: hosts.stranger};
	};

	test('ledger: an older copy is seen from what production remembers, by verify and by the gates', async () => {
		const hosts = await remembered();
		hosts.preprod.ledger = textOf(linesOf(hosts.preprod.ledger).slice(0, 4));
		const fault = 'went back from 5 to 4 entries: entry 2 of Production has seen more';

		expect(await verify(hosts)).toBe(fault);
		expect((await decide({...hosts, services: hosts.stranger})).report.gates[0]?.text).toBe(
			`the ledger of Pre-Prod ${fault}`,
		);
	});

	test('ledger: one that was forged whole is seen from what production remembers', async () => {
		const hosts = await remembered();
		hosts.preprod.ledger = forged(hosts.preprod.ledger, line => line.replace('"item":"one"', '"item":"0ne"'));

		expect(await verify(hosts)).toBe('entry 5 is not the one that entry 2 of Production has seen');
	});

	test('ledger: one that has grown is trusted', async () => {
		const hosts = await remembered();
		hosts.preprod.ledger += `${nextLine(hosts.preprod.ledger, '"type":"x"')}\n`;

		expect(await verify(hosts)).toBeUndefined();
	});

	test('ledger: verify names whom it asked, and who was silent and why', async () => {
		const hosts = await remembered();
		const local = {...hosts.from, name: 'local', hosts: []};
		const environments = [...hosts.environments, local];
		expect(await verifyLedger(hosts.services, hosts.from, environments)).toMatchObject({
			environment: 'preprod',
			asked: ['production'],
			silent: [],
		});
		hosts.production.isSilent = true;

		expect(await verifyLedger(hosts.services, hosts.from, environments)).toMatchObject({
			reading: {fault: undefined},
			asked: [],
			silent: [{environment: 'production', why: 'production-1 does not answer'}],
		});
		hosts.preprod.isSilent = true;
		await expect(verifyLedger(hosts.services, hosts.from, environments)).rejects.toMatchObject({
			code: 'unreachable',
		});
	});
});

describe('a ledger that is begun anew', () => {
	test('ledger: it says who and why and what was there before, and nothing before is evidence', async () => {
		const hosts = await known();
		const last = linesOf(hosts.preprod.ledger).at(-1) ?? '';
		hosts.preprod.ledger = hosts.preprod.ledger.replace('"item":"one"', '"item":"0ne"');
		expect(await verify(hosts)).toContain('is broken');

		const {kept, reading} = await beginLedgerAnew(hosts.services, hosts.from, 'disk was restored');

		expect(kept).toBe('ledger-20260210T055000Z.jsonl');
		expect(reading.fault).toBeUndefined();
		expect(hosts.preprod.asked.at(-2)).toMatchObject({label: 'adopt-the-ledger', lane: 'run'});
		const [first, second, ...rest] = hosts.entriesOf('preprod');
		expect(rest).toEqual([]);
		expect(first).toMatchObject({type: 'ledger.opened', data: {project: 'qsights', environment: 'preprod'}});
		expect(second).toMatchObject({
			type: 'ledger.adopted',
			actor: ravi,
			data: {reason: 'disk was restored', environment: 'preprod', before: {seq: 3}},
		});
		expect(last).toContain('"seq":5');
		const {report} = await decide(hosts);
		expect(report.verdict).toBe('HOLD');
		expect(report.gates.filter(({state}) => state !== 'met').map(({gate}) => gate)).toEqual([
			'identity',
			'checklist',
			'soak',
		]);
	});

	test.each([
		{who: 'a machine that has never read it', hasRead: false},
		{who: 'a machine that has read less of it', hasRead: true},
	])('ledger: $who carries on what is asked, as far as it can be read', async ({hasRead}) => {
		const hosts = fakeHosts();
		const policyOf = (digest: string) => ({project: 'qsights', environment: 'preprod', commit: 'c0ffee', digest});
		const run = (name: string, digest: string): readonly Said[] => [
			{
				time: ago(5),
				type: 'deploy.started',
				actor: ravi,
				data: {run: name, app: 'backend', policy: policyOf(digest)},
			},
			{time: ago(5), type: 'deploy.finished', actor: ravi, data: {run: name, app: 'backend', build}},
		];
		hosts.writeLedger('preprod', run('one', 'older'));
		if (hasRead) await hosts.stranger.ledgers.read(hosts.from);
		hosts.writeLedger('preprod', [...run('one', 'older'), ...run('two', 'newer')]);
		hosts.preprod.ledger += 'not a line of a ledger\n';

		await beginLedgerAnew(hosts.stranger, hosts.from, 'disk was restored');

		expect(hosts.entriesOf('preprod')[1]).toMatchObject({
			type: 'ledger.adopted',
			data: {before: {seq: 5}, policy: policyOf('newer')},
		});
	});

	test('ledger: what is remembered counts where less can be read', async () => {
		const hosts = fakeHosts();
		const policy = {project: 'qsights', environment: 'preprod', commit: 'c0ffee', digest: 'd'};
		hosts.writeLedger('preprod', [
			{time: ago(5), type: 'deploy.started', actor: ravi, data: {run: 'one', app: 'backend', policy}},
			{time: ago(5), type: 'deploy.finished', actor: ravi, data: {run: 'one', app: 'backend', build}},
		]);
		await hosts.services.ledgers.read(hosts.from);
		hosts.preprod.ledger = 'not a line of a ledger\n';

		await beginLedgerAnew(hosts.services, hosts.from, 'disk was restored');

		expect(hosts.entriesOf('preprod')[1]).toMatchObject({data: {before: {seq: 3}, policy}});
	});

	test('ledger: heads that were seen of the old one prove nothing against the new one, later ones do', async () => {
		const hosts = await known();
		const {promotion} = await decide(hosts);
		hosts.writeLedger('production', [{time: ago(1), type: 'deploy.started', actor: ravi, data: {promotion}}]);
		const stranger = {...hosts, services: hosts.stranger};

		await beginLedgerAnew(hosts.services, hosts.from, 'disk was restored');

		expect(await verify(hosts)).toBeUndefined();
		expect(await verify(stranger)).toBeUndefined();
		const begun = hosts.preprod.ledger;
		hosts.preprod.ledger += `${nextLine(begun, '"type":"x"')}\n`;
		expect(await verify(stranger)).toBeUndefined();
		hosts.preprod.ledger = begun;
		expect(await verify(stranger)).toBe('went back from 3 to 2 entries: this machine has seen more');
	});

	test('ledger: where there is none, nothing was before; a host that can not is said', async () => {
		const hosts = fakeHosts();
		hosts.preprod.ledger = '';
		await beginLedgerAnew(hosts.services, hosts.from, 'first day');
		expect(hosts.entriesOf('preprod')[1]).toMatchObject({data: {before: null}});
		hosts.preprod.faults.set('adopt-the-ledger', {code: 94, stderr: 'sh: read-only\n'});

		await expect(beginLedgerAnew(hosts.services, hosts.from, 'again')).rejects.toMatchObject({
			code: 'step-failed',
			what: 'The ledger of Pre-Prod could not be begun anew',
			why: 'sh: read-only',
			now: 'It is as it was.',
		});
	});
});

test('ledger: only what it has grown by is sent, and all of it when its beginning is another one', async () => {
	const hosts = fakeHosts();
	const read = async () => {
		await hosts.services.ledgers.read(hosts.from);
		return hosts.preprod.asked.at(-1)?.parameters;
	};
	const first = hosts.preprod.ledger;
	expect(await read()).toEqual(['.cockpit/qsights/preprod', '0', '']);
	expect(await read()).toEqual(['.cockpit/qsights/preprod', String(first.length), sha256(first)]);
	hosts.preprod.ledger += `${nextLine(first, '"type":"x"')}\n`;
	expect((await hosts.services.ledgers.read(hosts.from)).entries.map(({seq}) => seq)).toEqual([1, 2, 3]);

	hosts.writeLedger('preprod', [deployed(30)]);
	expect((await hosts.services.ledgers.read(hosts.from)).fault).toContain('went back from 3 to 2 entries');
});
