import {describe, expect, test} from 'vitest';
import {decideDeploy} from '../../../src/app/gates/gate.ts';
import {lateSignOff, sendLateSignOffs} from '../../../src/app/checklist/late-sign-offs.ts';
import {approveBuild} from '../../../src/app/checklist/approve-build.ts';
import {readChecklist, signItem, undoSignOff, type Finding} from '../../../src/app/checklist/sign-off.ts';
import type {LateSignOff, SignaturePort, SignOffOutbox} from '../../../src/domain/ports.ts';
import type {ItemState} from '../../../src/domain/checklist/sign-off.ts';
import {asha, build, checklists, deployed, otherBuild, ravi, sha256, type Changes} from '../gates/evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {sees200} from '../../support/observation.ts';

type Person = {readonly name: string; readonly machine: string; readonly key?: string};

const signAs = async (
	hosts: FakeHosts,
	who: Person,
	finding: Finding,
	more: Partial<Parameters<typeof signItem>[1]> = {},
): Promise<void> => {
	hosts.actor.current = who;
	await signItem(hosts.services, {
		environment: hosts.from,
		checklists,
		finding: {probe: sees200, ...finding},
		...more,
	});
};

const undoAs = async (hosts: FakeHosts, who: Person, item: string): Promise<void> => {
	hosts.actor.current = who;
	await undoSignOff(hosts.services, {environment: hosts.from, checklists, item});
};

const stateOf = async ({services, from}: FakeHosts, id: string): Promise<ItemState> => {
	const {items} = await readChecklist(services, {environment: from, checklists});
	const found = items.find(({item}) => item.id === id);
	if (!found) throw new Error(`no item ${id}`);
	return found;
};

const broke = {item: 'one', result: 'failed', note: 'it broke under load'} as const;
const works = {item: 'one', result: 'passed'} as const;

test('sign-off: what is written: the item and its text, the result, the builds that are live, what was seen', async () => {
	const hosts = fakeHosts();
	await signAs(hosts, ravi, broke);
	await signAs(hosts, asha, {...works, value: '42', note: 'after the restart', id: 'f1', retest: true});

	const common = {
		item: 'one',
		title: 'Item one',
		builds: {backend: build.digest},
		itemDigest: sha256('one'),
		checklistDigest: 'c'.repeat(64),
	};
	expect(hosts.entriesOf('preprod').slice(2)).toMatchObject([
		{
			type: 'checklist.signed',
			actor: ravi,
			data: {...common, result: 'failed', by: 'person', note: 'it broke under load', supersedes: []},
		},
		{
			type: 'checklist.signed',
			actor: asha,
			data: {
				...common,
				id: 'f1',
				result: 'passed',
				by: 'person',
				value: '42',
				note: 'after the restart',
				supersedes: [3],
			},
		},
	]);
	expect(hosts.preprod.asked.at(-1)).toMatchObject({
		label: 'append-to-the-ledger',
		lane: 'run',
		parameters: ['.cockpit/qsights/preprod', expect.any(String), '', '"project":"qsights","environment":"preprod"'],
	});
	expect(hosts.labels('production')).toEqual([]);
});

test('sign-off: an empty value or note is none', async () => {
	const hosts = fakeHosts();
	await signAs(hosts, ravi, {...works, value: '', note: ''});

	const {data} = hosts.entriesOf('preprod')[2] ?? {};
	expect(data).not.toHaveProperty('value');
	expect(data).not.toHaveProperty('note');
});

describe('what does not count is not written', () => {
	const notSigned = {what: 'Not signed', now: 'Nothing was recorded.'};
	test.each<{what: string; finding: Finding; code?: string; why: string}>([
		{
			what: 'an item that is not on the lists',
			finding: {item: 'three', result: 'passed'},
			code: 'usage',
			why: 'there is no item "three"',
		},
		{
			what: 'a failure of which little is said',
			finding: {item: 'one', result: 'failed', note: 'too short'},
			why: 'Item one: say what you saw, in at least 10 characters',
		},
		{
			what: 'an unclear one without a word',
			finding: {item: 'one', result: 'unclear'},
			why: 'Item one: say what you saw, in at least 10 characters',
		},
		{
			what: 'an item left out that always applies',
			finding: {item: 'one', result: 'not-applicable', note: 'we do not use it'},
			why: 'Item one: it always applies',
		},
	])('sign-off: $what', async ({finding, code = 'blocked', why}) => {
		const hosts = fakeHosts();
		const before = hosts.preprod.ledger;

		await expect(signAs(hosts, ravi, finding)).rejects.toMatchObject({...notSigned, code, why});
		expect(hosts.preprod.ledger).toBe(before);
	});

	test.each(['failed', 'unclear'] as const)('sign-off: %s stands until a retest, by whomever', async result => {
		const hosts = fakeHosts();
		await signAs(hosts, asha, {...broke, result});
		const before = hosts.preprod.ledger;
		for (const who of [asha, ravi])
			await expect(signAs(hosts, who, works)).rejects.toMatchObject({
				...notSigned,
				code: 'blocked',
				why: `Item one is ${result} by Asha: a worse result stands until it is tested again`,
				next: 'Test it again and say so: --retest.',
			});
		expect(hosts.preprod.ledger).toBe(before);

		await signAs(hosts, ravi, {...works, retest: true});

		expect((await stateOf(hosts, 'one')).state).toBe('passed');
	});

	test('sign-off: the same bad result again needs no retest, nor does a worse one than passed', async () => {
		const hosts = fakeHosts();
		await signAs(hosts, asha, works);
		await signAs(hosts, asha, broke);
		await signAs(hosts, ravi, {...broke, note: 'it still breaks under load'});

		expect(await stateOf(hosts, 'one')).toMatchObject({state: 'failed', standing: [5]});
	});

	test('sign-off: a result is about a build: none where none is recorded, nor for one nobody looked at', async () => {
		const hosts = fakeHosts();
		hosts.writeLedger('preprod', []);
		await expect(signAs(hosts, ravi, works)).rejects.toMatchObject({
			...notSigned,
			why: 'which build runs on Pre-Prod is not recorded',
		});
		const second = fakeHosts();
		await expect(signAs(second, ravi, works, {seenBuilds: {backend: otherBuild.digest}})).rejects.toMatchObject({
			...notSigned,
			why: 'Item one: another build runs on Pre-Prod than the one you looked at',
		});
		expect(second.entriesOf('preprod')).toHaveLength(2);
		await signAs(second, ravi, works, {seenBuilds: {backend: build.digest}});
		expect(second.entriesOf('preprod')).toHaveLength(3);
	});

	test('sign-off: a host that can not write is said in its own words', async () => {
		const hosts = fakeHosts();
		hosts.preprod.faults.set('append-to-the-ledger', {code: 94, stderr: 'sh: No space left on device\n'});
		await expect(signAs(hosts, ravi, works)).rejects.toMatchObject({
			code: 'step-failed',
			what: 'Nothing could be recorded on Pre-Prod',
			why: 'sh: No space left on device',
			now: 'Nothing was recorded.',
		});
		hosts.preprod.faults.set('append-to-the-ledger', {code: 95});
		await expect(signAs(hosts, ravi, works)).rejects.toMatchObject({why: "its ledger can't be written (exit 95)"});
	});
});

describe('of two people', () => {
	test('sign-off: what a colleague found meanwhile stands, and closes the gate', async () => {
		const hosts = fakeHosts();
		const seen = await stateOf(hosts, 'one');
		await signAs(hosts, asha, broke);
		await signAs(hosts, ravi, works, {seen});

		expect(await stateOf(hosts, 'one')).toMatchObject({state: 'failed', signOff: {actor: asha}, standing: [4, 3]});
		const {environments, to, services} = hosts;
		const {report} = await decideDeploy(services, {environments, environment: to, app: 'backend', checklists});
		expect(report.gates[1]).toMatchObject({gate: 'checklist', state: 'failed'});
	});

	test('sign-off: a retest of what was seen replaces that, not what came after it', async () => {
		const hosts = fakeHosts();
		await signAs(hosts, asha, broke);
		const seen = await stateOf(hosts, 'one');
		await signAs(hosts, {name: 'Mei', machine: 'm'}, {...broke, note: 'breaks at night too'});
		await signAs(hosts, ravi, {...works, retest: true}, {seen});

		expect(await stateOf(hosts, 'one')).toMatchObject({state: 'failed', signOff: {actor: {name: 'Mei'}}});
	});

	test('sign-off: another deploy voids what was signed', async () => {
		const hosts = fakeHosts();
		for (const item of ['one', 'two', 'shared']) await signAs(hosts, ravi, {item, result: 'passed'});
		const signed = hosts.entriesOf('preprod').slice(2);
		const states = async (): Promise<readonly string[]> =>
			(await readChecklist(hosts.stranger, {environment: hosts.from, checklists})).items.map(({state}) => state);
		hosts.writeLedger('preprod', [deployed(25), ...signed.map(said), deployed(1)]);
		expect(await states()).toEqual(['passed', 'passed', 'passed']);

		hosts.preprod.ledger = '';
		hosts.writeLedger('preprod', [deployed(25), ...signed.map(said), deployed(1, otherBuild)]);
		const stranger = fakeHosts();
		stranger.preprod.ledger = hosts.preprod.ledger;
		expect((await stateOf(stranger, 'one')).voided).toBe('build');
	});
});

/** An entry without what its host adds. */
const said = ({type, actor, data}: {type: string; actor?: object; data?: object}) => ({
	type,
	...(actor ? {actor} : {}),
	...(data ? {data} : {}),
});

describe('what is taken back', () => {
	test('sign-off: what it replaced stands again', async () => {
		const hosts = fakeHosts();
		await signAs(hosts, ravi, broke);
		await signAs(hosts, ravi, {...works, retest: true});

		await undoAs(hosts, ravi, 'one');

		expect(hosts.entriesOf('preprod').at(-1)).toMatchObject({
			type: 'checklist.undone',
			actor: ravi,
			data: {
				item: 'one',
				title: 'Item one',
				builds: {backend: build.digest},
				itemDigest: sha256('one'),
				supersedes: [4],
			},
		});
		expect(await stateOf(hosts, 'one')).toMatchObject({state: 'failed', signOff: {note: 'it broke under load'}});
	});

	test.each([
		{who: asha, what: 'somebody else'},
		{who: {...ravi, key: 'SHA256:other'}, what: 'the same name with another key'},
		{who: {...asha, key: 'SHA256:ravi'}, what: 'another name with the same key'},
	])('sign-off: $what takes nothing back', async ({who}) => {
		const hosts = fakeHosts();
		await signAs(hosts, {...ravi, key: 'SHA256:ravi'}, broke);

		await expect(undoAs(hosts, who, 'one')).rejects.toMatchObject({
			code: 'blocked',
			why: 'nothing of yours stands on Item one',
		});
		expect(hosts.entriesOf('preprod')).toHaveLength(3);
	});

	test('sign-off: not twice, and not what was replaced', async () => {
		const hosts = fakeHosts();
		await signAs(hosts, ravi, works);
		await undoAs(hosts, ravi, 'one');
		await expect(undoAs(hosts, ravi, 'one')).rejects.toMatchObject({code: 'blocked'});

		const second = fakeHosts();
		await signAs(second, ravi, broke);
		await signAs(second, asha, {...works, retest: true});
		await expect(undoAs(second, ravi, 'one')).rejects.toMatchObject({code: 'blocked'});
		await expect(undoAs(second, ravi, 'three')).rejects.toMatchObject({code: 'usage'});
	});

	test('sign-off: an undo that a colleague wrote into the ledger takes nothing back', async () => {
		const hosts = fakeHosts();
		await signAs(hosts, ravi, broke);
		await undoAs(hosts, ravi, 'one');
		const lines = hosts.entriesOf('preprod').map(said);
		hosts.writeLedger('preprod', [...lines.slice(1, 3), {...lines[3], type: 'checklist.undone', actor: asha}]);

		expect((await stateOf({...hosts, services: hosts.stranger}, 'one')).state).toBe('failed');
	});
});

describe('approval', () => {
	const approve = (hosts: FakeHosts, more: {digest?: string; note?: string} = {}) =>
		approveBuild(hosts.services, {
			environment: hosts.from,
			environments: hosts.environments,
			checklists,
			app: 'backend',
			...more,
		});

	test('approval: the build that is live is signed, as it was looked at', async () => {
		const hosts = fakeHosts();

		expect(await approve(hosts, {digest: build.digest, note: 'read it'})).toMatchObject({
			commit: build.commit,
			by: {name: 'Ravi'},
			promotions: [{environment: 'production', asked: 0}],
		});
		expect(hosts.entriesOf('preprod').at(-1)).toMatchObject({
			type: 'build.approved',
			actor: ravi,
			data: {app: 'backend', build, note: 'read it'},
		});
	});

	test('approval: none of another build than the one that was looked at, nor of one that is not recorded', async () => {
		const hosts = fakeHosts();
		await expect(approve(hosts, {digest: otherBuild.digest})).rejects.toMatchObject({
			code: 'blocked',
			why: 'another build of the backend runs on Pre-Prod than the one you looked at',
		});
		await expect(
			approveBuild(hosts.services, {
				environment: hosts.from,
				environments: hosts.environments,
				checklists,
				app: 'frontend',
			}),
		).rejects.toMatchObject({
			why: 'which build of the frontend runs on Pre-Prod is not recorded',
		});
		expect(hosts.entriesOf('preprod')).toHaveLength(2);
	});
});

describe('identity signed', () => {
	/** A signature is the name of the key and a hash of what was signed; the file says whose key it is. */
	const people: Readonly<Record<string, string>> = {Ravi: '/keys/ravi', Asha: '/keys/asha', Mei: '/keys/mei'};
	const signatures: SignaturePort = {
		sign: async (text, key) => (key === '/keys/locked' ? undefined : `${key} ${sha256(text)}`),
		verify: async ({text, signature, name, allowedSigners}) =>
			allowedSigners.includes(`${name}: ${people[name]}\n`) && signature === `${people[name]} ${sha256(text)}`,
	};
	const everybody = Object.entries(people)
		.map(([name, key]) => `${name}: ${key}\n`)
		.join('');

	const signedHosts = ({from, to}: Changes = {}, allowedSigners = everybody): FakeHosts => {
		const hosts = fakeHosts({from: {identity: 'signed', ...from}, ...(to ? {to} : {})});
		Object.assign(hosts.services, {signatures});
		hosts.counts.now = {allowedSigners};
		return hosts;
	};
	const withKey = ({from}: FakeHosts, identityFile: string) => ({
		...from,
		hosts: from.hosts.map(host => ({...host, identityFile})),
	});
	const signWith = (hosts: FakeHosts, who: Person, key: string, finding: Finding) =>
		signAs(hosts, who, finding, {environment: withKey(hosts, key)});

	test('sign-off: only what was signed with a key that is allowed for the name counts; what is bad counts anyway', async () => {
		const hosts = signedHosts();
		await signWith(hosts, ravi, '/keys/ravi', works);
		await signWith(hosts, ravi, '/keys/mallory', {item: 'two', result: 'passed'});
		expect((await stateOf(hosts, 'one')).state).toBe('passed');
		expect((await stateOf(hosts, 'two')).state).toBe('open');

		await signWith(hosts, asha, '/keys/mallory', {...broke, item: 'shared'});
		expect(await stateOf(hosts, 'shared')).toMatchObject({state: 'failed', signOff: {isClaimed: true}});
	});

	test('sign-off: what nobody signed, or nobody wrote, does not count', async () => {
		const hosts = signedHosts({to: {approvals: 1}});
		const data = {...works, builds: {backend: build.digest}, itemDigest: sha256('one'), supersedes: []};
		hosts.writeLedger('preprod', [
			deployed(25),
			{type: 'checklist.signed', actor: ravi, data},
			{type: 'build.approved', actor: asha, data: {app: 'backend', build}},
			{type: 'checklist.signed', data, signature: '/keys/ravi x'},
		]);

		expect((await stateOf(hosts, 'one')).state).toBe('open');
		const {environments, to, services} = hosts;
		const {report} = await decideDeploy(services, {environments, environment: to, app: 'backend', checklists});
		expect(report.gates.find(({gate}) => gate === 'approvals')?.text).toBe(
			'0 of 1; not counted: Asha (not proved by a signature)',
		);
	});

	test('sign-off: the signature is over all that its writer says', async () => {
		const hosts = signedHosts();
		await signWith(hosts, ravi, '/keys/ravi', works);
		const {signature, type, actor, data} = hosts.entriesOf('preprod').at(-1) ?? {type: ''};
		expect(signature).toBe(`/keys/ravi ${sha256(JSON.stringify({type, actor, data}))}`);

		const forged = {type, actor: ravi, data: {...data, item: 'two', itemDigest: sha256('two')}, signature};
		hosts.writeLedger('preprod', [deployed(25), forged]);
		expect(
			(await stateOf({...hosts, services: {...hosts.services, ledgers: hosts.stranger.ledgers}}, 'two')).state,
		).toBe('open');
	});

	test('sign-off: without a key, or with one that can not sign, nothing is written', async () => {
		const hosts = signedHosts();
		await expect(signAs(hosts, ravi, works)).rejects.toMatchObject({
			code: 'blocked',
			why: 'preprod asks for signatures (identity: signed) and its host names no identityFile to sign with',
		});
		await expect(signWith(hosts, ravi, '/keys/locked', works)).rejects.toMatchObject({
			why: 'preprod asks for signatures (identity: signed) and /keys/locked could not sign',
		});
		expect(hosts.entriesOf('preprod')).toHaveLength(2);
	});

	test('approvals: signed ones count, a key is one person under whatever name, the own key is not another person', async () => {
		const hosts = signedHosts({to: {approvals: 1}});
		const [raviKey, ashaKey] = [
			{...ravi, key: 'SHA256:ravi'},
			{...asha, key: 'SHA256:asha'},
		];
		const approveAs = async (who: Person, key: string): Promise<void> => {
			hosts.actor.current = who;
			await approveBuild(hosts.services, {
				environment: withKey(hosts, key),
				environments: hosts.environments,
				checklists,
				app: 'backend',
			});
		};
		const approvals = async (): Promise<string | undefined> => {
			hosts.actor.current = raviKey;
			const {environments, to, services} = hosts;
			const {report} = await decideDeploy(services, {environments, environment: to, app: 'backend', checklists});
			return report.gates.find(({gate}) => gate === 'approvals')?.text;
		};
		await expect(approveAs(asha, '/keys/mallory')).rejects.toMatchObject({
			code: 'blocked',
			why: 'the key that signs is not one of Asha in environments/allowed_signers, as committed: it would not count',
		});
		expect(await approvals()).toBe('0 of 1');
		await approveAs({...asha, name: 'Mei', key: 'SHA256:ravi'}, '/keys/mei');
		expect(await approvals()).toBe('0 of 1; not counted: Mei (the same key as Ravi, and would deploy it)');
		await approveAs(ashaKey, '/keys/asha');
		expect(await approvals()).toBe('1 of 1: Asha; not counted: Mei (the same key as Ravi, and would deploy it)');
		await expect(approveAs({...ashaKey, key: 'SHA256:new'}, '/keys/asha')).rejects.toMatchObject({
			code: 'blocked',
			why: 'you have signed this build of the backend on Pre-Prod already: a person counts once',
		});
		expect(hosts.entriesOf('preprod').filter(({type}) => type === 'build.approved')).toHaveLength(2);
	});
});

describe('a result that was found while its host was silent', () => {
	const outboxOf = (waiting: LateSignOff[]): SignOffOutbox => ({
		list: () => [...waiting],
		add: () => undefined,
		remove: (_, id) => {
			const left = waiting.filter(one => one.id !== id);
			waiting.splice(0, waiting.length, ...left);
		},
	});
	const late = async (hosts: FakeHosts, id: string): Promise<LateSignOff> =>
		lateSignOff(hosts.services, {
			environment: hosts.from,
			checklists,
			finding: {...works, id},
			seen: await stateOf(hosts, 'one'),
			seenBuilds: {backend: build.digest},
			signedAt: Date.parse('2026-02-10T05:00:00Z'),
		});
	const {signal} = new AbortController();

	test('sign-off: is about what was seen, says that it is late, and is written once', async () => {
		const hosts = fakeHosts();
		const waiting = [await late(hosts, 'a'), await late(hosts, 'b')];
		const outbox = outboxOf([...waiting]);

		expect(await sendLateSignOffs(hosts.services, {environment: hosts.from, outbox, signal})).toBe(2);
		expect(await sendLateSignOffs(hosts.services, {environment: hosts.from, outbox, signal})).toBe(0);
		expect(
			await sendLateSignOffs(hosts.services, {environment: hosts.from, outbox: outboxOf(waiting), signal}),
		).toBe(2);

		const written = hosts.entriesOf('preprod').slice(2);
		expect(written.map(({data}) => data)).toMatchObject([
			{id: 'a', builds: {backend: build.digest}, supersedes: [], signedAt: '2026-02-10T05:00:00.000Z'},
			{id: 'b', supersedes: []},
		]);
		expect(written.map(({late: isLate}) => isLate)).toEqual([true, true]);
	});

	test('sign-off: what could not be sent still waits', async () => {
		const hosts = fakeHosts();
		const waiting = [await late(hosts, 'a'), await late(hosts, 'b')];
		hosts.preprod.faults.set('append-to-the-ledger', {code: 94});
		const outbox = outboxOf(waiting);

		await expect(sendLateSignOffs(hosts.services, {environment: hosts.from, outbox, signal})).rejects.toMatchObject(
			{code: 'step-failed'},
		);
		expect(waiting.map(({id}) => id)).toEqual(['a', 'b']);
	});
});
