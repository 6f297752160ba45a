import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parse, stringify} from 'yaml';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {runCockpit, startCockpit, type CockpitEvent, type Finished, type RunningCockpit} from '../support/cockpit.ts';
import {outputOf} from '../support/run-program.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

/** The built product with hooks of a team. What is live is read over HTTP and on the host, what was told from its ledger. */

let directory: string;
let sandbox: Sandbox;
let host: string;
const live = (): string => basename(readlinkSync(join(host, 'var/www/qsights/backend')));
const state = (path: string): string => join(host, 'home/ubuntu/.cockpit/qsights/preprod', path);
const told = (name: string): string => join(directory, 'told', name);
const toldBy = (name: string): string => (existsSync(told(name)) ? readFileSync(told(name), 'utf8') : '');
const git = (...args: readonly string[]): Promise<string> =>
	outputOf(['git', '-C', sandbox.config, '-c', 'user.name=Ravi', '-c', 'user.email=r@example.test', ...args]);

const options = () => ({
	config: sandbox.config,
	home: join(directory, 'ravi'),
	environment: {TOLD: join(directory, 'told'), SENTRY_TOKEN: 'tok-93f1c2aa', NOT_NAMED: 'x'},
});
const cockpit = (...args: readonly string[]): Promise<Finished> => runCockpit(args, options());
const deployArguments = ['deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--migrate', 'run', '--json'];
const deploy = (): Promise<Finished> => cockpit(...deployArguments);
const started = (): RunningCockpit => startCockpit(deployArguments, options());

type Entry = {readonly type: string; readonly data: Readonly<Record<string, unknown>>};
const lastEntry = (): Entry =>
	JSON.parse(readFileSync(state('ledger.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '') as Entry;
const noted = (events: readonly CockpitEvent[]): readonly unknown[] =>
	events.flatMap(({type, text}) => (type === 'run.noted' ? [text] : []));

const edit = (change: (apps: {backend: Record<string, unknown>}) => void): void => {
	const file = join(sandbox.config, 'environments/preprod.yaml');
	const data = parse(readFileSync(file, 'utf8')) as {apps: {backend: Record<string, unknown>}};
	change(data.apps);
	writeFileSync(file, stringify(data));
};
const served = async (): Promise<string> => (await fetch(`${sandbox.urls.preprod.api}/health`)).text();
/** Makes these the hooks of the backend, with their programs, and commits both. */
const commitHooks = async (
	hooks: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>,
	programs: Readonly<Record<string, string>> = {},
): Promise<void> => {
	edit(({backend}) => (backend['hooks'] = hooks));
	const migrations = join(sandbox.config, 'backend/database/migrations');
	for (const path of [join(sandbox.config, 'hooks'), migrations]) mkdirSync(path, {recursive: true});
	if (hooks['beforeMigrate']) writeFileSync(join(migrations, '2026_02_11_000000_add_notes.php'), '<?php\n');
	for (const [name, text] of Object.entries(programs))
		writeFileSync(join(sandbox.config, 'hooks', name), `#!/bin/sh\n${text}\n`, {mode: 0o755});
	await git('add', '--all');
	await git('commit', '--quiet', '--allow-empty', '--message', 'Change the hooks');
};

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-hooks-'));
	for (const name of ['told', 'ravi']) mkdirSync(join(directory, name));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	host = join(directory, 'box/preprod');
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

test('hooks of a deploy: run where they belong, by what was committed; one that may fail is noted, and what is kept is found again', async () => {
	const before = live();
	await commitHooks(
		{
			beforeMigrate: [{id: 'rds-snapshot', run: ['hooks/rds-snapshot'], variables: ['TOLD', 'SENTRY_TOKEN']}],
			afterBackup: [{id: 'copy', run: ['hooks/copy'], fails: 'go-on', variables: ['TOLD']}],
			afterDeploy: [
				{
					id: 'on-host',
					run: ['sh', '-c', 'cat >heard.json; echo "password=hunter22 $COCKPIT_PREVIOUS"; cat canaries'],
					where: 'host',
				},
				{id: 'marker', run: ['hooks/marker'], fails: 'go-on'},
			],
		},
		{
			'rds-snapshot': [
				'env | sort >"$TOLD/environment"; cat >"$TOLD/facts.json"; pwd >"$TOLD/cwd"',
				'echo "uses $SENTRY_TOKEN"',
				'echo "cockpit-keep database-snapshot=pre-$COCKPIT_RUN"',
				'echo "cockpit-keep database-restore=aws rds restore-db-instance-from-db-snapshot pre-$COCKPIT_RUN"',
			].join('\n'),
			copy: '[ -n "$COCKPIT_BACKUP" ] && echo "$COCKPIT_BACKUP" >"$TOLD/copied"',
			marker: 'echo "no route to the monitor" >&2; exit 9',
		},
	);
	writeFileSync(join(sandbox.config, 'hooks/copy'), '#!/bin/sh\nexit 1\n');

	const env = readFileSync(join(host, 'var/www/qsights/backend/.env'), 'utf8');
	const planted = [
		'CANARYone1',
		'CANARYtwo2',
		...env.split('\n').flatMap(line => /(?:KEY|PASSWORD|SECRET)=(?:base64:)?"?([^"]{8,})"?$/.exec(line)?.[1] ?? []),
	];
	expect(planted.length).toBeGreaterThan(3);
	writeFileSync(
		join(host, 'home/ubuntu/canaries'),
		`Authorization: Bearer CANARYone1\nfetch https://bob:CANARYtwo2@host/x\n${planted.slice(2).join(' by itself\n')}\n`,
	);

	const {code, stdout, stderr, events} = await deploy();
	await git('checkout', '--quiet', '.');

	expect(code, stderr + stdout).toBe(0);
	expect(live()).not.toBe(before);
	const facts = JSON.parse(toldBy('facts.json')) as Record<string, unknown>;
	const {run} = facts;
	expect(facts).toMatchObject({
		moment: 'beforeMigrate',
		environment: 'preprod',
		app: 'backend',
		kind: 'deploy',
		release: live(),
		previous: before,
		attempt: 1,
	});
	const variables = toldBy('environment');
	expect(variables).toContain('COCKPIT_STARTED_AT=');
	expect(variables).toContain('SENTRY_TOKEN=tok-93f1c2aa');
	expect(variables).not.toContain('NOT_NAMED');
	expect(toldBy('cwd').trim()).toBe(sandbox.config);
	expect(stdout).toContain('uses ***');
	expect(toldBy('copied').trim()).toMatch(/\/backend_\d{8}_\d{6}\.tar\.gz$/);
	const heard = JSON.parse(readFileSync(join(host, 'home/ubuntu/heard.json'), 'utf8')) as Record<string, unknown>;
	expect(heard).toMatchObject({moment: 'afterDeploy', release: live(), previous: before, run});
	expect(stdout).toContain(`password=*** ${before}`);
	expect(stdout).not.toContain('tok-93f1c2aa');
	expect(stdout).not.toContain('hunter22');
	expect(noted(events)).toContain('hook marker exited with 9: no route to the monitor');
	expect(lastEntry()).toMatchObject({
		type: 'deploy.finished',
		data: {
			kept: {'database-snapshot': `pre-${String(run)}`},
			hooksFailed: [{moment: 'afterDeploy', id: 'marker'}],
		},
	});
	const listed = await cockpit('backups', 'list', '--env', 'preprod');
	expect(listed.stdout).toMatch(new RegExp(`backend_\\d+_\\d+  database-snapshot: pre-${String(run)}\n`));
	const verified = await cockpit('ledger', 'verify', '--env', 'preprod');
	expect(verified.code, verified.stdout + verified.stderr).toBe(0);
	const plan = await cockpit('deploy', 'backend', '--env', 'preprod', '--plan');
	expect(plan.stdout).toContain('hooks/marker: hook marker, at most 600 s; when it fails: go-on');
	const journals = join(directory, 'ravi/state');
	for (const secret of planted) {
		expect(stdout + stderr).not.toContain(secret);
		for (const kept of [state('jobs'), state('ledger.jsonl'), journals])
			await expect(outputOf(['grep', '-rlF', '-e', secret, kept])).rejects.toThrow();
	}
	for (const secret of ['tok-93f1c2aa', 'hunter22'])
		await expect(outputOf(['grep', '-rl', secret, journals])).rejects.toThrow();
});

test('a hook that is not committed stops the deploy before anything is done', async () => {
	const before = [live(), readFileSync(state('ledger.jsonl'), 'utf8')];
	await commitHooks({afterDeploy: [{id: 'late', run: ['hooks/late'], fails: 'rollback'}]});
	writeFileSync(join(sandbox.config, 'hooks/late'), '#!/bin/sh\nexit 1\n', {mode: 0o755});

	const {code, stderr} = await deploy();

	rmSync(join(sandbox.config, 'hooks/late'));
	expect(stderr).toMatch(/hook late can't be run: hooks\/late is not in commit [\da-f]{7}: commit it/);
	expect(stderr).toContain('hooks/late is not as committed, and does not count until committed');
	expect(code).toBe(1);
	expect([live(), readFileSync(state('ledger.jsonl'), 'utf8')]).toEqual(before);
});

test('canaries: what people type, what programs print and what an error says leaves no secret anywhere', async () => {
	const env = readFileSync(join(host, 'var/www/qsights/backend/.env'), 'utf8');
	const appKey = /^APP_KEY=base64:"?([^"\n]+)/m.exec(env)?.[1] ?? '';
	const canaries = [
		'CANARYcomposer01',
		'CANARYurl02',
		'CANARYreason04',
		'CANARYbearer05',
		'CANARYmail06',
		'CANARYvariable07',
		'npm_CANARY3abcdefghijklmnopqrstuv',
		'CANARYhook08',
		'CANARYnote09',
		appKey,
	];
	expect(appKey.length).toBeGreaterThan(20);
	const printed = [
		'http-basic.repo.packagist.com ravi CANARYcomposer01',
		'fatal: unable to access https://ravi:CANARYurl02@git.example.test/app.git',
		'npm error //registry.npmjs.org/:_authToken=npm_CANARY3abcdefghijklmnopqrstuv',
		'Authorization: Bearer CANARYbearer05',
		'MAIL_PASSWORD=CANARYmail06',
		`#0 Encrypter->__construct('${appKey}', 'AES-256-CBC')`,
	].join('\n');
	writeFileSync(join(host, 'home/ubuntu/canaries'), `${printed}\n`);
	await commitHooks(
		{
			afterDeploy: [
				{id: 'prints', run: ['sh', '-c', 'cat canaries; cat canaries >&2'], where: 'host'},
				{id: 'breaks', run: ['hooks/breaks'], fails: 'rollback', variables: ['MONITOR_URL']},
			],
		},
		{breaks: 'echo "POST $MONITOR_URL failed, token: CANARYhook08" >&2; exit 3'},
	);
	const secretly = {...options(), environment: {MONITOR_URL: 'https://m:CANARYvariable07@monitor.test/x'}};
	const words = ['password=CANARYreason04', 'seen with token: CANARYnote09'] as const;
	const argv = new Set<string>();
	const sample = setInterval(() => {
		for (const id of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
			try {
				argv.add(readFileSync(`/proc/${id}/cmdline`, 'utf8'));
			} catch {
				// It has ended.
			}
	}, 25);
	const failed = await runCockpit(deployArguments, secretly);
	clearInterval(sample);
	const ran = [
		failed,
		await runCockpit(['hold', '--env', 'preprod', '--reason', words[0]], secretly),
		await runCockpit(['unlock', '--env', 'preprod', '--reason', words[0], '--json'], secretly),
		await runCockpit(['approve', 'backend', '--env', 'preprod', '--note', words[1]], secretly),
		await runCockpit(['history', '--env', 'preprod', '--json'], secretly),
		await runCockpit(['docs', '--write', join(directory, 'guides')], secretly),
	];

	expect(failed.code, failed.stdout).toBe(4);
	expect(ran.slice(1).map(({code}) => code)).toEqual([0, 0, 0, 0, 0]);
	const shown = ran.map(({stdout, stderr}) => stdout + stderr).join('\n');
	expect(ran[1]?.stderr).toContain('A secret in your words was hidden');
	expect(shown).toContain('held until');
	const places = [
		join(directory, 'ravi'),
		join(directory, 'guides'),
		join(host, 'home/ubuntu/.cockpit'),
		join(host, 'tmp'),
	];
	for (const secret of canaries) {
		expect(shown).not.toContain(secret);
		expect([...argv].filter(line => line.includes(secret))).toEqual([]);
		for (const place of places.filter(path => existsSync(path)))
			await expect(outputOf(['grep', '-rlF', '-e', secret, place]), `${secret} below ${place}`).rejects.toThrow();
	}
	const ledger = readFileSync(state('ledger.jsonl'), 'utf8');
	expect(ledger).toContain('"reason":"password=***"');
	expect(ledger).toContain('seen with token: ***');
});

test('a test suite that fails takes the deploy back by itself, and those who listen hear of it', async () => {
	const before = live();
	const previous = (): string => readFileSync(state('previous-backend'), 'utf8').trim();
	const previousBefore = previous();
	expect(previousBefore).not.toBe(before);
	const servedBefore = await served();
	writeFileSync(join(sandbox.config, 'backend/VERSION'), '9.9.9\n');
	await commitHooks(
		{
			afterDeploy: [{id: 'test-suite', run: ['hooks/test-suite'], fails: 'rollback'}],
			onFailure: [
				{id: 'page', run: ['hooks/page'], variables: ['TOLD']},
				{id: 'page-host', run: ['sh', '-c', 'echo "$COCKPIT_ERROR" >paged'], where: 'host'},
				{id: 'broken', run: ['no-such-program']},
			],
		},
		{'test-suite': 'echo "14 of 15 passed"; exit 1', page: 'cat >"$TOLD/paged.json"'},
	);

	const {code, stdout, events} = await deploy();

	expect(code, stdout).toBe(4);
	expect([live(), previous()]).toEqual([before, previousBefore]);
	const {error} = events.at(-1) as unknown as {error: {what: string; why: string; now: string}};
	expect(error.why).toContain('hook test-suite exited with 1:\n14 of 15 passed');
	expect(error.now).toContain(`Went back: live backend on preprod-1 is ${before} again, and healthy.`);
	const paged = JSON.parse(toldBy('paged.json')) as Record<string, string>;
	expect(paged).toMatchObject({moment: 'onFailure', live: before});
	expect(paged['error']).toContain('14 of 15 passed');
	expect(readFileSync(join(host, 'home/ubuntu/paged'), 'utf8')).toContain('14 of 15 passed');
	expect(noted(events)).toContainEqual(
		expect.stringContaining('hook broken could not be started: no-such-program: ENOENT'),
	);
	expect(lastEntry()).toMatchObject({type: 'deploy.failed', data: {wentBack: true}});
	expect(existsSync(state('lock/backend'))).toBe(false);
	expect(events.filter(({type}) => type === 'live.changed')).toHaveLength(1);
	expect(await served()).toBe(servedBefore);
});

test('a cockpit killed while a hook runs: it is run again where the run leans on it, else only noted', async () => {
	await commitHooks(
		{
			afterDeploy: [
				{id: 'once', run: ['hooks/once'], fails: 'go-on', variables: ['TOLD']},
				{id: 'needed', run: ['hooks/needed'], variables: ['TOLD']},
			],
		},
		{
			once: 'echo begun >>"$TOLD/once"; [ "$(wc -l <"$TOLD/once")" -gt 1 ] || while echo waits; do sleep 0.1; done',
			needed: 'echo "$COCKPIT_ATTEMPT" >>"$TOLD/needed"; [ "$COCKPIT_ATTEMPT" != 2 ] || while echo waits; do sleep 0.1; done',
		},
	);
	const killAt = async (cockpitRunning: RunningCockpit, hook: string): Promise<void> => {
		await cockpitRunning.waitFor(
			({type, action}) => type === 'action.announced' && action === `hook-after-deploy-${hook}`,
		);
		while (toldBy(hook) === '') await new Promise(resolve => setImmediate(resolve));
		cockpitRunning.child.kill('SIGKILL');
		await cockpitRunning.finished;
	};

	await killAt(started(), 'once');
	await killAt(startCockpit(['resume', '--env', 'preprod', '--json'], options()), 'needed');
	const {code, stdout, events} = await cockpit('resume', '--env', 'preprod', '--json');

	expect(code, stdout).toBe(0);
	expect(toldBy('once')).toBe('begun\n');
	expect(toldBy('needed')).toBe('2\n3\n');
	expect(noted(events).filter(text => String(text).startsWith('hook '))).toEqual([
		'hook once had begun before this driver, and its end is not known: it is not run again',
		'hook needed had begun before this driver, and its end is not known: it is run again',
	]);
	expect(lastEntry()).toMatchObject({type: 'deploy.finished', data: {hooksFailed: [{id: 'once'}]}});
	expect(readdirSync(state('lock')).filter(name => name === 'backend')).toEqual([]);
});
