import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {silentNotifier} from '../../../src/domain/notify/message.ts';
import {ledgerBook, noSignatures} from '../../support/ledger.ts';
import {policyAsOpened} from '../../support/policy.ts';
import {appendFileSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {createEnvFiles} from '../../../src/services/local/env/env-files.ts';
import {createGitSource} from '../../../src/services/local/source/git-source.ts';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {createRunStore} from '../../../src/services/state/run-store.ts';
import {systemClock} from '../../../src/services/system-clock.ts';
import {createCockpitStore, type CockpitState, type CockpitStore} from '../../../src/store/create-store.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {createRunControllers} from '../../../src/control/run-controllers.ts';
import {resumeId, selectReview} from '../../../src/store/deploy/wizard.ts';
import {noBuilds} from '../../support/no-builds.ts';
import {noHooks} from '../../support/no-hooks.ts';
import {untilState} from '../../support/wait.ts';

let directory: string;
let sandbox: Sandbox;
let environments: readonly Environment[];
let services: AppServices;
let store: CockpitStore;
let controller: ReturnType<typeof createRunControllers>;
const faults: unknown[] = [];

/** Lets migrations run. A question is answered once: it stays in the store until its run has taken the answer. */
const answerMigrations = (asked: CockpitStore, by: typeof controller): void => {
	asked.subscribe(({run}, {run: before}) => {
		if (run?.prompt?.kind !== 'migrations' || run.prompt === before?.prompt) return;
		by.runs.answer(run.prompt.id, 'run');
	});
};

/** What is asked of a state that never came, as far as it matters here. */
const seen = ({stage, screen, isDriving, notice, review, run}: CockpitState) => ({
	stage,
	screen,
	isDriving,
	notice,
	review: review.state,
	finished: run?.finished,
	steps: run?.steps.map(({id, state}) => `${id} ${state}`),
});
const until = (what: string, holds: (state: CockpitState) => boolean, asked = store): Promise<CockpitState> =>
	untilState(what, asked, holds, {within: 60_000, show: seen});
const reviewed = (): Promise<CockpitState> => until('the review', ({review}) => review.state !== 'loading');
const ready = (): Promise<CockpitState> => until('a good review', ({review}) => review.state === 'ready');
const ended = (): Promise<CockpitState> =>
	until('the end of the run', ({stage}) => stage === 'done' || stage === 'failed');
const failed = (): Promise<CockpitState> => until('the run to have stopped', ({stage}) => stage === 'failed');
const backingUp = (): Promise<CockpitState> =>
	until('the backup', ({run}) => run?.steps.some(({id, state}) => id === 'back-up' && state !== 'waiting') === true);

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-deploy-'));
	sandbox = await startSandbox({directory: join(directory, 'box')});
	({environments} = await loadEnvironments(sandbox.config, {home: directory}));
	const sessions = createSessionManager({environment: process.env});
	services = {
		sessions,
		ledgers: ledgerBook(sessions),
		signatures: noSignatures,
		envFiles: createEnvFiles(),
		samples: createMemorySamples(),
		notifier: silentNotifier,
		policy: policyAsOpened(),
		source: createGitSource(),
		builds: noBuilds,
		hooks: noHooks,
		probe: httpProbe,
		clock: systemClock,
		runs: createRunStore(join(directory, 'state')),
		nonce: () => '9b1d',
		actorFor: async () => ({name: 'Ravi', machine: 'ravi-thinkpad'}),
		patienceMs: 10_000,
	};
	store = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
	controller = createRunControllers({
		services,
		environments,
		checklists: noChecklists,
		store,
		onFault: error => faults.push(error),
	});
	controller.deploy.start();
	controller.runs.start();
	answerMigrations(store, controller);
});

afterAll(async () => {
	await controller.runs.stop();
	await services.sessions.close();
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

const choice = {app: 'backend', environment: 'preprod'} as const;

test('deploy controller: both apps are offered everywhere; without evidence the review of production is closed', async () => {
	const offered = store.getState().options.filter(({tier}) => tier !== 'local');

	expect(offered.map(({id, refusal}) => [id, refusal])).toEqual([
		['backend@preprod', undefined],
		['frontend@preprod', undefined],
		['backend@production', undefined],
		['frontend@production', undefined],
	]);
	const production = {app: 'backend', environment: 'production'} as const;
	controller.deploy.review(production);
	const review = selectReview(await reviewed());
	const closed = review?.decision.report.gates.filter(({state}) => state !== 'met').map(({gate}) => gate);
	expect(review?.decision.report.verdict).toBe('HOLD');
	expect(closed).toEqual(['identity', 'checklist', 'soak']);
	store.getState().askWords('deploy', production, ['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
	store.getState().setTyped('VERIFIED');
	controller.deploy.confirm();
	expect(store.getState()).toMatchObject({isDriving: false});
});

test('deploy controller: the review of a host that is not adopted is blocked, and the word starts nothing', async () => {
	controller.deploy.review(choice);
	const review = selectReview(await reviewed());

	expect(review?.refusal?.code).toBe('answer-needed');
	expect(review?.checks.find(({name}) => name === 'layout')?.refusal).toBeDefined();
	store.getState().askWords('deploy', choice, ['yes']);
	store.getState().setTyped('yes');
	controller.deploy.confirm();
	expect(store.getState()).toMatchObject({stage: 'review', isDriving: false});
});

test('deploy controller: adopts and deploys to a host, through the controller alone', {timeout: 120_000}, async () => {
	store.getState().askWords('adopt', choice, ['adopt']);
	store.getState().setTyped('adop');
	controller.deploy.confirm();
	expect(store.getState()).toMatchObject({stage: 'confirm', typed: '', isDriving: false});
	store.getState().setTyped('adopt');
	controller.deploy.confirm();
	const adopted = await ended();
	expect(adopted.run?.finished).toMatchObject({outcome: 'done'});

	controller.deploy.review(choice);
	const review = selectReview(await reviewed());
	expect(review?.refusal).toBeUndefined();
	expect(review?.live.release).toMatch(/-adopted$/);
	expect(review?.files?.total).toBeGreaterThan(0);
	expect(review?.files?.uploadBytes).toBeLessThan(review?.files?.totalBytes ?? 0);
	expect(review?.commits?.commits.length).toBeGreaterThan(0);
	expect(review?.plan.length).toBeGreaterThan(8);
	store.getState().askWords('deploy', choice, ['yes']);
	store.getState().setTyped('yes');
	controller.deploy.confirm();
	expect(controller.runs.cancel()).toBeUndefined();
	const cancelled = await failed();
	expect(cancelled.run?.finished?.error?.now).toBe('Nothing was changed.');

	const live = environments.find(({name}) => name === 'preprod')?.apps.backend?.path ?? '';
	appendFileSync(join(live, 'routes/web.php'), '// a hotfix nobody committed\n');
	controller.deploy.review(choice);
	expect(selectReview(await ready())?.leftOut).toEqual({value: ['changed routes/web.php']});
	store.getState().askWords('deploy', choice, ['yes']);
	store.getState().setTyped('yes');
	controller.deploy.confirm();
	const state = await ended();

	expect(state.run?.finished).toMatchObject({outcome: 'done', exitCode: 0});
	expect(state.run?.steps.map(({state}) => state)).toEqual(state.run?.steps.map(() => 'done'));
	expect(state.run?.notes).toContainEqual(
		expect.stringMatching(
			/^left out: 1 file that is not as deployed: changed routes\/web\.php\. Release \S+-adopted keeps it;/,
		),
	);
	expect(readFileSync(join(live, 'routes/web.php'), 'utf8')).not.toContain('hotfix');
	expect(state.runDetail.swappedAt).toBeDefined();
	expect(state.runPlan?.replaces).toMatch(/-adopted$/);
	// The hosts of a sandbox keep a time of their own: all names are of theirs, none of this machine's.
	for (const name of [state.run?.record?.run, state.runPlan?.becomes, state.runPlan?.replaces])
		expect(name).toMatch(/(^|\/)20260210T/);
	expect(state.liveHealth.count).toBeGreaterThan(0);
	expect(state.output.end).toBeGreaterThan(0);
	expect(state.left).toBeUndefined();
	expect(faults).toEqual([]);
});

test('deploy controller: the next review knows what is live, and how long the last deploy took', async () => {
	store.getState().show('overview');
	controller.deploy.review(choice);
	const review = selectReview(await ready());

	expect(store.getState().screen).toBe('deploy');
	expect(review?.commits).toEqual({commits: [], behind: 0});
	expect(review?.files).toMatchObject({files: [], uploadBytes: 0});
	expect(review?.packages).toBe('same');
	expect(review?.usual).toMatchObject({count: 1});
	expect(Object.keys(review?.usual.stepMs ?? {})).toContain('verify');
	expect(review?.cost.lastBackupBytes).toBeGreaterThan(0);
});

test('deploy controller: a run that was left is offered, and goes on to its end', {timeout: 120_000}, async () => {
	store.getState().askWords('deploy', choice, ['yes']);
	store.getState().setTyped('yes');
	controller.deploy.confirm();
	await backingUp();
	controller.runs.leave();
	const left = await failed();
	expect(left.run?.finished?.outcome).toBe('left');
	expect(left.left?.run).toBe(left.run?.record?.run);

	store.getState().show('overview');
	store.getState().pick(resumeId);
	const state = await until(
		'the end of the resumed run',
		({stage, run}) => stage !== 'failed' && run?.finished !== undefined && run.finished.outcome !== 'left',
	);
	const over = await until('the driver to leave', ({isDriving}) => !isDriving);

	expect(state.run?.finished).toMatchObject({outcome: 'done'});
	expect(over.screen).toBe('deploy');
	expect(over.runDetail).toMatchObject({attempt: 2});
	expect(over.run?.steps.map(({state}) => state)).toEqual(over.run?.steps.map(() => 'done'));
	expect(faults).toEqual([]);
});

test(
	"deploy controller: a colleague's run is taken over by the typed word only, and goes on to its end",
	{timeout: 120_000},
	async () => {
		controller.deploy.review(choice);
		await ready();
		store.getState().askWords('deploy', choice, ['yes']);
		store.getState().setTyped('yes');
		controller.deploy.confirm();
		await backingUp();
		controller.runs.leave();
		const {run} = await failed();
		const id = run?.record?.run ?? '';
		const hers = createCockpitStore({project: 'qsights', environments: [], now: Date.now()});
		const asha = createRunControllers({
			services: {
				...services,
				runs: createRunStore(join(directory, 'state-of-asha')),
				actorFor: async () => ({name: 'Asha', machine: 'asha-mac'}),
			},
			environments,
			checklists: noChecklists,
			store: hers,
			onFault: error => faults.push(error),
		});
		answerMigrations(hers, asha);

		asha.runs.resume(id);
		const asked = await until('the question to take over', ({stage}) => stage === 'confirm', hers);
		expect(asked.takeOver).toMatchObject({run: id, name: 'Ravi', machine: 'ravi-thinkpad'});
		hers.getState().setTyped('take-over');
		asha.deploy.confirm();
		expect(hers.getState()).toMatchObject({stage: 'confirm', typed: '', isDriving: false});
		hers.getState().setTyped('TAKE-OVER');
		asha.deploy.confirm();
		const taken = await until(
			'the end of the run taken over',
			({stage}) => stage === 'done' || (stage === 'failed' && hers.getState().isDriving),
			hers,
		);

		expect(taken.run?.finished).toMatchObject({outcome: 'done'});
		expect(taken.run?.record?.actor.name).toBe('Asha');
		asha.runs.resume(id);
		const over = await until(
			'the word that it is over',
			({notice}) => notice?.text.includes('ended: done') === true,
			hers,
		);
		expect(over.notice?.text).toMatch(
			new RegExp(`^Run ${id} ended: done\\. It deployed backend [0-9a-f]{7}, by Asha, `),
		);
		expect(faults).toEqual([]);
		await asha.runs.stop();
	},
);
