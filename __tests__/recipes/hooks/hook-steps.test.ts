import {expect, test} from 'vitest';
import {planLines} from '../../../src/app/runs/plan-lines.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {Hook, HookMoment, Hooks} from '../../../src/domain/environments/hooks.ts';
import type {Pipeline, Step} from '../../../src/domain/runs/pipeline.ts';
import {deployPipeline, preprod, production, rollbackPipeline} from '../pipelines.ts';

const hook = (id: string, more: Partial<Hook> = {}): Hook => ({
	id,
	run: [`hooks/${id}`],
	where: 'here',
	timeoutMs: 60_000,
	fails: 'stop',
	variables: [],
	...more,
});

const withHooks = (environment: Environment, hooks: Hooks): Environment => {
	const {backend, frontend} = environment.apps;
	return {
		...environment,
		apps: {
			...(backend ? {backend: {...backend, hooks}} : {}),
			...(frontend ? {frontend: {...frontend, hooks}} : {}),
		},
	};
};

const numbered = ({steps}: Pipeline): readonly Step[] => steps.filter(({isClosing}) => !isClosing);
const idsIn = (steps: readonly Step[], step: string): readonly string[] =>
	steps.find(({id}) => id === step)?.actions.map(({id}) => id) ?? [];

const all: Hooks = {
	beforeMigrate: [hook('snapshot')],
	afterBackup: [hook('prove-copy'), hook('copy', {fails: 'go-on'})],
	afterDeploy: [hook('tests', {fails: 'rollback'}), hook('warm', {where: 'host', fails: 'go-on'})],
	afterRollback: [hook('tell', {fails: 'go-on'})],
	onFailure: [hook('page', {fails: 'go-on'}), hook('page-host', {where: 'host', fails: 'go-on'})],
};

test.each([
	['backend', preprod, 8],
	['backend', production, 9],
	['frontend', preprod, 9],
	['frontend', production, 10],
] as const)(
	'hooks of a deploy: %s keeps its steps, and closes behind what comes after it',
	(app, environment, count) => {
		const pipeline = deployPipeline(app, {environment: withHooks(environment, all)});
		const {steps} = pipeline;

		expect(numbered(pipeline)).toHaveLength(count);
		expect(steps.filter(({isClosing}) => isClosing).map(({title, after}) => [title, after])).toEqual([
			['After the backup', ['back-up']],
			['After the deploy', ['verify', 'after-backup']],
		]);
		expect(idsIn(steps, 'back-up')).toEqual([
			'back-up',
			'hook-after-backup-prove-copy',
			'keep-hook-after-backup-prove-copy',
		]);
		expect(idsIn(steps, 'verify')).not.toContain('close');
		expect(idsIn(steps, 'after-deploy')).toEqual([
			'hook-after-deploy-tests',
			'keep-hook-after-deploy-tests',
			'hook-after-deploy-warm',
			'keep-hook-after-deploy-warm',
			'close',
		]);
		// The swap waits for nothing that stops nothing.
		expect(steps.filter(({id}) => id !== 'after-deploy').flatMap(({after}) => after)).not.toContain('after-backup');
	},
);

test('hooks: without any, no pipeline has a step more, and the health check closes it', () => {
	const deploys = deployPipeline('backend');
	expect(deploys.steps.some(({isClosing}) => isClosing)).toBe(false);
	expect(idsIn(deploys.steps, 'verify')).toEqual(['health', 'close']);
	expect(deploys.onFailure).toBeUndefined();
	expect(rollbackPipeline('backend', 'snapshot').steps.filter(({isClosing}) => isClosing)).toHaveLength(1);
});

test.each([
	['backend', 'health-check', 8],
	['frontend', 'health-checks', 7],
] as const)('hooks of a rollback: %s has its own behind its health alone', (app, health, count) => {
	const pipeline = rollbackPipeline(app, 'snapshot', {environment: withHooks(preprod, all)});

	expect(numbered(pipeline)).toHaveLength(count);
	expect(idsIn(pipeline.steps, health)).not.toContain('close');
	expect(pipeline.steps.at(-1)).toMatchObject({id: 'after-rollback', title: 'After the rollback', after: [health]});
	expect(idsIn(pipeline.steps, 'after-rollback')).toEqual([
		'hook-after-rollback-tell',
		'keep-hook-after-rollback-tell',
		'close',
	]);
	const others: readonly HookMoment[] = ['beforeMigrate', 'afterBackup', 'afterDeploy'];
	expect(pipeline.steps.flatMap(({actions}) => actions).filter(({id}) => id.startsWith('hook-'))).toHaveLength(1);
	expect(others.every(moment => all[moment] !== undefined)).toBe(true);
});

test('hooks in a plan: each where it runs, those of a failure last', () => {
	const lines = planLines(deployPipeline('backend', {environment: withHooks(preprod, all)}));
	const ofHooks = lines.filter(({action, kind}) => action.startsWith('hook-') && (kind === 'job' || kind === 'hook'));

	expect(
		ofHooks.flatMap(({step, on, does}) => (does[0]?.startsWith('hook ') ? [`${step}, ${on}: ${does[0]}`] : [])),
	).toEqual([
		'back-up, here: hook prove-copy, at most 60 s; when it fails: stop',
		'rebuild-caches, here: hook snapshot, at most 60 s; when it fails: stop',
		'after-backup, here: hook copy, at most 60 s; when it fails: go-on',
		'after-deploy, here: hook tests, at most 60 s; when it fails: rollback',
		'after-deploy, host: hook warm',
		'on-failure, here: hook page, at most 60 s; when it fails: go-on',
		'on-failure, host: hook page-host',
	]);
	expect(ofHooks.find(({action}) => action === 'hook-before-migrate-snapshot')?.when).toBe(
		'the answer is to run them',
	);
});

test('hooks hear of a release the host settles on, and of an archive only when it is there', () => {
	const pipeline = deployPipeline('backend', {environment: withHooks(preprod, all)});
	const action = pipeline.steps.flatMap(({actions}) => actions).find(({id}) => id === 'hook-after-deploy-tests');
	const facts = (results: Readonly<Record<string, string>>) =>
		action?.kind === 'hook' ? action.facts(results) : undefined;
	const ask = 'time\t1770700000\nlive\t20260209T052800Z-0123abc\n\nmanifest\n';

	expect(facts({'ask-host': ask, 'back-up': 'verified 3 entries, 10 bytes'})).toMatchObject({
		moment: 'afterDeploy',
		kind: 'deploy',
		previous: '20260209T052800Z-0123abc',
		backup: expect.stringMatching(/\/backend_\d{8}_\d{6}\.tar\.gz$/),
	});
	expect(facts({'back-up': 'nothing is live yet: no backup'})).toMatchObject({previous: '', backup: ''});
	const back = rollbackPipeline('backend', 'snapshot', {environment: withHooks(preprod, all)});
	const tell = back.steps.flatMap(({actions}) => actions).find(({id}) => id === 'hook-after-rollback-tell');
	expect(tell?.kind === 'hook' && tell.facts({'verify-target': 'target 20260208T052800Z-7f3a9c2\n'})).toMatchObject({
		kind: 'rollback',
		release: '20260208T052800Z-7f3a9c2',
		commit: '7f3a9c2',
	});
});
