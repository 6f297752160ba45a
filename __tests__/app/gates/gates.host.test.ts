import {execFile} from 'node:child_process';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {decideDeploy, requireOpen} from '../../../src/app/gates/gate.ts';
import {hold, unlock} from '../../../src/app/ledger/hold.ts';
import {beginLedgerAnew, verifyLedger} from '../../../src/app/ledger/ledger-care.ts';
import {guardDeploy} from '../../../src/app/gates/run-guard.ts';
import {approveBuild} from '../../../src/app/checklist/approve-build.ts';
import {readChecklist, signItem, undoSignOff, type Finding} from '../../../src/app/checklist/sign-off.ts';
import type {GateName} from '../../../src/domain/gates/gates.ts';
import type {RunRecord} from '../../../src/domain/runs/pipeline.ts';
import {sshSignatures} from '../../../src/services/local/git/ssh-signatures.ts';
import type {Said} from '../../support/ledger.ts';
import {ago, asha, build, checklists, deployed, now, otherBuild, ravi, sha256, type Changes} from './evidence.ts';
import {shellHosts, type ShellHosts} from '../shell-hosts.ts';
import {sees200} from '../../support/observation.ts';

/*
 * What a real shell makes of the questions and answers that gate.test.ts and its neighbours judge: the same rules, on
 * files, with the tools of a host.
 */

const start = async (changes: Changes = {}): Promise<ShellHosts> => {
	const hosts = await shellHosts(changes);
	onTestFinished(() => hosts[Symbol.asyncDispose]());
	return hosts;
};

/** As `signItem` writes it. */
const signed = (item: string): Said => ({
	type: 'checklist.signed',
	time: ago(1),
	actor: ravi,
	data: {
		item,
		title: `Item ${item}`,
		result: 'passed',
		by: 'person',
		builds: {backend: build.digest},
		itemDigest: sha256(item),
		checklistDigest: checklists.digest,
		supersedes: [],
	},
});

const allSigned = ['one', 'two', 'shared'].map(signed);

/** Hosts of which every gate is met: everything is signed already. */
const ready = async (changes: Changes = {}): Promise<ShellHosts> => {
	const hosts = await start(changes);
	await hosts.writeLedger('preprod', [deployed(25), ...allSigned]);
	return hosts;
};

const decide = ({services, environments, to}: ShellHosts, more: {emergency?: string} = {}) =>
	decideDeploy(services, {environments, environment: to, app: 'backend', checklists, ...more});

const gateOf = async (hosts: ShellHosts, name: GateName) => {
	const {report} = await decide(hosts);
	return {
		verdict: report.verdict,
		...report.gates.find(({gate}) => gate === name),
		others: report.gates.filter(({gate, state}) => gate !== name && state !== 'met'),
	};
};

const sign = ({services, from}: ShellHosts, finding: Finding) =>
	signItem(services, {environment: from, checklists, finding: {...finding, probe: sees200}});

const actAs = async (hosts: ShellHosts, who: typeof asha, act: () => Promise<unknown>): Promise<void> => {
	hosts.actor.current = who;
	await act();
	hosts.actor.current = ravi;
};

const broke = {item: 'one', result: 'failed', note: 'it broke under load'} as const;

/** Hash of every file below a directory, by path; what this machine remembers is left out. */
const filesBelow = async (directory: string): Promise<Readonly<Record<string, string>>> => {
	const found = await readdir(directory, {recursive: true, withFileTypes: true});
	const paths = found.filter(entry => entry.isFile()).map(({parentPath, name}) => join(parentPath, name));
	const kept = paths.filter(path => !path.startsWith(join(directory, 'memory'))).toSorted();
	return Object.fromEntries(await Promise.all(kept.map(async path => [path, sha256(await readFile(path, 'utf8'))])));
};

test('gates: HOLD until everything is signed, then GO; looking changes nothing on either host', async () => {
	const hosts = await start();
	const files = await filesBelow(hosts.directory);
	const before = await gateOf(hosts, 'checklist');
	expect(await filesBelow(hosts.directory)).toEqual(files);
	expect(before).toMatchObject({verdict: 'HOLD', state: 'open', others: []});
	expect(before.text).toContain('0 of 3, 3 open');

	for (const item of ['one', 'two', 'shared']) await sign(hosts, {item, result: 'passed'});

	expect((await decide(hosts)).report).toMatchObject({verdict: 'GO'});
	// Nobody but the ledger was written to.
	const changed = Object.entries(await filesBelow(hosts.directory)).filter(([path, hash]) => files[path] !== hash);
	expect(changed.map(([path]) => path)).toEqual([hosts.ledgerOf('preprod')]);
	expect((await readChecklist(hosts.services, {environment: hosts.from, checklists})).ledger.fault).toBeUndefined();
});

test.each<{
	what: string;
	gate: GateName;
	state: string;
	verdict: string;
	text: string;
	act: (hosts: ShellHosts) => unknown;
}>([
	{
		what: 'another commit here',
		gate: 'identity',
		state: 'open',
		verdict: 'HOLD',
		text: 'Pre-Prod runs 7f3a9c2, not 4e81d0c',
		act: ({head}) => Object.assign(head, otherBuild),
	},
	{
		what: 'uncommitted files',
		gate: 'identity',
		state: 'open',
		verdict: 'HOLD',
		text: '1 changed file not committed',
		act: ({head}) => head.uncommitted.push('a'),
	},
	{
		what: 'a policy that is not committed',
		gate: 'identity',
		state: 'open',
		verdict: 'HOLD',
		text: 'environments/ and checklists/ are not committed',
		act: ({counts}) => (counts.now = {commit: undefined}),
	},
	{
		what: 'a file changed on live',
		gate: 'identity',
		state: 'failed',
		verdict: 'NO-GO',
		text: '1 file on Pre-Prod not as deployed: changed artisan',
		act: ({live}) => writeFile(join(live('preprod'), 'artisan'), 'hacked'),
	},
	{
		what: 'a failed item',
		gate: 'checklist',
		state: 'failed',
		verdict: 'NO-GO',
		text: '2 of 3, 1 failed: Item one',
		act: hosts => sign(hosts, broke),
	},
	{
		what: 'an unclear item',
		gate: 'checklist',
		state: 'open',
		verdict: 'HOLD',
		text: '2 of 3, 1 unclear: Item one',
		act: hosts => sign(hosts, {item: 'one', result: 'unclear', note: 'could not log in'}),
	},
	{
		what: 'a probe that fails',
		gate: 'probes',
		state: 'failed',
		verdict: 'NO-GO',
		text: '0 of 1 pass; Item two: 500, not 200',
		act: ({web}) => (web.probe = 500),
	},
	{
		what: 'a clock that is off',
		gate: 'soak',
		state: 'unknown',
		verdict: 'HOLD',
		text: 'the clocks of Pre-Prod and Production differ by 75 s',
		act: ({time}) => (time.production += 75_000),
	},
	{
		what: 'a build that was deployed an hour ago',
		gate: 'soak',
		state: 'waiting',
		verdict: 'HOLD',
		text: '1 h of 24 h on Pre-Prod',
		act: ({writeLedger}) => writeLedger('preprod', [deployed(1), ...allSigned]),
	},
	{
		what: 'a colleague who holds it',
		gate: 'lock',
		state: 'waiting',
		verdict: 'HOLD',
		text: 'held by Asha on mac: load test',
		act: hosts =>
			actAs(hosts, asha, () =>
				hold(hosts.services, {environment: hosts.to, apps: ['backend'], reason: 'load test', minutes: 60}),
			),
	},
])('gates: $what closes $gate', async ({what, gate, state, verdict, text, act}) => {
	const hosts = await ready();
	await act(hosts);

	const decision = await decide(hosts);

	const found = decision.report.gates.find(one => one.gate === gate);
	expect(decision.report.verdict).toBe(verdict);
	expect(found).toMatchObject({state, text, clears: expect.stringMatching(/\S/)});
	if (what.includes('an hour ago')) expect(found?.at).toBe(now + 23 * 3_600_000);
	expect(() => requireOpen(decision, {environment: hosts.to, app: 'backend'})).toThrow(
		expect.objectContaining({code: gate === 'lock' ? 'locked' : 'blocked', now: 'Nothing was changed.'}) as Error,
	);
});

test('gates: outside of the window it says when it opens', async () => {
	const window = {days: ['Tue', 'Wed'], from: '11:00', until: '11:20', notBeforeHolidays: false} as const;

	expect(await gateOf(await ready({to: {window}}), 'window')).toMatchObject({
		state: 'waiting',
		verdict: 'HOLD',
		others: [],
		at: Date.parse('2026-02-11T11:00+05:30'),
	});
});

test("gates: signatures of others are counted, the deployer's own is not", async () => {
	const hosts = await ready({to: {approvals: 1}});
	const approve = () =>
		approveBuild(hosts.services, {
			environment: hosts.from,
			environments: [hosts.from, hosts.to],
			checklists,
			app: 'backend',
		});
	await approve();
	expect(await gateOf(hosts, 'approvals')).toMatchObject({
		state: 'open',
		text: '0 of 1; names only, nobody proved: identity is claimed; not counted: Ravi (the same name, and would deploy it)',
		others: [],
	});

	await actAs(hosts, asha, approve);

	expect(await gateOf(hosts, 'approvals')).toMatchObject({
		state: 'met',
		verdict: 'GO',
		text: '1 of 1: Asha; names only, nobody proved: identity is claimed; not counted: Ravi (the same name, and would deploy it)',
	});
});

test('gates: an emergency needs its profile, a second signature, and nothing failed', async () => {
	const hosts = await start({to: {emergency: {soakHours: 0, approvals: 1, reviewWithinHours: 48}}});
	const {emergency: _, ...without} = hosts.to;
	const emergency = 'site is down';
	await expect(
		decideDeploy(hosts.services, {
			environments: [hosts.from, without],
			environment: without,
			app: 'backend',
			checklists,
			emergency,
		}),
	).rejects.toMatchObject({code: 'blocked', why: expect.stringContaining('emergency') as string});

	await hosts.writeLedger('preprod', [deployed(1)]);
	const closed = async () => {
		const {report, promotion} = await decide(hosts, {emergency});
		expect(promotion).toMatchObject({emergency});
		return report.gates.filter(({state}) => state !== 'met').map(({gate}) => gate);
	};
	expect(await closed()).toEqual(['approvals']);
	await actAs(hosts, asha, () =>
		approveBuild(hosts.services, {
			environment: hosts.from,
			environments: [hosts.from, hosts.to],
			checklists,
			app: 'backend',
		}),
	);
	expect(await closed()).toEqual([]);

	await sign(hosts, broke);
	expect(await closed()).toEqual(['checklist']);
});

test('gates: a silent host closes what it knows, and says who is silent', async () => {
	const hosts = await ready({to: {approvals: 1}});
	hosts.silent.add('preprod');
	const {report} = await decide(hosts);

	expect(report.verdict).toBe('HOLD');
	expect(report.gates.filter(({state}) => state !== 'met').map(({gate, text}) => [gate, text])).toEqual(
		['identity', 'checklist', 'soak', 'approvals'].map(gate => [gate, 'not known: preprod-1 does not answer']),
	);
});

test("sign-off: the worse result stands until a retest, and one's own can be taken back", async () => {
	const hosts = await start();
	const {services, from} = hosts;
	const state = async () =>
		(await readChecklist(services, {environment: from, checklists})).items.find(({item}) => item.id === 'one');
	const undo = () => undoSignOff(services, {environment: from, checklists, item: 'one'});
	await sign(hosts, broke);
	await expect(sign(hosts, {item: 'one', result: 'passed'})).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringContaining('failed by Ravi') as string,
	});

	await sign(hosts, {item: 'one', result: 'passed', retest: true});
	expect(await state()).toMatchObject({state: 'passed'});
	await undo();
	expect(await state()).toMatchObject({
		state: 'failed',
		signOff: {actor: {name: 'Ravi'}, note: 'it broke under load'},
	});

	hosts.actor.current = asha;
	await expect(undo()).rejects.toMatchObject({why: 'nothing of yours stands on Item one'});
});

test('sign-off: what a colleague found meanwhile stands', async () => {
	const hosts = await start();
	const {items} = await readChecklist(hosts.services, {environment: hosts.from, checklists});
	const seen = items.find(({item}) => item.id === 'one');
	if (!seen) throw new Error('no item');
	await actAs(hosts, asha, () => sign(hosts, broke));

	const finding = {item: 'one', result: 'passed'} as const;
	await signItem(hosts.services, {environment: hosts.from, checklists, finding, seen});

	expect(await gateOf(hosts, 'checklist')).toMatchObject({state: 'failed'});
});

test('sign-off: another deploy voids what it touches', async () => {
	const hosts = await ready();
	const states = async () =>
		(await readChecklist(hosts.services, {environment: hosts.from, checklists})).items.map(({state}) => state);
	expect(await states()).toEqual(['passed', 'passed', 'passed']);
	await hosts.append('preprod', untimed(deployed(0, otherBuild)));

	expect(await states()).toEqual(['open', 'open', 'open']);
});

test.each<{what: string; act: (text: string) => string; fault: RegExp}>([
	{
		what: 'an edit in the middle',
		act: text => text.replace('"item":"one"', '"item":"0ne"'),
		fault: /^is broken: line 4 does not follow/,
	},
	{
		what: 'an edit of the last line',
		act: text => text.replace('"item":"shared"', '"item":"shared "'),
		fault: /^entry 5 is not the one that this machine has seen$/,
	},
	{
		what: 'two lines swapped',
		act: text => {
			const lines = text.split('\n');
			return [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n');
		},
		fault: /^is broken: line 2/,
	},
	{
		what: 'a line taken out',
		act: text => text.split('\n').toSpliced(2, 1).join('\n'),
		fault: /^is broken: line 3/,
	},
	{
		what: 'the tail cut off',
		act: text => `${text.split('\n').slice(0, 3).join('\n')}\n`,
		fault: /^went back from 5 to 3 entries: this machine has seen more$/,
	},
	{what: 'half a line at the end', act: text => text.slice(0, -20), fault: /^is broken: line 5 is not complete$/},
	{what: 'all of it gone', act: () => '', fault: /^went back from 5 to 0/},
	{
		what: 'the ledger of another environment',
		act: text => text.replace('"environment":"preprod"', '"environment":"staging"'),
		fault: /^is broken: line 2 does not follow/,
	},
])('ledger: $what is seen, named, and closes the gates', async ({act, fault}) => {
	const hosts = await ready();
	expect((await hosts.services.ledgers.read(hosts.from)).fault).toBeUndefined();
	await writeFile(hosts.ledgerOf('preprod'), act(await hosts.readLedgerFile('preprod')));

	const {report} = await decide(hosts);
	const {reading} = await verifyLedger(hosts.services, hosts.from, hosts.environments);

	expect(reading.fault).toMatch(fault);
	expect(report.verdict).toBe('NO-GO');
	expect(report.gates[0]).toMatchObject({
		gate: 'identity',
		state: 'failed',
		text: `the ledger of Pre-Prod ${reading.fault}`,
	});
	await expect(sign(hosts, {item: 'one', result: 'passed'})).rejects.toMatchObject({code: 'blocked'});
});

test('ledger: an older copy is seen by a machine that never read it, from what production remembers', async () => {
	const hosts = await ready();
	const {promotion} = await decide(hosts);
	await hosts.writeLedger('production', [
		{time: ago(0), type: 'deploy.started', actor: ravi, data: {run: 'r', app: 'backend', build, promotion}},
	]);
	const text = await hosts.readLedgerFile('preprod');
	await writeFile(hosts.ledgerOf('preprod'), `${text.split('\n').slice(0, 4).join('\n')}\n`);

	const {reading} = await verifyLedger(hosts.stranger, hosts.from, hosts.environments);

	expect(reading.fault).toBe('went back from 5 to 4 entries: entry 2 of Production has seen more');
});

test('ledger: begun anew it is evidence of nothing, and what was seen of the old one is no longer held against it', async () => {
	const hosts = await ready();
	expect((await decide(hosts)).report.verdict).toBe('GO');
	const text = await hosts.readLedgerFile('preprod');
	const broken = text.replace('"item":"one"', '"item":"0ne"');
	await writeFile(hosts.ledgerOf('preprod'), broken);

	const {kept, reading} = await beginLedgerAnew(hosts.services, hosts.from, 'disk was restored');

	expect(kept).toBe('ledger-20260210T055000Z.jsonl');
	expect(await readFile(join(hosts.directory, 'preprod/state', kept ?? ''), 'utf8')).toBe(broken);
	expect(reading.fault).toBeUndefined();
	const {report} = await decide(hosts);
	expect(report.gates.filter(({state}) => state === 'met').map(({gate}) => gate)).not.toContain('soak');
	expect(report.verdict).toBe('HOLD');
	expect((await hosts.stranger.ledgers.read(hosts.from)).fault).toBeUndefined();
});

test('hold: keeps others away with its reason and end, and anybody may end it in writing', async () => {
	const hosts = await start();
	const {services, to} = hosts;
	expect(await hold(services, {environment: to, apps: ['backend'], reason: 'load test', minutes: 60})).toBe(
		now + 3_600_000,
	);
	hosts.actor.current = asha;
	const holdToo = () => hold(services, {environment: to, apps: ['backend'], reason: 'mine', minutes: 5});
	await expect(holdToo()).rejects.toMatchObject({
		code: 'locked',
		why: 'Ravi on thinkpad holds it until Tue 10 Feb 12:20 IST: load test',
	});

	expect(await unlock(services, {environment: to, apps: ['backend'], reason: 'Ravi is on leave'})).toEqual([
		'backend',
	]);
	const {entries, fault} = await services.ledgers.read(to);
	expect(fault).toBeUndefined();
	expect(entries.map(({type}) => type)).toEqual([
		'ledger.opened',
		'deploy.finished',
		'environment.held',
		'environment.unlocked',
	]);
	expect(await holdToo()).toBe(now + 300_000);
	hosts.time.production = now + 300_000;
	hosts.actor.current = ravi;
	expect(await hold(services, {environment: to, apps: ['backend'], reason: 'again', minutes: 1})).toBe(now + 360_000);
});

/** What a writer says: the host adds the time. */
const untimed = ({type, actor, data}: Said): Said => ({type, ...(actor ? {actor} : {}), ...(data ? {data} : {})});

const record: RunRecord = {
	version: 1,
	run: '20260210T055341Z-backend-9b1d',
	kind: 'deploy',
	app: 'backend',
	environment: 'production',
	startedAt: '2026-02-10T05:53:41.000Z',
	...build,
	actor: ravi,
};

const guardOf = ({services, to, environments}: ShellHosts) =>
	guardDeploy(services, {record, environment: to, environments, checklists});

test('under the lock: pre-prod is kept as it is until the swap, and given back', async () => {
	const hosts = await ready();
	const guard = guardOf(hosts);
	await guard.underLock(new AbortController().signal);
	const lockOfPreprod = async () => {
		const {services, environments, from} = hosts;
		const {report} = await decideDeploy(services, {environments, environment: from, app: 'backend', checklists});
		return report.gates.at(-1);
	};
	hosts.actor.current = asha;
	expect(await lockOfPreprod()).toMatchObject({
		gate: 'lock',
		state: 'waiting',
		text: 'held by Ravi on thinkpad: Production takes this build',
	});

	await guard.release();

	expect(await lockOfPreprod()).toMatchObject({gate: 'lock', state: 'met'});
});

test.each<{what: string; act: (hosts: ShellHosts) => unknown; why: RegExp}>([
	{
		what: 'a colleague deployed to pre-prod',
		act: ({append}) => append('preprod', untimed(deployed(0, otherBuild))),
		why: /^identity: Pre-Prod runs 4e81d0c, not 7f3a9c2\n/,
	},
	{
		what: 'an item failed',
		act: hosts => sign(hosts, broke),
		why: /^checklist: 2 of 3, 1 failed: Item one$/,
	},
	{
		what: 'the window closed',
		act: ({time}) => Object.assign(time, {preprod: now + 7_200_000, production: now + 7_200_000}),
		why: /^window: closed at 13:00$/,
	},
	{
		what: 'the sources moved on',
		act: ({head}) => Object.assign(head, otherBuild),
		why: /^identity: Pre-Prod runs 7f3a9c2, not 4e81d0c$/,
	},
])('under the lock: $what while the words were typed: blocked, nothing changed', async ({act, why}) => {
	const window = {days: ['Tue'], from: '11:00', until: '13:00', notBeforeHolidays: false} as const;
	const hosts = await ready({to: {window}});
	expect((await decide(hosts)).report.verdict).toBe('GO');
	await act(hosts);
	const guard = guardOf(hosts);

	await expect(guard.underLock(new AbortController().signal)).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringMatching(why) as string,
		now: expect.stringContaining('Nothing was changed') as string,
	});
	await guard.release();
	expect(await readdir(join(hosts.directory, 'preprod/state/lock'))).toEqual(['backend.flock']);
});

test('identity signed: only what was signed with a key that is allowed counts', async () => {
	const hosts = await start({from: {identity: 'signed'}});
	const run = promisify(execFile);
	const [ravis, mallorys] = ['ravi', 'mallory'].map(name => join(hosts.directory, name)) as [string, string];
	const newKey = (file: string) => run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
	await Promise.all([newKey(ravis), newKey(mallorys)]);
	hosts.counts.now = {allowedSigners: `Ravi ${await readFile(`${ravis}.pub`, 'utf8')}`};
	const services = {...hosts.services, signatures: sshSignatures};
	const signWith = (identityFile: string, item: string) => {
		const environment = {...hosts.from, hosts: hosts.from.hosts.map(host => ({...host, identityFile}))};
		return signItem(services, {environment, checklists, finding: {item, result: 'passed', probe: sees200}});
	};
	await signWith(ravis, 'one');
	await signWith(mallorys, 'two');
	await expect(
		signItem(services, {environment: hosts.from, checklists, finding: {item: 'shared', result: 'passed'}}),
	).rejects.toMatchObject({why: expect.stringContaining('identityFile') as string});

	const {items} = await readChecklist(services, {environment: hosts.from, checklists});

	expect(items.map(({item, state}) => [item.id, state])).toEqual([
		['one', 'passed'],
		['two', 'open'],
		['shared', 'open'],
	]);
});
