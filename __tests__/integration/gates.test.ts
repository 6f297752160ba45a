import {execFileSync} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {decideDeploy, requireOpen} from '../../src/app/gate.ts';
import {hold, unlock} from '../../src/app/hold.ts';
import {beginLedgerAnew, verifyLedger} from '../../src/app/ledger-care.ts';
import {guardDeploy} from '../../src/app/run-guard.ts';
import {approveBuild, readChecklist, signItem, undoSignOff, type Finding} from '../../src/app/sign-off.ts';
import type {GateName} from '../../src/domain/gates.ts';
import type {RunRecord} from '../../src/domain/pipeline.ts';
import {sshSignatures} from '../../src/services/local/ssh-signatures.ts';
import type {Said} from '../support/ledger.ts';
import {ago, build, checklists, evidenceHosts, otherBuild} from './evidence-hosts.ts';

type Hosts = Awaited<ReturnType<typeof evidenceHosts>>;

const start = async (changes: Parameters<typeof evidenceHosts>[0] = {}): Promise<Hosts> => {
	const hosts = await evidenceHosts(changes);
	onTestFinished(() => hosts[Symbol.asyncDispose]());
	return hosts;
};

const decide = ({services, environments, to}: Hosts, more: {emergency?: string} = {}) =>
	decideDeploy(services, {environments, environment: to, app: 'backend', checklists, ...more});

const gateOf = async (hosts: Hosts, name: GateName) => {
	const {report} = await decide(hosts);
	const gate = report.gates.find(({gate}) => gate === name);
	if (!gate) throw new Error(`no gate ${name}`);
	return {
		verdict: report.verdict,
		...gate,
		others: report.gates.filter(({gate, state}) => gate !== name && state !== 'met'),
	};
};

const sign = ({services, from}: Hosts, finding: Finding) =>
	signItem(services, {environment: from, checklists, finding});

const signAll = async (hosts: Hosts): Promise<void> => {
	for (const item of ['one', 'two', 'shared']) await sign(hosts, {item, result: 'passed'});
};

test('gates: HOLD until everything is signed, then GO', async () => {
	const hosts = await start();
	const before = await gateOf(hosts, 'checklist');
	expect(before).toMatchObject({verdict: 'HOLD', state: 'open', others: []});
	expect(before.text).toContain('0 of 3, 3 open');

	await signAll(hosts);

	expect((await decide(hosts)).report).toMatchObject({verdict: 'GO'});
	// Nobody but the ledger was written to.
	expect((await readChecklist(hosts.services, {environment: hosts.from, checklists})).ledger.fault).toBeUndefined();
});

test('gates: looking changes nothing on either host', async () => {
	const hosts = await start();
	const files = (): string =>
		execFileSync('sh', ['-c', 'find . -path ./cache -prune -o -type f -print | sort | xargs sha256sum'], {
			cwd: hosts.directory,
			encoding: 'utf8',
		});
	const before = files();

	await decide(hosts);

	expect(files()).toBe(before);
});

test.each<{what: string; gate: GateName; state: string; verdict: string; text: RegExp; act: (hosts: Hosts) => unknown}>(
	[
		{
			what: 'another commit here',
			gate: 'identity',
			state: 'open',
			verdict: 'HOLD',
			text: /runs 7f3a9c2, not 4e81d0c/,
			act: ({head}) => Object.assign(head, otherBuild),
		},
		{
			what: 'uncommitted files',
			gate: 'identity',
			state: 'open',
			verdict: 'HOLD',
			text: /1 changed file not committed/,
			act: ({head}) => head.uncommitted.push('a'),
		},
		{
			what: 'policy not committed',
			gate: 'identity',
			state: 'open',
			verdict: 'HOLD',
			text: /not as committed: environments\/production\.yaml/,
			act: ({head}) => head.policy.push('production.yaml'),
		},
		{
			what: 'a file changed on live',
			gate: 'identity',
			state: 'failed',
			verdict: 'NO-GO',
			text: /1 file on Pre-Prod not as deployed: artisan/,
			act: ({live}) => writeFile(join(live('preprod'), 'artisan'), 'hacked'),
		},
		{
			what: 'a failed item',
			gate: 'checklist',
			state: 'failed',
			verdict: 'NO-GO',
			text: /2 of 3, 1 failed: Item one/,
			act: hosts => sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'}),
		},
		{
			what: 'an unclear item',
			gate: 'checklist',
			state: 'open',
			verdict: 'HOLD',
			text: /1 unclear: Item one/,
			act: hosts => sign(hosts, {item: 'one', result: 'unclear', note: 'could not log in'}),
		},
		{
			what: 'a probe that fails',
			gate: 'probes',
			state: 'failed',
			verdict: 'NO-GO',
			text: /0 of 1 pass; Item two: 500, not 200/,
			act: ({web}) => (web.probe = 500),
		},
		{
			what: 'a clock that is off',
			gate: 'soak',
			state: 'unknown',
			verdict: 'HOLD',
			text: /differ by 7\d s/,
			act: ({skew}) => (skew['production-1'] = 75),
		},
		{
			what: 'a colleague who holds it',
			gate: 'lock',
			state: 'waiting',
			verdict: 'HOLD',
			text: /held by Asha on mac: load test/,
			act: async hosts => {
				hosts.actor.current = {name: 'Asha', machine: 'mac'};
				await hold(hosts.services, {
					environment: hosts.to,
					apps: ['backend'],
					reason: 'load test',
					minutes: 60,
				});
				hosts.actor.current = {name: 'Ravi', machine: 'thinkpad'};
			},
		},
	],
)('gates: $what closes $gate', async ({gate, state, verdict, text, act}) => {
	const hosts = await start();
	await signAll(hosts);
	await act(hosts);

	const found = await gateOf(hosts, gate);

	expect(found).toMatchObject({state, verdict});
	expect(found.text).toMatch(text);
	expect(found.clears).toMatch(/\S/);
	await expect(
		decide(hosts).then(decision => requireOpen(decision, {environment: hosts.to, app: 'backend'})),
	).rejects.toMatchObject({
		code: gate === 'lock' ? 'locked' : 'blocked',
		now: 'Nothing was changed.',
	});
});

test('gates: a build that was deployed an hour ago waits for its soak, and says until when', async () => {
	const hosts = await start();
	await hosts.writeLedger('preprod', [hosts.deployed('backend', 1)]);
	await signAll(hosts);
	const found = await gateOf(hosts, 'soak');

	expect(found).toMatchObject({state: 'waiting', verdict: 'HOLD', others: []});
	expect(found.text).toMatch(/^1 h of 24 h on Pre-Prod/);
	expect(Math.round(((found.at ?? 0) - Date.now()) / 3_600_000)).toBe(23);
});

test('gates: outside of the window it says when it opens', async () => {
	const window = {days: ['Tue', 'Wed'], from: '11:00', until: '11:01', notBeforeHolidays: false} as const;
	const hosts = await start({to: {window}});
	await signAll(hosts);
	const found = await gateOf(hosts, 'window');

	expect(found).toMatchObject({state: 'waiting', verdict: 'HOLD', others: []});
	expect(found.at).toBeGreaterThan(Date.now());
});

test("gates: signatures of others are counted, the deployer's own is not", async () => {
	const hosts = await start({to: {approvals: 1}});
	await signAll(hosts);
	await approveBuild(hosts.services, {environment: hosts.from, app: 'backend'});
	expect(await gateOf(hosts, 'approvals')).toMatchObject({state: 'open', text: '0 of 1', others: []});

	hosts.actor.current = {name: 'Asha', machine: 'mac'};
	await approveBuild(hosts.services, {environment: hosts.from, app: 'backend'});
	hosts.actor.current = {name: 'Ravi', machine: 'thinkpad'};

	expect(await gateOf(hosts, 'approvals')).toMatchObject({state: 'met', verdict: 'GO', text: '1 of 1: Asha'});
});

test('gates: an emergency needs its profile, a second signature, and nothing failed', async () => {
	const none = await start();
	await expect(decide(none, {emergency: 'site is down'})).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringContaining('emergency'),
	});

	const hosts = await start({to: {emergency: {soakHours: 0, approvals: 1, reviewWithinHours: 48}}});
	await hosts.writeLedger('preprod', [hosts.deployed('backend', 1)]);
	const closed = async () =>
		(await decide(hosts, {emergency: 'site is down'})).report.gates
			.filter(({state}) => state !== 'met')
			.map(({gate}) => gate);
	expect(await closed()).toEqual(['approvals']);
	hosts.actor.current = {name: 'Asha', machine: 'mac'};
	await approveBuild(hosts.services, {environment: hosts.from, app: 'backend'});
	hosts.actor.current = {name: 'Ravi', machine: 'thinkpad'};
	expect(await closed()).toEqual([]);
	expect((await decide(hosts, {emergency: 'site is down'})).promotion).toMatchObject({emergency: 'site is down'});

	await sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'});
	expect(await closed()).toEqual(['checklist']);
});

test('gates: a silent host closes what it knows, and says who is silent', async () => {
	const hosts = await start();
	await signAll(hosts);
	hosts.silent.add('preprod-1');
	const {report} = await decide(hosts);

	expect(report.verdict).toBe('HOLD');
	for (const name of ['identity', 'checklist', 'soak', 'approvals'] as const) {
		const gate = report.gates.find(({gate}) => gate === name);
		if (name !== 'approvals')
			expect(gate, name).toMatchObject({
				state: 'unknown',
				text: expect.stringContaining('preprod-1 does not answer'),
			});
	}
});

test("sign-off: the worse result stands until a retest, and one's own can be taken back", async () => {
	const hosts = await start();
	const state = async () =>
		(await readChecklist(hosts.services, {environment: hosts.from, checklists})).items.find(
			({item}) => item.id === 'one',
		);
	await sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'});
	await expect(sign(hosts, {item: 'one', result: 'passed'})).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringContaining('failed by Ravi'),
	});

	await sign(hosts, {item: 'one', result: 'passed', retest: true});
	expect(await state()).toMatchObject({state: 'passed'});
	await undoSignOff(hosts.services, {environment: hosts.from, checklists, item: 'one'});
	expect(await state()).toMatchObject({
		state: 'failed',
		signOff: {actor: {name: 'Ravi'}, note: 'it broke under load'},
	});

	hosts.actor.current = {name: 'Asha', machine: 'mac'};
	await expect(undoSignOff(hosts.services, {environment: hosts.from, checklists, item: 'one'})).rejects.toMatchObject(
		{why: expect.stringContaining('nothing of yours')},
	);
});

test('sign-off: what a colleague found meanwhile stands', async () => {
	const hosts = await start();
	const {items} = await readChecklist(hosts.services, {environment: hosts.from, checklists});
	const seen = items.find(({item}) => item.id === 'one');
	if (!seen) throw new Error('no item');
	hosts.actor.current = {name: 'Asha', machine: 'mac'};
	await sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'});
	hosts.actor.current = {name: 'Ravi', machine: 'thinkpad'};

	await signItem(hosts.services, {
		environment: hosts.from,
		checklists,
		finding: {item: 'one', result: 'passed'},
		seen,
	});

	expect(await gateOf(hosts, 'checklist')).toMatchObject({state: 'failed'});
});

test('sign-off: another deploy voids what it touches, and carries the rest over', async () => {
	const hosts = await start();
	await signAll(hosts);
	await hosts.writeLedger('preprod', [hosts.deployed('backend', 25, otherBuild)]);
	const {items} = await readChecklist(hosts.stranger, {environment: hosts.from, checklists});

	expect(items.map(({state}) => state)).toEqual(['open', 'open', 'open']);
});

test.each<{what: string; act: (text: string) => string; fault: RegExp}>([
	{
		what: 'an edit in the middle',
		act: text => text.replace('"item":"one"', '"item":"0ne"'),
		fault: /is broken: line 4 does not follow/,
	},
	{
		what: 'an edit of the last line',
		act: text => text.replace('"item":"shared"', '"item":"shared "'),
		fault: /entry 5 is not the one that this machine has seen/,
	},
	{
		what: 'two lines swapped',
		act: text => {
			const lines = text.split('\n');
			return [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n');
		},
		fault: /is broken: line 2/,
	},
	{
		what: 'a line taken out',
		act: text =>
			text
				.split('\n')
				.filter((_, index) => index !== 2)
				.join('\n'),
		fault: /is broken: line 3/,
	},
	{
		what: 'the tail cut off',
		act: text => `${text.split('\n').slice(0, 3).join('\n')}\n`,
		fault: /went back from 5 to 3 entries: this machine has seen more/,
	},
	{what: 'half a line at the end', act: text => text.slice(0, -20), fault: /is broken: line 5 is not complete/},
	{what: 'all of it gone', act: () => '', fault: /went back from 5 to 0/},
	{
		what: 'the ledger of another environment',
		act: text => text.replace('"environment":"preprod"', '"environment":"staging"'),
		fault: /is broken|is the ledger of/,
	},
])('ledger: $what is seen, named, and closes the gates', async ({act, fault}) => {
	const hosts = await start();
	await signAll(hosts);
	expect((await decide(hosts)).report.verdict).toBe('GO');
	await writeFile(hosts.ledgerOf('preprod'), act(await hosts.readLedgerFile('preprod')));

	const {report} = await decide(hosts);
	const {reading} = await verifyLedger(hosts.services, hosts.from, hosts.environments);

	expect(reading.fault).toMatch(fault);
	expect(report.verdict).toBe('NO-GO');
	expect(report.gates[0]).toMatchObject({gate: 'identity', state: 'failed', text: expect.stringMatching(fault)});
	await expect(sign(hosts, {item: 'one', result: 'passed'})).rejects.toMatchObject({code: 'blocked'});
});

test('ledger: an older copy is seen by a machine that never read it, from what production remembers', async () => {
	const hosts = await start();
	await signAll(hosts);
	const {promotion} = await decide(hosts);
	await hosts.writeLedger('production', [
		{
			time: ago(0),
			type: 'deploy.started',
			actor: {name: 'Ravi', machine: 'm'},
			data: {run: 'r', app: 'backend', build, promotion},
		},
	]);
	const text = await hosts.readLedgerFile('preprod');
	await writeFile(hosts.ledgerOf('preprod'), `${text.split('\n').slice(0, 4).join('\n')}\n`);

	const {reading} = await verifyLedger(hosts.stranger, hosts.from, hosts.environments);

	expect(reading.fault).toBe('went back from 5 to 4 entries: entry 2 of Production has seen more');
});

test('ledger: begun anew it is evidence of nothing, and what was seen of the old one is no longer held against it', async () => {
	const hosts = await start();
	await signAll(hosts);
	await decide(hosts);
	const text = await hosts.readLedgerFile('preprod');
	await writeFile(hosts.ledgerOf('preprod'), text.replace('"item":"one"', '"item":"0ne"'));

	const {kept, reading} = await beginLedgerAnew(hosts.services, hosts.from, 'disk was restored');

	expect(kept).toMatch(/^ledger-\d{8}T\d{6}Z\.jsonl$/);
	expect(reading.fault).toBeUndefined();
	const {report} = await decide(hosts);
	expect(report.gates.filter(({state}) => state === 'met').map(({gate}) => gate)).not.toContain('soak');
	expect(report.verdict).toBe('HOLD');
	expect((await hosts.stranger.ledgers.read(hosts.from)).fault).toBeUndefined();
});

test('hold: keeps others away with its reason and end, and anybody may end it in writing', async () => {
	const hosts = await start();
	const {services, to} = hosts;
	await hold(services, {environment: to, apps: ['backend'], reason: 'load test', minutes: 60});
	hosts.actor.current = {name: 'Asha', machine: 'mac'};
	await expect(
		hold(services, {environment: to, apps: ['backend'], reason: 'mine', minutes: 5}),
	).rejects.toMatchObject({
		code: 'locked',
		why: expect.stringMatching(/Ravi on thinkpad holds it until .* IST: load test/),
	});

	expect(await unlock(services, {environment: to, apps: ['backend'], reason: 'Ravi is on leave'})).toEqual([
		'backend',
	]);
	const {entries} = await services.ledgers.read(to);
	expect(entries.map(({type}) => type)).toEqual([
		'ledger.opened',
		'deploy.finished',
		'environment.held',
		'environment.unlocked',
	]);
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
	actor: {name: 'Ravi', machine: 'thinkpad'},
};

test('under the lock: pre-prod is kept as it is until the swap, and given back', async () => {
	const hosts = await start();
	await signAll(hosts);
	const guard = guardDeploy(hosts.services, {
		record,
		environment: hosts.to,
		environments: hosts.environments,
		checklists,
	});
	await guard.underLock(new AbortController().signal);
	const reading = async () =>
		decideDeploy(hosts.services, {
			environments: hosts.environments,
			environment: hosts.from,
			app: 'backend',
			checklists,
		});
	expect((await reading()).report.gates.at(-1)).toMatchObject({
		gate: 'lock',
		state: 'waiting',
		text: expect.stringContaining('Production takes this build'),
	});

	await guard.release();

	expect((await reading()).report.gates.at(-1)).toMatchObject({gate: 'lock', state: 'met'});
});

/** A zone in which it is noon now, give or take half an hour: a window around now ends on the same day. */
const noonZone = (): string => {
	const ahead = 12 - Math.round((Date.now() % 86_400_000) / 3_600_000);
	return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
};

test.each<{what: string; act: (hosts: Hosts) => unknown; why: RegExp}>([
	{
		what: 'a colleague deployed to pre-prod',
		act: hosts => hosts.append('preprod', untimed(hosts.deployed('backend', 0, otherBuild))),
		why: /identity: .*4e81d0c/,
	},
	{
		what: 'an item failed',
		act: hosts => sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'}),
		why: /checklist: .*failed/,
	},
	{
		what: 'the window closed',
		act: ({skew}) => Object.assign(skew, {'preprod-1': 7200, 'production-1': 7200}),
		why: /window: closed/,
	},
	{what: 'the sources moved on', act: ({head}) => Object.assign(head, otherBuild), why: /./},
])('under the lock: $what while the words were typed: blocked, nothing changed', async ({act, why}) => {
	const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
	const window = {days, from: '11:00', until: '13:00', notBeforeHolidays: false};
	const hosts = await start({to: {timeZone: noonZone(), window}});
	await signAll(hosts);
	expect((await decide(hosts)).report.verdict).toBe('GO');
	await act(hosts);
	const guard = guardDeploy(hosts.services, {
		record,
		environment: hosts.to,
		environments: hosts.environments,
		checklists,
	});

	await expect(guard.underLock(new AbortController().signal)).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringMatching(why),
		now: expect.stringContaining('Nothing was changed'),
	});
	await guard.release();
});

test('identity signed: only what was signed with a key that is allowed counts', async () => {
	const hosts = await start({from: {identity: 'signed'}});
	const key = (name: string): string => {
		const file = join(hosts.directory, name);
		execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
		return file;
	};
	const [ravi, mallory] = [key('ravi'), key('mallory')];
	const {mkdir, readFile} = await import('node:fs/promises');
	await mkdir(join(hosts.directory, 'environments'));
	await writeFile(
		join(hosts.directory, 'environments/allowed_signers'),
		`Ravi ${await readFile(`${ravi}.pub`, 'utf8')}`,
	);
	const services = {...hosts.services, signatures: sshSignatures};
	const as = (identityFile: string) =>
		({...hosts.from, hosts: [{...hosts.from.hosts[0], identityFile}]}) as typeof hosts.from;
	const signWith = (file: string, item: string) =>
		signItem(services, {environment: as(file), checklists, finding: {item, result: 'passed'}});
	await signWith(ravi, 'one');
	await signWith(mallory, 'two');
	await expect(
		signItem(services, {environment: hosts.from, checklists, finding: {item: 'shared', result: 'passed'}}),
	).rejects.toMatchObject({why: expect.stringContaining('identityFile')});

	const {items} = await readChecklist(services, {environment: hosts.from, checklists});

	expect(items.map(({item, state}) => [item.id, state])).toEqual([
		['one', 'passed'],
		['two', 'open'],
		['shared', 'open'],
	]);
});
