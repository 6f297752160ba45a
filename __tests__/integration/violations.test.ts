import {mkdtemp, mkdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {atDepth} from '../support/depth.ts';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {git, makeSourceRepository, type SourceRepository} from '../support/real-host/make-source-repository.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';
import {openScreen} from '../support/screen.ts';
import {terminalEnvironment} from '../support/tui/terminal-environment.ts';

const product = new URL('../../dist/cockpit.mjs', import.meta.url).pathname;
const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION'];
const live = '/var/www/qsights/backend';
const uploads = '/var/www/qsights/.backend/shared/public/uploads';

const checklist = (path: string): string => `title: Approval
phase: before-production
sections:
    - id: approval
      title: Approval
      items:
          - {id: looked-at, title: Somebody looked at it, scope: both, how: Open it., why: Nobody else does.}
          - id: front-door
            title: The front door opens
            scope: both
            how: Open it.
            why: Nobody else does.
            probe: {on: site, path: ${path}, status: 200}
`;

/** What a decision, a look at the overview and a review ask of a host. None of it changes anything. */
const isQuestion =
	/^(?:ask-for-the-status|ask-for-the-time|ask-the-host|ask-for-the-keys|ask-which-migrations-ran|read-the-ledger|compare-live-with-what-was-deployed)/;

/** Everything an app, its backups and the state of the cockpit consist of; not what a request leaves behind. */
const fingerprint = String.raw`find /var/www/qsights /home/ubuntu -path '*/storage' -prune -o -printf '%p %y %m %s %T@ %l\n' | LC_ALL=C sort | sha256sum`;

/** A day on which it is not now, for a window that is closed until then. */
const dayAfterTomorrow = (): string =>
	new Intl.DateTimeFormat('en-GB', {weekday: 'short', timeZone: 'Asia/Kolkata'}).format(Date.now() + 2 * 86_400_000);

type Violation = {
	readonly deep?: true;
	readonly what: string;
	/** The gate that closes, as the screen names it. */
	readonly gate: string;
	/** What is so, and what clears it. */
	readonly says: readonly RegExp[];
	readonly code?: number;
	readonly violate: () => Promise<unknown>;
	readonly mend: () => Promise<unknown>;
};

const why = realHostUnavailable();

describe.skipIf(why !== undefined)(`one gate violated at a time${why === undefined ? '' : ` (${why})`}`, () => {
	let home: string;
	let preprod: RealHost;
	let production: RealHost;
	let repository: SourceRepository;
	let overrides: {preprod: Record<string, unknown>; production: Record<string, unknown>};

	const config = async (changes: Partial<typeof overrides> = {}): Promise<void> => {
		overrides = {...overrides, ...changes};
		await writeConfig(repository.directory, preprod, overrides.preprod);
		await writeConfig(repository.directory, production, overrides.production);
	};
	const writeChecklist = async (path: string): Promise<void> => {
		await mkdir(join(repository.directory, 'checklists'), {recursive: true});
		await writeFile(join(repository.directory, 'checklists/10-approval.yaml'), checklist(path));
		await git(repository.directory, 'add', '--force', 'checklists');
		await git(repository.directory, 'commit', '--quiet', '--allow-empty', '--message=Change the checklist');
	};
	const as = (name: string, ...args: readonly string[]): Promise<Finished> =>
		runCockpit(args, {config: repository.directory, home, environment: {GIT_CONFIG_VALUE_0: name}});
	const done = async (...args: readonly string[]): Promise<void> => {
		const {code, stdout, stderr} = await as('Ravi', ...args);
		expect({code, stderr}, `cockpit ${args.join(' ')}\n${stdout}`).toEqual({code: 0, stderr: ''});
	};
	const sh = async (host: RealHost, script: string, ...parameters: readonly string[]): Promise<string> => {
		const {code, stdout, stderr} = await host.exec(['sh', '-c', script, 'sh', ...parameters]);
		if (code !== 0) throw new Error(`${script}\nexited with ${code}: ${stderr}`);
		return stdout.trim();
	};
	const fingerprints = (): Promise<readonly string[]> =>
		Promise.all([preprod, production].map(async host => sh(host, fingerprint)));
	const clearRecords = (): Promise<unknown> =>
		Promise.all([preprod, production].map(async host => host.clearRecord()));
	/** Names of what was run on both hosts since then: each command of the product carries its own. */
	const namesOfRecords = async (): Promise<readonly string[]> => {
		const records = await Promise.all([preprod, production].map(async host => host.readRecord()));
		return records.flat().map(({line = ''}) => /' ((?:[a-z]+-)+[a-z/]\S*)/.exec(line)?.[1] ?? line);
	};

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), 'cockpit-violations-'));
		preprod = await startRealHost({name: 'preprod-1'});
		production = await startRealHost({name: 'production-1', environment: 'production', ip: '127.0.0.3'});
		repository = await makeSourceRepository(join(home, 'project'), 'v1');
		await writeChecklist('/uploads/door.txt');
		overrides = {preprod: {soakHours: 0}, production: {headless: 'allow'}};
		await config();
		await done('adopt', '--env', 'preprod');
		await done('adopt', '--env', 'production', '--confirm', 'adopt');
		await repository.commit('v2');
		await done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
		await done('checklist', 'sign', 'looked-at', '--result', 'passed');
		await openDoor();
		await done('checklist', 'sign', 'front-door', '--result', 'passed');
	});
	afterAll(async () => {
		await preprod.stop();
		await production.stop();
		await rm(home, {recursive: true, force: true});
	});

	const openDoor = (): Promise<string> =>
		sh(preprod, 'echo open >"$1/door.txt" && chown www-data: "$1/door.txt"', uploads);
	const violations = atDepth<Violation>([
		{
			what: 'identity: the sources here are not those that were tested',
			gate: 'identity',
			says: [/Pre-Prod runs [0-9a-f]{7}, not [0-9a-f]{7}/, /deploy [0-9a-f]{7} to Pre-Prod first/i],
			violate: async () => repository.commit({'resources/data/build.txt': 'another build\n'}),
			mend: async () => git(repository.directory, 'reset', '--quiet', '--hard', 'HEAD~1'),
		},
		{
			what: 'identity: a file of the live release on pre-prod was edited by hand',
			deep: true,
			gate: 'identity',
			says: [/routes\/api\.php/, /deploy/i],
			violate: async () =>
				sh(preprod, 'cp -p "$1" /root/kept && echo "// a quick fix" >>"$1"', `${live}/routes/api.php`),
			mend: async () => sh(preprod, 'cp -p /root/kept "$1"', `${live}/routes/api.php`),
		},
		{
			what: 'identity: a script that nobody deployed stands in the live release on pre-prod',
			gate: 'identity',
			says: [/added public\/shell\.php/, /deploy/i],
			violate: async () => sh(preprod, 'echo "<?php" >"$1"', `${live}/public/shell.php`),
			mend: async () => sh(preprod, 'rm "$1"', `${live}/public/shell.php`),
		},
		{
			what: 'checklist: an item failed',
			gate: 'checklist',
			says: [/failed/, /Somebody looked at it/],
			violate: async () =>
				done('checklist', 'sign', 'looked-at', '--result', 'failed', '--note', 'the page is white'),
			mend: async () => done('checklist', 'sign', 'looked-at', '--result', 'passed', '--retest'),
		},
		{
			what: 'probes: what was there when it was signed is gone',
			gate: 'probes',
			says: [/The front door opens/, /404/],
			violate: async () => sh(preprod, 'rm "$1/door.txt"', uploads),
			mend: openDoor,
		},
		{
			what: 'soak: a day on pre-prod is asked',
			gate: 'soak',
			says: [/ of 24 h/, /opens|wait/i],
			violate: async () => config({preprod: {soakHours: 24}}),
			mend: async () => config({preprod: {soakHours: 0}}),
		},
		{
			what: 'window: it opens the day after tomorrow',
			gate: 'window',
			says: [new RegExp(dayAfterTomorrow()), /11:00 IST/],
			violate: async () =>
				config({
					production: {
						headless: 'allow',
						window: {days: [dayAfterTomorrow()], from: '11:00', until: '14:00', notBeforeHolidays: false},
					},
				}),
			mend: async () => config({production: {headless: 'allow'}}),
		},
		{
			what: 'approvals: nobody but the deployer signed the build',
			gate: 'approvals',
			says: [/0 of 1/, /cockpit approve/],
			violate: async () => config({production: {headless: 'allow', approvals: 1}}),
			mend: async () => config({production: {headless: 'allow'}}),
		},
		{
			what: 'lock: a colleague holds production',
			gate: 'lock',
			says: [/Asha on .*: a load test/, /cockpit unlock/],
			code: 6,
			violate: async () => {
				const {code, stderr} = await as(
					'Asha',
					'hold',
					'--env',
					'production',
					'--reason',
					'a load test',
					'--for',
					'1h',
				);
				expect(code, stderr).toBe(0);
			},
			mend: async () => done('unlock', '--env', 'production', '--reason', 'the test is over'),
		},
	]);

	test('nothing violated: every gate is met', async () => {
		await openDoor();
		await done('gate', 'backend', '--env', 'production');
	});

	test.each(violations)('$what', async ({gate, says, code = 1, violate, mend}) => {
		await violate();
		onTestFinished(async () => {
			await mend();
			await done('gate', 'backend', '--env', 'production');
		});
		const before = await fingerprints();
		await clearRecords();

		const headless = await as('Ravi', 'deploy', 'backend', '--env', 'production', ...words, '--migrate', 'skip');
		expect(headless.code, headless.stderr).toBe(code);
		expect(headless.stderr).toContain(code === 6 ? 'production backend is locked' : 'DEPLOYMENT BLOCKED');
		expect(headless.stderr).toContain(`${gate}: `);
		for (const part of says) expect(headless.stderr).toMatch(part);
		expect((await namesOfRecords()).filter(name => !isQuestion.test(name))).toEqual([]);

		const screen = openScreen({
			command: process.execPath,
			args: [product, '--config', repository.directory],
			env: terminalEnvironment(home, {COCKPIT_ACTOR: 'Ravi'}),
			cwd: home,
			columns: 120,
			rows: 40,
		});
		onTestFinished(() => screen[Symbol.asyncDispose]());
		await screen.waitFor('q quit');
		screen.send('3', 'down');
		await screen.waitFor(/▌ backend\s+Production/);
		screen.send('enter');
		await screen.waitFor('DEPLOYMENT BLOCKED', {within: 60_000});
		const shown = screen.text().replaceAll(/\s+/g, ' ');
		expect(shown).toMatch(new RegExp(`[✗◔○?] ${gate} .*first closed gate`));
		for (const part of says) expect(shown).toMatch(part);
		const headline = screen.lines.findIndex(line => line.includes('DEPLOYMENT BLOCKED'));
		const {foreground, background} = screen.cell(screen.line(headline).indexOf('DEPLOYMENT'), headline);
		expect([foreground, background]).toContain(1);
		screen.send(...'VERIFIED'.split(''), 'enter');
		screen.send('esc', 'q');
		expect(await screen.ended()).toMatchObject({code: 0});

		expect((await namesOfRecords()).filter(name => !isQuestion.test(name))).toEqual([]);
		expect(await fingerprints()).toEqual(before);
	});
});
