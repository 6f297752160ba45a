import {mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {runCockpit, startCockpit, type Finished} from '../support/cockpit.ts';
import {outputOf} from '../support/run-program.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

/** The built product beside somebody who would like to be asked less. What is live and on the ledger is read on the host. */

let directory: string;
let sandbox: Sandbox;
const git = (...args: readonly string[]): Promise<string> =>
	outputOf(['git', '-C', sandbox.config, '-c', 'user.name=Ravi', '-c', 'user.email=r@example.test', ...args]);
const cockpit = (...args: readonly string[]): Promise<Finished> =>
	runCockpit(args, {config: sandbox.config, home: join(directory, 'ravi')});
const hostOf = (tier: 'preprod' | 'production'): string => join(directory, 'box', tier);
const live = (tier: 'preprod' | 'production'): string => readlinkSync(join(hostOf(tier), 'var/www/qsights/backend'));
const edit = (file: string, change: (text: string) => string): void => {
	const path = join(sandbox.config, file);
	writeFileSync(path, change(readFileSync(path, 'utf8')));
};
const policies = (): readonly {readonly digest: string; readonly accepted?: readonly string[]}[] =>
	readFileSync(join(hostOf('preprod'), 'home/ubuntu/.cockpit/qsights/preprod/ledger.jsonl'), 'utf8')
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as {type: string; data: {policy?: {digest: string}}})
		.flatMap(({type, data}) => (type === 'deploy.started' && data.policy ? [data.policy] : []));

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-policy-'));
	const personal = join(directory, 'ravi/.config/cockpit');
	mkdirSync(personal, {recursive: true});
	// Their way to the real hosts of these names, which is not that to a sandbox's.
	writeFileSync(join(personal, 'qsights.yaml'), 'hosts: {preprod-1: {port: 1}, web-9: {port: 1}}\n');
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

const production = 'environments/production.yaml';
const lowered = (text: string): string =>
	text.replace(/^tier: production$/m, 'tier: preprod').replace(/^promotedFrom: .*\n/m, '');
const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION'] as const;

test.each<{how: string; hide: readonly string[]}>([
	{how: 'edited', hide: []},
	{how: 'in the index as well', hide: ['add', '--all']},
	{how: 'hidden from git by skip-worktree', hide: ['update-index', '--skip-worktree', production]},
	{how: 'hidden from git by assume-unchanged', hide: ['update-index', '--assume-unchanged', production]},
])('policy: production stays production where its file is $how', async ({hide}) => {
	const before = live('production');
	if (hide[0] === 'update-index') await git(...hide);
	edit(production, lowered);
	if (hide[0] === 'add') await git(...hide);
	try {
		const easy = await cockpit('deploy', 'backend', '--env', 'production', '--confirm', 'yes');
		const both = await cockpit('deploy', 'backend', '--env', 'production', ...words, '--migrate', 'run');

		expect([easy.code, both.code]).toEqual([1, 1]);
		expect(easy.stderr).toContain('the words typed are not exactly: VERIFIED, DEPLOY-TO-PRODUCTION');
		expect(both.stderr).toMatch(/checklist: 48 of 51, 3 open/);
		for (const {stderr} of [easy, both])
			expect(stderr).toContain(`noted: ${production} is not as committed, and does not count until committed`);
		expect(live('production')).toBe(before);
	} finally {
		for (const shown of ['--no-skip-worktree', '--no-assume-unchanged'])
			await git('update-index', shown, production);
		await git('reset', '--quiet', '--hard');
	}
});

test('policy: committed, a lower tier is closed until somebody accepts exactly that', async () => {
	const before = live('production');
	edit(production, lowered);
	await git('commit', '--quiet', '--all', '--message', 'Ask nothing');
	try {
		const refused = await cockpit('deploy', 'backend', '--env', 'production', '--confirm', 'yes');

		expect(refused.code).toBe(1);
		expect(refused.stderr).toMatch(
			/policy: not as at the last run: tier production, now preprod, promoted from preprod, now none, soak 24 h, now 0 h/,
		);
		const [, digest = ''] = /--accept-policy ([\da-f]{12})/.exec(refused.stderr) ?? [];
		expect(digest).not.toBe('');

		const easy = await cockpit(
			'deploy',
			'backend',
			'--env',
			'production',
			'--confirm',
			'yes',
			'--accept-policy',
			digest,
		);

		expect(easy.code).toBe(1);
		expect(easy.stderr).toContain('the words typed are not exactly: VERIFIED, DEPLOY-TO-PRODUCTION');
		expect(live('production')).toBe(before);
	} finally {
		await git('reset', '--quiet', '--hard', 'HEAD~1');
	}
});

test('gates: a run to production that is taken over before its swap is asked again', async () => {
	const before = live('production');
	const sign = (item: string, ...more: readonly string[]): Promise<Finished> =>
		cockpit('checklist', 'sign', item, ...more);
	for (const [item, ...more] of [
		['scheduled-tasks'],
		['report-export', '--value', '0'],
		['approval-stability', '--value', '24'],
	] as const)
		expect((await sign(item, '--result', 'passed', ...more)).code).toBe(0);
	const killed = startCockpit(['deploy', 'backend', '--env', 'production', ...words, '--migrate', 'run', '--json'], {
		config: sandbox.config,
		home: join(directory, 'ravi'),
	});
	await killed.waitFor(({type, step}) => type === 'step.started' && step === 'install-dependencies');
	killed.child.kill('SIGKILL');
	await killed.finished;
	expect(
		(await sign('report-export', '--result', 'failed', '--value', '5', '--note', 'rows are missing', '--retest'))
			.code,
	).toBe(0);

	const resumed = await cockpit('resume', '--env', 'production');

	expect(resumed.code).toBe(1);
	expect(resumed.stderr).toMatch(/checklist: 50 of 51, 1 failed/);
	expect(resumed.stderr).toContain('Live backend is untouched');
	expect(live('production')).toBe(before);
	expect(
		(await cockpit('rollback', 'backend', '--env', 'production', '--to', 'previous', '--confirm', 'ROLLBACK')).code,
	).toBe(0);
});

test('policy: a day of changes by commit: what asks more is nobody’s question, what asks less is asked once', async () => {
	const deploy = async (...more: readonly string[]): Promise<Finished> =>
		cockpit('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--json', ...more);
	const until = (hour: string): Promise<string> => {
		edit('environments/preprod.yaml', text => text.replace(/until: .*/, `until: '${hour}'`));
		return git('commit', '--quiet', '--all', '--message', `Until ${hour}`);
	};
	const narrowed = async (): Promise<Finished> => {
		await until('15:00');
		return deploy();
	};
	expect((await deploy()).code).toBe(0);
	expect(await narrowed()).toMatchObject({code: 0, stderr: ''});
	await until('17:00');

	const refused = await deploy();

	expect(refused.code).toBe(1);
	const {stdout} = await cockpit('gate', 'backend', '--env', 'preprod', '--json');
	const {policyDigest, weaker} = JSON.parse(stdout) as {policyDigest: string; weaker: readonly string[]};
	expect(weaker).toEqual(['window Mon/Tue/Wed/Thu/Fri 10:00 to 15:00, now Mon/Tue/Wed/Thu/Fri 10:00 to 17:00']);
	expect(
		(
			await deploy(
				'--accept-policy',
				policyDigest.replace(/./, first => (first === '0' ? '1' : '0')),
			)
		).code,
	).toBe(1);
	expect((await deploy('--accept-policy', policyDigest.slice(0, 12))).code).toBe(0);
	expect(policies().at(-1)).toMatchObject({digest: policyDigest, accepted: weaker});
	expect(await deploy()).toMatchObject({code: 0, stderr: ''});
	expect(policies().at(-1)).not.toHaveProperty('accepted');
});
