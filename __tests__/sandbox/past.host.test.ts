import {createMemorySamples} from '../../src/services/state/memory-samples.ts';
import {silentNotifier} from '../../src/domain/notify/message.ts';
import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, readlinkSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {AppServices} from '../../src/app/app-services.ts';
import {decideDeploy, type Decision} from '../../src/app/gates/gate.ts';
import {readDrift} from '../../src/app/status/live-drift.ts';
import {signItem} from '../../src/app/checklist/sign-off.ts';
import {readStatus} from '../../src/app/status/status.ts';
import {loadChecklists} from '../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {Checklists} from '../../src/domain/checklist/checklist.ts';
import {sectionsFor} from '../../src/domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../src/domain/environments/environment.ts';
import {contradicts, readChain, runFacts, type Chain} from '../../src/domain/ledger/ledger.ts';
import {liveRelease} from '../../src/domain/releases/live-releases.ts';
import {refuseResult, signOffIn} from '../../src/domain/checklist/sign-off.ts';
import {witnessesIn} from '../../src/domain/ledger/witness.ts';
import {tuesday} from '../../src/sandbox/clock.ts';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import type {SandboxTier} from '../../src/sandbox/tiers.ts';
import {createEnvFiles} from '../../src/services/local/env/env-files.ts';
import {createGitSource} from '../../src/services/local/source/git-source.ts';
import {refuseBeside} from '../../src/domain/checklist/observation.ts';
import {httpProbe} from '../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createRunStore} from '../../src/services/state/run-store.ts';
import {systemClock} from '../../src/services/system-clock.ts';
import {ledgerBook, noSignatures} from '../support/ledger.ts';
import {policyAsOpened} from '../support/policy.ts';
import {noBuilds} from '../support/no-builds.ts';
import {noHooks} from '../support/no-hooks.ts';
import {outputOf} from '../support/run-program.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const source = createGitSource();
const project = async (config: string) => ({
	...(await loadEnvironments(config, {home: homedir()})),
	checklists: await loadChecklists(config),
});
const past = {source, load: project};
const tiers: readonly SandboxTier[] = ['preprod', 'production'];
const apps: readonly AppName[] = ['backend', 'frontend'];

const servicesFor = (directory: string, name = 'Meera'): AppServices => {
	const sessions = createSessionManager({environment: process.env});
	return {
		sessions,
		ledgers: ledgerBook(sessions),
		source,
		signatures: noSignatures,
		envFiles: createEnvFiles(),
		samples: createMemorySamples(),
		notifier: silentNotifier,
		policy: policyAsOpened(),
		builds: noBuilds,
		hooks: noHooks,
		probe: httpProbe,
		clock: systemClock,
		runs: createRunStore(join(directory, 'state')),
		nonce: () => '9b1d',
		actorFor: async () => ({name, machine: `${name}-laptop`}),
		patienceMs: 10_000,
	};
};

const ledgerFile = (sandbox: Sandbox, tier: SandboxTier): string =>
	join(
		sandbox.hosts.find(({environment}) => environment === tier)?.root ?? '',
		`home/ubuntu/.cockpit/qsights/${tier}/ledger.jsonl`,
	);
const chainOf = (sandbox: Sandbox, tier: SandboxTier): Chain =>
	readChain(readFileSync(ledgerFile(sandbox, tier), 'utf8'), sha256);

describe('sandbox: its past', () => {
	let directory: string;
	let sandbox: Sandbox;
	let environments: readonly Environment[];
	let checklists: Checklists;
	let services: AppServices;
	const named = (name: string): Environment => {
		const found = environments.find(environment => environment.name === name);
		if (!found) throw new Error(`no ${name}`);
		return found;
	};
	const decide = (app: AppName): Promise<Decision> =>
		decideDeploy(services, {environments, environment: named('production'), app, checklists});
	const closed = ({report}: Decision): readonly string[] =>
		report.gates.filter(({state}) => state !== 'met').map(({gate, state}) => `${gate} ${state}`);

	beforeAll(async () => {
		directory = mkdtempSync(join(tmpdir(), 'cockpit-sandbox-'));
		sandbox = await startSandbox({directory: join(directory, 'box'), past});
		({environments, checklists} = await project(sandbox.config));
		services = servicesFor(directory);
	});
	afterAll(async () => {
		await services.sessions.close();
		await sandbox.close();
		rmSync(directory, {recursive: true, force: true});
	});

	test('the project has the checklists and holidays the product ships, all committed', async () => {
		for (const name of readdirSync('checklists'))
			expect(readFileSync(join(sandbox.config, 'checklists', name), 'utf8')).toBe(
				// One machine is everything here: probes are given ten times as long.
				readFileSync(join('checklists', name), 'utf8').replaceAll(/\bwithinMs: \d+/g, '$&0'),
			);
		expect(await outputOf(['git', '-C', sandbox.config, 'status', '--porcelain'])).toBe('');
		expect(named('preprod')).toMatchObject({soakHours: 24, holidays: {file: 'holidays-india.yaml'}});
		expect(named('production')).toMatchObject({
			holidays: {file: 'holidays-india.yaml'},
			window: {days: ['Tue', 'Wed'], from: '11:00', until: '14:00'},
			approvals: 0,
			headless: 'allow',
			emergency: {soakHours: 1, approvals: 1, reviewWithinHours: 48},
		});
	});

	test.each(tiers)('the ledger of %s holds together, says whose it is and ends before the clock begins', tier => {
		const file = ledgerFile(sandbox, tier);
		const {entries, header, fault, head} = chainOf(sandbox, tier);

		expect(fault).toBeUndefined();
		expect(header).toMatchObject({project: 'qsights', environment: tier});
		expect(entries[0]?.type).toBe('ledger.opened');
		expect(head?.seq).toBe(entries.length);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
		const times = entries.map(({at}) => at);
		expect(times).toEqual(times.toSorted((a, b) => a - b));
		expect(times[0]).toBeGreaterThan(Date.parse('2026-01-27T00:00:00+05:30'));
		expect(times.at(-1)).toBeLessThan(tuesday.getTime());
		expect(new Set(entries.slice(1).map(({actor}) => actor?.name))).toEqual(new Set(['Ravi', 'Asha']));
	});

	test.each(tiers.flatMap(tier => apps.map(app => ({tier, app}))))(
		'$tier $app: live is what the ledger says, healthy, and as it was deployed',
		async ({tier, app}) => {
			const environment = named(tier);
			const live = liveRelease(chainOf(sandbox, tier).entries, app);
			const commit = tier === 'preprod' ? 'HEAD' : 'HEAD~2';
			const target = environment.apps[app];
			const tree = await source.read({
				directory: join(sandbox.config, app),
				commit,
				excludes: [
					...(target?.excludes ?? []),
					...(target?.shared.files ?? []),
					...(target?.shared.directories ?? []),
				],
			});

			expect(live).toMatchObject({isHealthy: true, build: {commit: tree.commit, digest: tree.digest}});
			expect(basename(readlinkSync(target?.path ?? ''))).toBe(live?.release);
			expect(await readDrift(services, environment, app)).toEqual({value: []});
			const health = await httpProbe.get(target?.health.url ?? '', {timeoutMs: 5000});
			expect(health.outcome).toEqual({status: 200});
		},
	);

	test('what is live, since when and by whom, is as the story has it, by the clock of the hosts', async () => {
		const [preprod, production] = await readStatus(services, [named('preprod'), named('production')]);

		expect(preprod).toMatchObject({
			backend: {isAdopted: true, by: 'Ravi', since: '2026-02-09T05:28:00.000Z'},
			frontend: {isAdopted: true, by: 'Asha', since: '2026-02-09T08:35:00.000Z'},
			bad: [],
		});
		expect(production).toMatchObject({backend: {by: 'Ravi'}, frontend: {by: 'Asha'}, bad: []});
		const evidence = (await decide('backend')).evidence?.facts;
		for (const now of [evidence?.from.now, evidence?.to.now]) {
			const minutes = now && 'value' in now ? (now.value - tuesday.getTime()) / 60_000 : Number.NaN;
			expect(minutes).toBeGreaterThanOrEqual(0);
			expect(minutes).toBeLessThan(10);
		}
	});

	test('files of production that nobody deployed are bad wherever its status is asked for', async () => {
		const shell = join(sandbox.hosts[1]?.root ?? '', 'var/www/qsights/backend/public/shell.php');
		const statusOf = async () => (await readStatus(services, [named('production')], {compares: true}))[0];
		expect(await statusOf()).toMatchObject({backend: {drift: []}, frontend: {drift: []}, bad: []});

		writeFileSync(shell, '<?php');

		expect(await statusOf()).toMatchObject({
			backend: {drift: ['added public/shell.php']},
			bad: ['1 file of the backend not as deployed: added public/shell.php'],
		});
		rmSync(shell);
	});

	test('production was promoted on evidence, gone back from once, and remembers the ledger before it', () => {
		const production = chainOf(sandbox, 'production').entries;
		const preprod = chainOf(sandbox, 'preprod').entries;
		const promotions = production.flatMap(({type, data}) => (type === 'deploy.started' ? [data['promotion']] : []));

		expect(promotions).toHaveLength(3);
		for (const promotion of promotions) {
			const {witness, gates} = promotion as {
				witness: {seq: number; hash: string};
				gates: readonly {gate: string; state: string}[];
			};
			expect(preprod[witness.seq - 1]?.hash).toBe(witness.hash);
			expect(gates.filter(({state}) => state !== 'met')).toEqual([]);
		}
		const rollback = production.find(({type}) => type === 'rollback.finished');
		expect(runFacts(rollback ?? {data: {}}).release).toMatch(/-adopted$/);
	});

	test('every sign-off would be taken today: its limits, its notes, its text', () => {
		const items = new Map(
			sectionsFor(checklists, 'before-production').flatMap(section => section.items.map(item => [item.id, item])),
		);
		const signOffs = chainOf(sandbox, 'preprod').entries.flatMap(entry => signOffIn(entry) ?? []);

		expect(signOffs.length).toBeGreaterThan(items.size);
		for (const {item: id, result, value, note, itemDigest, by, probe} of signOffs) {
			const item = items.get(id);
			expect(item?.digest).toBe(itemDigest);
			// A week ago a probe recorded what it saw by itself; since then a person signs beside it.
			expect(by === 'probe' || probe !== undefined).toBe(item?.probe !== undefined);
			if (probe) expect(refuseBeside({...probe, seen: probe.text, tookMs: undefined}, result)).toBeUndefined();
			if (item && result !== 'undone') expect(refuseResult(item, {result, value, note}), id).toBeUndefined();
		}
	});

	test('what somebody changes on the host shows, and keeps the build from going on', async () => {
		const root = sandbox.hosts[0]?.root ?? '';
		const file = join(root, 'var/www/qsights/backend/routes/api.php');
		const text = readFileSync(file, 'utf8');
		writeFileSync(file, `${text}//\n`);

		expect(closed(await decide('backend'))).toEqual(['identity failed', 'checklist open']);

		writeFileSync(file, text);
	});

	test('the frontend is a NO-GO: its page load failed, and it has not soaked', async () => {
		const decision = await decide('frontend');

		expect(decision.report.verdict).toBe('NO-GO');
		expect(closed(decision)).toEqual(['checklist failed', 'soak waiting']);
		const states = decision.evidence?.items ?? [];
		expect(
			states.filter(({state}) => state === 'failed').map(({item, signOff}) => [item.id, signOff?.value]),
		).toEqual([['page-load', '3.4']]);
		expect(states.filter(({state}) => state === 'open').length).toBeGreaterThan(1);
		const soak = decision.report.gates.find(({gate}) => gate === 'soak');
		expect(soak?.at).toBe(Date.parse('2026-02-10T14:05:00+05:30'));
	});

	test('the backend is held by three open items alone, and goes once they are signed', async () => {
		const held = await decide('backend');

		expect(held.report.verdict).toBe('HOLD');
		expect(closed(held)).toEqual(['checklist open']);
		expect(held.weaker).toEqual([]);
		expect(held.report.gates.find(({gate}) => gate === 'soak')?.text).toMatch(/^24 h 2\d min of 24 h/);
		const open = held.evidence?.items.filter(({state}) => state === 'open').map(({item}) => item.id);
		expect(open).toEqual(['scheduled-tasks', 'report-export', 'approval-stability']);

		const environment = named('preprod');
		const values: Readonly<Record<string, string>> = {'report-export': '0', 'approval-stability': '24'};
		for (const item of open ?? []) {
			const value = values[item];
			await signItem(services, {
				environment,
				checklists,
				finding: {item, result: 'passed', ...(value === undefined ? {} : {value})},
			});
		}

		const decided = await decide('backend');
		expect(closed(decided)).toEqual([]);
		expect(decided.report.verdict).toBe('GO');
		expect(chainOf(sandbox, 'preprod').fault).toBeUndefined();
	});

	test('a later start keeps the past, and a host begun anew gets the one that fits the other', async () => {
		const ledgers = tiers.map(tier => readFileSync(ledgerFile(sandbox, tier), 'utf8'));
		await sandbox.close();
		rmSync(join(sandbox.servers.production.root, 'run/provisioned'));

		sandbox = await startSandbox({directory: join(directory, 'box'), past});

		expect(tiers.map(tier => readFileSync(ledgerFile(sandbox, tier), 'utf8'))).toEqual(ledgers);
		const {entries} = chainOf(sandbox, 'production');
		const witnesses = witnessesIn(entries, 'preprod', 'Production');
		expect(witnesses).toHaveLength(3);
		for (const witness of witnesses) expect(contradicts(chainOf(sandbox, 'preprod'), witness)).toBeUndefined();
	});
});
