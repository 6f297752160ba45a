import {describe, expect, test} from 'vitest';
import {decideDeploy, requireOpen, requirePromotion, type DecideOptions} from '../../../src/app/gates/gate.ts';
import {hold} from '../../../src/app/ledger/hold.ts';
import {approveBuild} from '../../../src/app/checklist/approve-build.ts';
import {signItem, type Finding} from '../../../src/app/checklist/sign-off.ts';
import type {EmergencyProfile} from '../../../src/domain/environments/environment.ts';
import type {DeployError} from '../../../src/domain/errors.ts';
import type {GateName} from '../../../src/domain/gates/gates.ts';
import type {Said} from '../../support/ledger.ts';
import {asha, build, checklists, deployed, now, otherBuild, ravi, sha256, type Changes} from './evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';
import {sees200} from '../../support/observation.ts';

const ist = (time: string): number => Date.parse(`${time}+05:30`);

const decide = ({services, environments, to}: FakeHosts, more: Partial<DecideOptions> = {}) =>
	decideDeploy(services, {environments, environment: to, app: 'backend', checklists, ...more});

const sign = ({services, from}: FakeHosts, finding: Finding) =>
	signItem(services, {environment: from, checklists, finding: {...finding, probe: sees200}});

/** Hosts of which every gate of production is met. */
const ready = async (changes: Changes = {}): Promise<FakeHosts> => {
	const hosts = fakeHosts(changes);
	for (const item of ['one', 'two', 'shared']) await sign(hosts, {item, result: 'passed'});
	return hosts;
};

/** The gates, one a line, as `gate: state: text`. */
const board = async (hosts: FakeHosts, more: Partial<DecideOptions> = {}): Promise<readonly string[]> =>
	(await decide(hosts, more)).report.gates.map(({gate, state, text}) => `${gate}: ${state}: ${text}`);

/** Those of them that are not met. */
const closed = async (hosts: FakeHosts, more: Partial<DecideOptions> = {}): Promise<readonly string[]> =>
	(await board(hosts, more)).filter(line => !line.includes(': met: '));

const approve = async (hosts: FakeHosts, who: {name: string; machine: string; key?: string}): Promise<void> => {
	hosts.actor.current = who;
	await approveBuild(hosts.services, {
		environment: hosts.from,
		environments: [hosts.from, hosts.to],
		checklists,
		app: 'backend',
	});
	hosts.actor.current = ravi;
};

const holdAs = async (hosts: FakeHosts, who: typeof asha, name: 'from' | 'to' = 'to'): Promise<void> => {
	hosts.actor.current = who;
	await hold(hosts.services, {environment: hosts[name], apps: ['backend'], reason: 'load test', minutes: 60});
	hosts.actor.current = ravi;
};

const lockedBy = (run: string) => ({
	holder: `${run} 1 4\n${JSON.stringify({since: '2026-02-10T05:40:00Z', name: 'Asha', machine: 'mac'})}`,
	record: {version: 1, run, kind: 'deploy', app: 'backend'},
});

test('gates: nothing signed is HOLD, all signed is GO; the seven in their order, each with its evidence', async () => {
	const hosts = fakeHosts({to: {window: {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: true}}});
	expect((await decide(hosts)).report.verdict).toBe('HOLD');
	expect(await closed(hosts)).toEqual(['checklist: open: 0 of 3, 3 open: Item one, Item two and 1 more']);

	for (const item of ['one', 'two', 'shared']) await sign(hosts, {item, result: 'passed'});

	expect((await decide(hosts)).report).toMatchObject({verdict: 'GO', app: 'backend', nextSlot: now});
	expect(await board(hosts)).toEqual([
		'identity: met: 7f3a9c2, source dddddddd, as Pre-Prod runs it now',
		'checklist: met: 3 of 3',
		'probes: met: 1 of 1 pass',
		'soak: met: 25 h of 24 h on Pre-Prod',
		'window: met: open until 14:00 IST',
		'approvals: met: none asked',
		'lock: met: free',
	]);
	const decision = await decide(hosts);
	expect(() => requireOpen(decision, {environment: hosts.to, app: 'backend'})).not.toThrow();
});

test('gates: each host is asked what only it knows, and nothing is written', async () => {
	const hosts = await ready();
	const text = hosts.preprod.ledger + hosts.production.ledger;
	for (const name of ['preprod', 'production'] as const) hosts[name].asked.length = 0;
	hosts.gets.length = 0;

	await decide(hosts, {lane: 'run'});

	expect(hosts.labels('production')).toEqual(['ask-for-the-status', 'read-the-ledger']);
	expect(hosts.labels('preprod').toSorted()).toEqual([
		'ask-for-the-status',
		'compare-live-with-what-was-deployed',
		'read-the-ledger',
	]);
	const asked = hosts.preprod.asked.find(({label}) => label === 'compare-live-with-what-was-deployed');
	expect(asked).toMatchObject({as: undefined, lane: 'run'});
	expect(asked?.parameters.slice(0, 5)).toEqual([
		'.cockpit/qsights/preprod',
		'backend',
		'www-data',
		'/var/www/qsights/backend',
		'/var/www/qsights/.backend',
	]);
	expect(asked?.parameters.at(-1)).toBe('.env');
	expect(hosts.gets.toSorted()).toEqual(['http://127.0.0.1/preprod/api/health', 'http://127.0.0.1/preprod/api/up']);
	expect(hosts.preprod.ledger + hosts.production.ledger).toBe(text);
});

test('gates: whoever stops waiting stops every question', async () => {
	const hosts = await ready();
	for (const name of ['preprod', 'production'] as const) hosts[name].asked.length = 0;
	const {signal} = new AbortController();

	await decide(hosts, {signal});

	const asked = [...hosts.preprod.asked, ...hosts.production.asked];
	expect(asked.filter(one => one.signal !== signal).map(({label}) => label)).toEqual([]);
	expect(asked).toHaveLength(5);
});

type Case = {
	readonly what: string;
	readonly closes: readonly string[];
	readonly verdict?: 'NO-GO';
	readonly clears: string;
	readonly changes?: Changes;
	readonly act: (hosts: FakeHosts) => unknown;
};

const again = 'deploy the backend to Pre-Prod again';

test.each<Case>([
	{
		what: 'another commit here',
		closes: ['identity: open: Pre-Prod runs 7f3a9c2, not 4e81d0c'],
		clears: 'identity: deploy 4e81d0c to Pre-Prod first',
		act: ({head}) => Object.assign(head, otherBuild),
	},
	{
		what: 'the same commit with other sources',
		closes: ['identity: open: Pre-Prod runs 7f3a9c2, not 7f3a9c2'],
		clears: 'identity: deploy 7f3a9c2 to Pre-Prod first',
		act: ({head}) => Object.assign(head, {digest: 'f'.repeat(64)}),
	},
	{
		what: 'files that are not committed',
		closes: ['identity: open: 2 changed files not committed'],
		clears: 'identity: commit or put aside your changes',
		act: ({head}) => head.uncommitted.push('a', 'b'),
	},
	{
		what: 'a policy that is not committed',
		closes: ['identity: open: environments/ and checklists/ are not committed'],
		clears: 'identity: commit the policy, so that everybody goes by the same',
		act: ({counts}) => (counts.now = {commit: undefined}),
	},
	{
		what: 'a file that was changed on live',
		closes: ['identity: failed: 1 file on Pre-Prod not as deployed: changed artisan'],
		verdict: 'NO-GO',
		clears: `identity: ${again}`,
		act: ({preprod}) => preprod.files.set('artisan', 'hacked\n'),
	},
	{
		what: 'a file that is gone from live',
		closes: ['identity: failed: 1 file on Pre-Prod not as deployed: gone app/User.php'],
		verdict: 'NO-GO',
		clears: `identity: ${again}`,
		act: ({preprod}) => preprod.files.delete('app/User.php'),
	},
	{
		what: 'a file that nobody deployed',
		closes: ['identity: failed: 1 file on Pre-Prod not as deployed: added public/?[31mshell.php'],
		verdict: 'NO-GO',
		clears: `identity: ${again}`,
		act: ({preprod}) => preprod.files.set('public/\u001B[31mshell.php', 'evil\n'),
	},
	{
		what: 'a release without a manifest',
		closes: ['identity: unknown: not known: live has no manifest to compare with'],
		clears: 'identity: find that out first',
		act: ({preprod}) => (preprod.manifest = ''),
	},
	{
		what: 'files that the host does not show',
		closes: ["identity: unknown: not known: the files of live can't be read: sudo: a password is required"],
		clears: 'identity: find that out first',
		act: ({preprod}) =>
			preprod.faults.set('compare-live-with-what-was-deployed', {
				code: 1,
				stderr: 'sudo: a password is required\nmore\n',
			}),
	},
	{
		what: 'another release on the host than on its ledger',
		closes: ['identity: failed: Pre-Prod runs release r6, its ledger says 20260209T052800Z-7f3a9c2'],
		verdict: 'NO-GO',
		clears: `identity: ${again}`,
		act: ({preprod}) => (preprod.live = 'r6'),
	},
	{
		what: 'another release on production than on its ledger',
		closes: ['identity: failed: Production: live is r6, which the ledger of production does not know'],
		verdict: 'NO-GO',
		clears: 'identity: roll the backend of Production back, so that its ledger says what is live',
		act: ({production}) => (production.live = 'r6'),
	},
	{
		what: 'nothing live on the host',
		closes: ['identity: failed: Pre-Prod: nothing is live; the ledger of preprod says 20260209T052800Z-7f3a9c2'],
		verdict: 'NO-GO',
		clears: `identity: ${again}`,
		act: ({preprod}) => (preprod.live = undefined),
	},
	{
		what: 'a failed item',
		closes: ['checklist: failed: 2 of 3, 1 failed: Item one'],
		verdict: 'NO-GO',
		clears: 'checklist: put it right and test it again',
		act: hosts => sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'}),
	},
	{
		what: 'an unclear item',
		closes: ['checklist: open: 2 of 3, 1 unclear: Item one'],
		clears: 'checklist: find out, and sign it again',
		act: hosts => sign(hosts, {item: 'one', result: 'unclear', note: 'could not log in'}),
	},
	{
		what: 'a probe that fails',
		closes: ['probes: failed: 0 of 1 pass; Item two: 500, not 200'],
		verdict: 'NO-GO',
		clears: 'probes: put it right; the probes run again by themselves',
		act: ({web}) => (web.probe = 500),
	},
	{
		what: 'a pre-prod that is not healthy',
		closes: ['soak: failed: Pre-Prod is not healthy: 502'],
		verdict: 'NO-GO',
		clears: 'soak: put it right',
		act: ({web}) => (web.up = 502),
	},
	{
		what: 'a clock that is 61 s ahead',
		changes: {to: {window: {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: false}}},
		closes: [
			'soak: unknown: the clocks of Pre-Prod and Production differ by 61 s',
			'window: unknown: the clocks of Pre-Prod and Production differ by 61 s',
		],
		clears: 'soak: set the clocks',
		act: ({production}) => (production.time += 61_000),
	},
	{
		what: 'a window that has closed',
		changes: {to: {window: {days: ['Mon', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false}}},
		closes: ['window: waiting: not on a Tuesday'],
		clears: 'window: wait; opens Wed 11 Feb 11:00 IST',
		act: () => undefined,
	},
	{
		what: 'a signature that is missing',
		changes: {to: {approvals: 2}},
		closes: ['approvals: open: 1 of 2: Asha; names only, nobody proved: identity is claimed'],
		clears: 'approvals: somebody else signs it: cockpit approve',
		act: hosts => approve(hosts, asha),
	},
	{
		what: 'a colleague who holds it',
		closes: ['lock: waiting: held by Asha on mac: load test'],
		clears: 'lock: ask Asha, or end it: cockpit unlock --env production --reason ...; opens Tue 10 Feb 12:20 IST',
		act: hosts => holdAs(hosts, asha),
	},
	{
		what: 'a run on production',
		closes: ['lock: waiting: Asha on mac since Tue 10 Feb 11:10 IST, run other'],
		clears: 'lock: wait for it, or take it over: cockpit resume other --env production',
		act: ({production}) => production.locks.set('backend', lockedBy('other')),
	},
	{
		what: 'a run on pre-prod, which may change what is promoted',
		closes: ['lock: waiting: Pre-Prod: Asha on mac since Tue 10 Feb 11:10 IST, run other'],
		clears: 'lock: wait for it, or take it over: cockpit resume other --env preprod',
		act: ({preprod}) => preprod.locks.set('backend', lockedBy('other')),
	},
])('gates: $what closes, and says what clears it', async ({closes, verdict = 'HOLD', clears, changes, act}) => {
	const hosts = await ready(changes);
	await act(hosts);

	expect(await closed(hosts)).toEqual(closes);
	const decision = await decide(hosts);
	expect(decision.report.verdict).toBe(verdict);
	const refuse = (): void => requireOpen(decision, {environment: hosts.to, app: 'backend'});
	const isLock = closes.every(line => line.startsWith('lock:'));
	expect(refuse).toThrow(
		expect.objectContaining({
			code: isLock ? 'locked' : 'blocked',
			what: isLock ? 'production backend is locked' : 'DEPLOYMENT BLOCKED: backend to production',
			why: closes.map(line => line.replace(/: (failed|open|waiting|unknown): /, ': ')).join('\n'),
			now: 'Nothing was changed.',
			next: expect.stringContaining(`${clears}\n`) as string,
		}) as DeployError,
	);
});

test('gates: a refusal names the next slot, or that there is none', async () => {
	const window = {days: ['Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false} as const;
	const holidays = {file: 'in.yaml', source: 's', covers: {from: '2026-01-01', until: '2026-02-10'}, days: []};
	const nextOf = async (changes: Changes): Promise<string> => {
		const hosts = await ready(changes);
		const decision = await decide(hosts);
		try {
			requireOpen(decision, {environment: hosts.to, app: 'backend', now: 'As it was.'});
		} catch (error) {
			const {next, now} = error as DeployError;
			return `${now} ${next.split('\n').at(-1)}`;
		}
		return 'nothing was refused';
	};

	expect(await nextOf({to: {window}})).toBe(
		'As it was. Next slot: Wed 11 Feb 11:00 IST, with what is open done by then.',
	);
	expect(await nextOf({to: {window, holidays}})).toBe(
		'As it was. Next slot: none in sight, with what is open done by then.',
	);
});

describe('soak', () => {
	test.each([
		{minutes: 23 * 60 + 59, closes: ['soak: waiting: 23 h 59 min of 24 h on Pre-Prod']},
		{minutes: 24 * 60, closes: []},
	])('gates: $minutes minutes after the deploy', async ({minutes, closes}) => {
		const hosts = fakeHosts();
		hosts.writeLedger('preprod', [deployed(minutes / 60)]);
		for (const item of ['one', 'two', 'shared']) await sign(hosts, {item, result: 'passed'});

		expect(await closed(hosts)).toEqual(closes);
	});

	test('gates: what has to wait says until when, by the clock of pre-prod', async () => {
		const hosts = await ready();
		hosts.writeLedger('preprod', [deployed(1)]);

		const {report} = await decide({...hosts, services: hosts.stranger});

		expect(report.gates.find(({gate}) => gate === 'soak')).toMatchObject({
			state: 'waiting',
			at: ist('2026-02-11T10:20'),
		});
	});

	test('gates: any deploy of the app to pre-prod begins it anew; one of the other app does not', async () => {
		const hosts = fakeHosts();
		hosts.writeLedger('preprod', [deployed(30), deployed(25, build, 'frontend')]);
		expect((await closed(hosts)).filter(line => line.startsWith('soak'))).toEqual([]);

		hosts.writeLedger('preprod', [deployed(30), deployed(2)]);
		expect(await closed({...hosts, services: hosts.stranger})).toContain('soak: waiting: 2 h of 24 h on Pre-Prod');
	});
});

describe('lock', () => {
	test('gates: its own run under the lock is not in its own way', async () => {
		const hosts = await ready();
		hosts.production.locks.set('backend', lockedBy('mine'));
		expect(await board(hosts, {run: 'mine'})).toContain('lock: met: held by this run');
		expect(await closed(hosts, {run: 'another'})).toHaveLength(1);
		expect(await closed(hosts)).toHaveLength(1);
	});

	test('gates: a run on the other app is in nobody’s way', async () => {
		const hosts = await ready();
		const {holder, record} = lockedBy('other');
		hosts.production.locks.set('frontend', {holder, record: {...record, app: 'frontend'}});

		expect(await closed(hosts)).toEqual([]);
	});

	test('gates: a hold ends at its end, and is not in the way of its owner', async () => {
		const hosts = await ready();
		await holdAs(hosts, asha);
		for (const name of ['preprod', 'production'] as const) hosts[name].time = ist('2026-02-10T12:19:59');
		expect(await closed(hosts)).toHaveLength(1);
		for (const name of ['preprod', 'production'] as const) hosts[name].time = ist('2026-02-10T12:20');
		expect(await closed(hosts)).toEqual([]);

		hosts.production.time = hosts.preprod.time = now;
		hosts.actor.current = asha;
		expect(await closed(hosts)).toEqual([]);
		hosts.actor.current = {...asha, machine: 'desk'};
		expect(await closed(hosts)).toHaveLength(1);
	});

	test('gates: the hold by which a run keeps pre-prod as it is, is not in its own way', async () => {
		const hosts = await ready();
		const until = now / 1000 + 60;
		const about = JSON.stringify({name: 'Asha', machine: 'mac', reason: 'takes this build', run: 'mine'});
		hosts.production.holds.set('backend', `mine ${until}\n${about}`);

		expect(await closed(hosts, {run: 'mine'})).toEqual([]);
		expect(await closed(hosts, {run: 'another'})).toHaveLength(1);
		expect(await closed(hosts)).toHaveLength(1);
	});

	test.each([
		{who: asha, by: 'somebody'},
		{who: ravi, by: 'the deployer'},
	])('gates: a hold on pre-prod by $by keeps a promotion, as it would be refused under the lock', async ({who}) => {
		const hosts = await ready();
		await holdAs(hosts, who, 'from');

		expect(await closed(hosts)).toEqual([
			`lock: waiting: Pre-Prod: held by ${who.name} on ${who.machine}: load test`,
		]);
	});

	test('gates: what the asking run itself keeps of pre-prod is not in its way, what another keeps is', async () => {
		const hosts = await ready();
		const lease = JSON.stringify({name: 'Ravi', machine: 'm', reason: 'takes this build', run: 'mine'});
		hosts.preprod.holds.set('backend', `mine ${now / 1000 + 60}\n${lease}`);

		expect(await closed(hosts, {run: 'mine'})).toEqual([]);
		expect(await closed(hosts, {run: 'other'})).toEqual([
			'lock: waiting: Pre-Prod: held by Ravi on m: takes this build',
		]);
	});
});

describe('silence', () => {
	const silent = (name: string): string => `not known: ${name} does not answer`;

	test('gates: a silent pre-prod closes all that only it knows', async () => {
		const hosts = await ready({to: {approvals: 1}});
		hosts.preprod.isSilent = true;

		expect(await board(hosts)).toEqual([
			`identity: unknown: ${silent('preprod-1')}`,
			`checklist: unknown: ${silent('preprod-1')}`,
			'probes: met: 1 of 1 pass',
			`soak: unknown: ${silent('preprod-1')}`,
			'window: met: none set',
			`approvals: unknown: ${silent('preprod-1')}`,
			'lock: met: free',
		]);
	});

	test('gates: a silent production closes soak, window and lock; its run is not in sight', async () => {
		const hosts = await ready();
		hosts.production.isSilent = true;

		const {report} = await decide(hosts);

		expect(report).toMatchObject({verdict: 'HOLD', nextSlot: undefined});
		expect(await closed(hosts)).toEqual([
			`soak: unknown: ${silent('production-1')}`,
			`window: unknown: ${silent('production-1')}`,
			`lock: unknown: ${silent('production-1')}`,
		]);
	});
});

describe('approvals', () => {
	test('gates: signatures of others are counted, the own one and one for another build are not', async () => {
		const hosts = await ready({to: {approvals: 1}});
		await approve(hosts, ravi);
		expect(await closed(hosts)).toEqual([
			'approvals: open: 0 of 1; names only, nobody proved: identity is claimed; not counted: Ravi (the same name, and would deploy it)',
		]);
		const other: Said = {type: 'build.approved', actor: asha, data: {app: 'backend', build: otherBuild}};
		const frontend: Said = {type: 'build.approved', actor: asha, data: {app: 'frontend', build}};
		hosts.writeLedger('preprod', [deployed(25), other, frontend]);
		expect(await closed({...hosts, services: hosts.stranger})).toContain(
			'approvals: open: 0 of 1; names only, nobody proved: identity is claimed',
		);

		const fresh = await ready({to: {approvals: 1}});
		await approve(fresh, asha);
		expect(await board(fresh)).toContain(
			'approvals: met: 1 of 1: Asha; names only, nobody proved: identity is claimed',
		);
	});

	/** An approval as anybody could write it, whatever `approve` would have said. */
	const approvedBy = (name: string, key?: string): Said => ({
		type: 'build.approved',
		actor: {name, machine: 'm', ...(key === undefined ? {} : {key})},
		data: {app: 'backend', build},
	});
	const approvalsOf = async (hosts: FakeHosts, said: readonly Said[]) => {
		hosts.writeLedger('preprod', [deployed(25), ...said]);
		const {report} = await decide({...hosts, services: hosts.stranger});
		return report.gates.find(({gate}) => gate === 'approvals');
	};

	test.each([
		{who: 'its name in capitals', name: 'RAVI'},
		{who: 'its name with other spaces', name: ' Ra\u00A0vi '},
		{who: 'Cyrillic letters in its name', name: 'R\u0430vi'},
		{who: 'its name in full width', name: '\uFF32\uFF41\uFF56\uFF49'},
		{who: 'a joiner nobody sees', name: 'Ra\u200Dvi'},
		{who: 'an l for an i', name: 'Ravl'},
		{who: 'its key under another name', name: 'Mei', key: 'SHA256:ravi'},
		{who: 'a name that is nobody', name: '\u200B.'},
	])('gates: the deployer is no second person by $who', async ({name, key}) => {
		const hosts = fakeHosts({to: {approvals: 1}});
		hosts.actor.current = {...ravi, key: 'SHA256:ravi'};
		const gate = await approvalsOf(hosts, [approvedBy(name, key)]);

		expect(gate).toMatchObject({state: 'open', approvals: {asked: 1, isProved: false, counted: []}});
		expect(gate?.approvals?.notCounted).toHaveLength(1);
	});

	test.each([
		{
			of: 'two names with one key',
			said: [approvedBy('Asha', 'SHA256:a'), approvedBy('Mei', 'SHA256:a')],
			state: 'open',
			counted: ['Asha'],
			notCounted: [{name: 'Mei', why: 'the same key as Asha, counted once'}],
		},
		{
			of: 'one name with two keys',
			said: [approvedBy('Asha', 'SHA256:a'), approvedBy('asha', 'SHA256:b')],
			state: 'open',
			counted: ['Asha'],
			notCounted: [{name: 'asha', why: 'the name Asha in other letters, counted once'}],
		},
		{
			of: 'two people',
			said: [approvedBy('Asha', 'SHA256:a'), approvedBy('Mei', 'SHA256:m')],
			state: 'met',
			counted: ['Asha', 'Mei'],
			notCounted: [],
		},
	])('gates: people are counted: $of', async ({said, state, counted, notCounted}) => {
		const hosts = fakeHosts({to: {approvals: 2}});
		expect(await approvalsOf(hosts, said)).toMatchObject({state, approvals: {counted, notCounted}});
	});

	test('approve: who has signed the build already, by whatever name or key, signs nothing more and hears why', async () => {
		const hosts = await ready({to: {approvals: 2}});
		await approve(hosts, {...asha, key: 'SHA256:a'});
		const before = hosts.entriesOf('preprod').length;

		await expect(approve(hosts, {name: 'Mei', machine: 'm', key: 'SHA256:a'})).rejects.toMatchObject({
			code: 'blocked',
			why: 'Asha has, who is you by name or key, signed this build of the backend on Pre-Prod already: a person counts once',
		});
		await expect(approve(hosts, {...asha, name: 'ASHA'})).rejects.toMatchObject({code: 'blocked'});
		await expect(approve(hosts, {...asha, name: '\u200B'})).rejects.toMatchObject({
			why: 'your name is "\u200B", which is nobody\'s: it has no letter or figure',
		});
		expect(hosts.entriesOf('preprod')).toHaveLength(before);
	});

	test('approve: what nothing is promoted from takes no signature', async () => {
		const hosts = await ready();
		await expect(
			approveBuild(hosts.services, {
				environment: hosts.to,
				environments: hosts.environments,
				checklists,
				app: 'backend',
			}),
		).rejects.toMatchObject({
			code: 'blocked',
			why: 'nothing is promoted from Production: a signature there would count nowhere',
		});
	});
});

describe('emergency', () => {
	const profile: EmergencyProfile = {soakHours: 1, approvals: 1, reviewWithinHours: 48};
	const emergency = 'site is down';

	test('gates: without a profile there is none', async () => {
		await expect(decide(await ready(), {emergency})).rejects.toMatchObject({
			code: 'blocked',
			what: 'DEPLOYMENT BLOCKED: production has no emergency profile',
			why: '/configuration/environments/production.yaml has no emergency:',
			now: 'Nothing was changed.',
		});
	});

	test.each([
		'',
		'   ',
		'.',
		'..........',
		'\u200B\u200D\u2060'.repeat(5),
		'--confirm DEPLOY',
		'down\nand more of it',
	])('gates: an emergency for the reason %j is refused with the rule', async reason => {
		const hosts = fakeHosts({to: {emergency: profile}});
		await expect(decide(hosts, {emergency: reason})).rejects.toMatchObject({
			code: 'usage',
			what: 'An emergency needs its reason',
			now: 'Nothing was changed.',
		});
		expect(hosts.entriesOf('production')).toHaveLength(2);
	});

	test('gates: where nothing is promoted to, an emergency is refused, not left out', async () => {
		const hosts = fakeHosts();
		await expect(
			decideDeploy(hosts.services, {
				environments: hosts.environments,
				environment: {...hosts.from, emergency: profile},
				app: 'backend',
				checklists,
				emergency,
			}),
		).rejects.toMatchObject({
			code: 'blocked',
			why: 'nothing is promoted to preprod, so that no gate is waived there',
		});
	});

	test('gates: it waives soak, window and open items, asks a second signature, and nothing failed', async () => {
		const window = {days: ['Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false} as const;
		const hosts = fakeHosts({to: {emergency: profile, window}});
		hosts.writeLedger('preprod', [deployed(2)]);
		expect(await closed(hosts, {emergency})).toEqual([
			'approvals: open: 0 of 1; names only, nobody proved: identity is claimed',
		]);
		await approve(hosts, ravi);
		expect(await closed(hosts, {emergency})).toEqual([
			'approvals: open: 0 of 1; names only, nobody proved: identity is claimed; not counted: Ravi (the same name, and would deploy it)',
		]);
		await approve(hosts, asha);
		expect(await closed(hosts, {emergency})).toEqual([]);
		expect(await closed(hosts)).toEqual([
			'checklist: open: 0 of 3, 3 open: Item one, Item two and 1 more',
			'soak: waiting: 2 h of 24 h on Pre-Prod',
			'window: waiting: not on a Tuesday',
		]);

		await sign(hosts, {item: 'one', result: 'failed', note: 'it broke under load'});
		expect(await closed(hosts, {emergency})).toEqual(['checklist: failed: 0 of 3, 1 failed: Item one']);
	});

	test('gates: it says what it asks less of and until when it has to be reviewed, and is kept with the run', async () => {
		const hosts = fakeHosts({to: {emergency: profile}});
		const usual = await decide(hosts);
		const decision = await decide(hosts, {emergency});

		expect(usual.emergency).toBeUndefined();
		expect(usual.promotion).not.toHaveProperty('emergency');
		expect(decision.emergency).toEqual({
			reason: emergency,
			asksLess: ['soak 24 h, now 1 h', 'items that are open or unclear are waived'],
			reviewBy: ist('2026-02-12T11:20'),
		});
		expect(decision.promotion).toMatchObject({emergency});
		// What the next run is held against is the usual policy.
		expect(decision.policy?.record).toMatchObject({soakHours: 24, approvals: 0});
		hosts.production.isSilent = true;
		expect((await decide(hosts, {emergency})).emergency?.reviewBy).toBeUndefined();
	});
});

describe('what a run remembers', () => {
	const window = {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: true} as const;
	const holidays = {
		file: 'in.yaml',
		source: 's',
		covers: {from: '2026-01-01', until: '2026-12-31'},
		days: [{date: '2026-02-18', name: 'a day off'}],
	};

	test('gates: its evidence and the furthest entry of the ledger before', async () => {
		const hosts = await ready({to: {window, holidays}});
		const last = hosts.preprod.ledger.split('\n').at(-2) ?? '';

		expect((await decide(hosts)).promotion).toEqual({
			from: 'preprod',
			witness: {environment: 'preprod', seq: 5, hash: sha256(last)},
			gates: [
				{gate: 'identity', state: 'met', text: '7f3a9c2, source dddddddd, as Pre-Prod runs it now'},
				{gate: 'checklist', state: 'met', text: '3 of 3'},
				{gate: 'probes', state: 'met', text: '1 of 1 pass'},
				{gate: 'soak', state: 'met', text: '25 h of 24 h on Pre-Prod'},
				{gate: 'window', state: 'met', text: 'open until 14:00 IST'},
				{gate: 'approvals', state: 'met', text: 'none asked'},
				{gate: 'lock', state: 'met', text: 'free'},
			],
		});
	});
});

describe('an environment that is promoted to from no other host', () => {
	const boardOf = async (hosts: FakeHosts, more: Partial<DecideOptions> = {}): Promise<readonly string[]> =>
		board(hosts, {environment: hosts.from, ...more});

	test('gates: window and lock, and nothing else is asked', async () => {
		const window = {days: ['Mon'], from: '10:00', until: '16:00', notBeforeHolidays: false} as const;
		const hosts = fakeHosts({from: {window}});
		expect(await boardOf(hosts)).toEqual(['window: waiting: not on a Tuesday', 'lock: met: free']);
		expect(hosts.labels('production')).toEqual([]);
		expect(hosts.labels('preprod')).toEqual(['ask-for-the-status', 'read-the-ledger']);
		expect(hosts.gets).toEqual([]);

		await holdAs(hosts, asha, 'from');
		expect(await boardOf(hosts)).toContain('lock: waiting: held by Asha on mac: load test');
		hosts.preprod.locks.set('backend', lockedBy('mine'));
		expect(await boardOf(hosts, {run: 'mine'})).toContain('lock: met: held by this run');
		hosts.preprod.isSilent = true;
		expect(await boardOf(hosts)).toEqual([
			'window: unknown: not known: preprod-1 does not answer',
			'lock: unknown: not known: preprod-1 does not answer',
		]);
	});

	test.each<{what: string; to: object; from: object; why: string}>([
		{
			what: 'names none',
			to: {promotedFrom: undefined},
			from: {},
			why: 'production takes only what was proved before, and no environment is named that it is promoted from',
		},
		{
			what: 'names one without hosts',
			to: {},
			from: {hosts: []},
			why: 'production takes only what was proved before, and preprod, which it is promoted from, has no hosts',
		},
	])('gates: production that $what takes nothing, and no host is asked', async ({to, from, why}) => {
		const hosts = fakeHosts({to, from});
		const blocked = {
			code: 'blocked',
			why,
			next: 'Name the environment that is tested in /configuration/environments/production.yaml: promotedFrom: preprod',
		};

		await expect(decide(hosts)).rejects.toMatchObject(blocked);
		expect(() => requirePromotion(hosts.environments, hosts.to)).toThrow(
			expect.objectContaining(blocked) as DeployError,
		);
		expect(() => requirePromotion(hosts.environments, {...hosts.to, tier: 'preprod'})).not.toThrow();
		expect(hosts.labels('production')).toEqual([]);
	});
});

const allGates: readonly GateName[] = ['identity', 'checklist', 'probes', 'soak', 'window', 'approvals', 'lock'];

test('gates: what is wrong with several of them is said of all, in their order', async () => {
	const window = {days: ['Wed'], from: '11:00', until: '14:00', notBeforeHolidays: false} as const;
	const hosts = fakeHosts({to: {approvals: 1, window}});
	hosts.writeLedger('preprod', [deployed(1)]);
	hosts.web.probe = 404;
	hosts.head.uncommitted.push('a');
	await holdAs(hosts, asha);
	const decision = await decide(hosts);
	const refused = (): void => requireOpen(decision, {environment: hosts.to, app: 'backend'});

	expect(refused).toThrow(
		expect.objectContaining({
			code: 'blocked',
			why: expect.stringMatching(new RegExp(allGates.map(gate => `${gate}: .+`).join('\n'))) as string,
		}) as DeployError,
	);
});
