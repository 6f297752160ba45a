import {expect, test} from 'vitest';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {silentNotifier, type Message, type NotifyTarget} from '../../../src/domain/notify/message.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {createCockpitStore, type CockpitState} from '../../../src/store/create-store.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {createRunControllers} from '../../../src/control/run-controllers.ts';
import {resumeId, selectReview} from '../../../src/store/deploy/wizard.ts';
import {blockedReview, running} from '../../tui/screens/deploy/fixtures.ts';
import {untilState} from '../../support/wait.ts';
import {environment, fakeServices, goodFacts, type Answers} from '../fake-services.ts';

const choice = {app: 'backend', environment: 'preprod'} as const;
const reviewed: Answers = {'ask-the-host': () => ({stdout: goodFacts})};

const emergency = {soakHours: 1, approvals: 1, reviewWithinHours: 48};
const production: Environment = {
	...environment,
	name: 'production',
	title: 'Production',
	tier: 'production',
	promotedFrom: 'preprod',
	window: {days: ['Tue'], from: '11:00', until: '14:00', notBeforeHolidays: false},
	emergency,
};

const cockpit = (
	answers: Answers,
	journals: Readonly<Record<string, readonly RunEvent[]>> = {},
	environments: readonly Environment[] = [environment],
) => {
	const fake = fakeServices(answers, journals);
	const store = createCockpitStore({project: 'qsights', environments: [], now: 0});
	const faults: unknown[] = [];
	const controller = createRunControllers({
		services: fake.services,
		environments,
		checklists: noChecklists,
		store,
		onFault: error => faults.push(error),
	});
	controller.deploy.start();
	controller.runs.start();
	const until = (holds: (state: CockpitState) => boolean): Promise<CockpitState> =>
		untilState(String(holds), store, holds);
	const typeWord = async (): Promise<void> => {
		controller.deploy.review(choice);
		await until(({review}) => review.state === 'ready');
		store.getState().askWords('deploy', choice, ['yes']);
		store.getState().setTyped('yes');
	};
	return {...fake, store, controller, faults, until, typeWord};
};

/** What a run is called is asked for where it begins: changes nothing. */
const asksForNames = (line: string): boolean => line.includes('of_these_days');

test('deploy controller: a review asks the host once and changes nothing', async () => {
	const {controller, until, lines, unexpected, store} = cockpit(reviewed);
	store.getState().pick('backend@preprod');
	const review = selectReview(await until(({review}) => review.state === 'ready'));

	expect(lines).toEqual(['ask-the-host']);
	expect(unexpected).toEqual([]);
	expect(review).toMatchObject({refusal: undefined, live: {commit: '4e81d0c'}, address: 'ubuntu@127.0.0.1'});
	expect(review?.checks.map(({name}) => name)).toEqual([
		'source',
		'lock',
		'layout',
		'tools',
		'sudo',
		'jobs',
		'places',
		'belongings',
		'space',
		// The host of this test stands at the beginning of 1970.
		'clocks',
	]);
	expect(review?.checks.at(-1)?.text).toMatch(/^the clock of .* is \d+ h \d+ min behind this machine$/);
	expect(controller.runs.cancel()).toBe('no run is under way');
});

test('deploy controller: a host that can not be asked is a problem on screen, without control characters', async () => {
	const {controller, until} = cockpit({'ask-the-host': () => ({code: 94, stderr: 'No space\u001B[2J left'})});
	controller.deploy.review(choice);
	const {review} = await until(({review}) => review.state === 'failed');

	expect(review).toMatchObject({
		problem: {what: 'preprod-1 could not be asked', why: 'No space left', now: 'Nothing was changed.'},
	});
});

test('deploy controller: the answer of a review nobody waits for any more is dropped', async () => {
	const first = Promise.withResolvers<{stdout: string}>();
	let calls = 0;
	const {controller, until} = cockpit({
		'ask-the-host': () => (calls++ === 0 ? first.promise : {code: 1, stderr: 'second'}),
	});
	controller.deploy.review(choice);
	await until(() => true);
	controller.deploy.review(choice);
	await until(({review}) => review.state === 'failed');
	first.resolve({stdout: goodFacts});
	await new Promise(resolve => setImmediate(resolve));

	expect((await until(() => true)).review.state).toBe('failed');
});

test('deploy controller: closed gates lead from the review to what closes them, never to the word', async () => {
	const {controller, store, lines} = cockpit({});
	store.getState().beginReview({app: 'frontend', environment: 'production'});
	store.getState().setReview({state: 'ready', review: blockedReview});
	store.getState().openPage('summary');
	controller.deploy.goOn();

	expect(store.getState()).toMatchObject({stage: 'review', reviewPage: 'blocked', words: []});
	expect(lines).toEqual([]);
});

test('deploy controller: a review that is blocked is told to those who are not looking', async () => {
	const bell: NotifyTarget = {way: 'terminal', how: 'bell', on: ['blocked']};
	const {controller, until, services} = cockpit(reviewed, {}, [
		{...environment, notify: [bell]},
		{...production, notify: [bell]},
	]);
	const told: Message[] = [];
	const first = Promise.withResolvers<void>();
	const say = (message: Message): void => {
		told.push(message);
		first.resolve();
	};
	Object.assign(services, {notifier: {...silentNotifier, say}});
	controller.deploy.review(choice);
	await until(({review}) => review.state === 'ready');
	controller.deploy.review({app: 'backend', environment: 'production'});
	await until(({reviewPage}) => reviewPage === 'blocked');
	await first.promise;

	expect(told).toMatchObject([{event: 'blocked', environment: 'production', app: 'backend'}]);
	expect(told[0]?.title).toBe('Blocked: Deploy backend 7f3a9c2 to Production');
});

test('deploy controller: a policy that asks less is one word more, and the run records who accepted what', async () => {
	const {controller, store, until, written, services} = cockpit(reviewed, {}, [environment]);
	const remembered = {
		seq: 2,
		at: 0,
		type: 'deploy.started',
		actor: undefined,
		data: {run: 'r1', policy: {digest: 'd', record: {approvals: 2}}},
		hash: 'h',
	};
	const read = services.ledgers.read;
	Object.assign(services, {
		ledgers: {
			...services.ledgers,
			read: async (of: Environment) => ({
				...(await read(of)),
				entries: [remembered, {...remembered, seq: 3, type: 'deploy.finished'}],
			}),
		},
	});
	controller.deploy.review(choice);
	const review = selectReview(await until(({review}) => review.state === 'ready'));
	const digest = review?.decision.policy?.digest ?? '';
	controller.deploy.goOn();
	expect(store.getState()).toMatchObject({stage: 'confirm', words: [digest.slice(0, 12), 'yes']});

	store.getState().setTyped('yes');
	controller.deploy.confirm();
	await until(({stage}) => stage === 'failed');
	expect(written).toEqual([]);
	expect(store.getState().run?.finished?.error?.what).toContain('was not typed');

	controller.deploy.review(choice);
	await until(({review}) => review.state === 'ready');
	controller.deploy.goOn();
	for (const word of [digest.slice(0, 12), 'yes']) {
		store.getState().setTyped(word);
		controller.deploy.confirm();
	}
	await until(({stage}) => stage === 'failed');
	expect(written[0]).toMatchObject({record: {policy: {digest, accepted: ['approvals 2, now 0']}}});
});

test('deploy controller: where no word is due nothing begins, and no word is named', () => {
	const {store, controller, written} = cockpit(reviewed);
	store.getState().askWords('deploy', choice, []);
	const {notice} = store.getState();

	controller.deploy.confirm();

	expect(store.getState()).toMatchObject({stage: 'confirm', notice});
	expect(written).toEqual([]);
});

const soWhy = 'the site is down for everybody';

test('deploy controller: an emergency is reviewed by its own profile, and says what it asks less and when it is due', async () => {
	const {controller, until} = cockpit(reviewed, {}, [{...environment, soakHours: 24}, production]);
	controller.deploy.review({app: 'backend', environment: 'production', emergency: soWhy});
	const review = selectReview(await until(({review}) => review.state === 'ready'));

	expect(review?.decision).toMatchObject({
		report: {policy: {soakHours: 1, approvals: 1, emergency: soWhy}},
		promotion: {emergency: soWhy},
		emergency: {
			reason: soWhy,
			asksLess: expect.arrayContaining(['soak 24 h, now 1 h', 'window Tue 11:00 to 14:00, now none']),
			reviewBy: (1_770_702_600 + 48 * 3600) * 1000,
		},
	});
	expect(review?.hasEmergency).toBe(true);
});

test('deploy controller: without a profile in the environment file there is no emergency', async () => {
	const {emergency: _, ...without} = production;
	const {controller, until} = cockpit(reviewed, {}, [environment, without]);
	controller.deploy.review({app: 'backend', environment: 'production', emergency: soWhy});
	const {review} = await until(({review}) => review.state === 'failed');

	expect(review).toMatchObject({problem: {what: 'DEPLOYMENT BLOCKED: production has no emergency profile'}});
});

test('deploy controller: the run of an emergency records why, and asks the gates under the lock by its profile', async () => {
	const {controller, store, until, written} = cockpit(reviewed, {}, [environment, production]);
	controller.deploy.review({app: 'backend', environment: 'production', emergency: soWhy});
	const review = selectReview(await until(({review}) => review.state === 'ready'));
	if (!review) throw new Error('no review');
	const {decision} = review;
	const gates = decision.report.gates.map(gate => ({...gate, state: 'met'}) as const);
	const open = {...decision, report: {...decision.report, gates, verdict: 'GO'} as const};
	store.getState().setReview({state: 'ready', review: {...review, decision: open}});
	controller.deploy.goOn();
	expect(store.getState()).toMatchObject({stage: 'confirm', choice: {emergency: soWhy}});
	for (const word of ['VERIFIED', 'DEPLOY-TO-PRODUCTION']) {
		store.getState().setTyped(word);
		controller.deploy.confirm();
	}
	await until(({stage}) => stage === 'failed');

	expect(written[0]).toMatchObject({record: {policy: {environment: 'production'}, promotion: {emergency: soWhy}}});
});

test('deploy controller: a wrong word starts nothing and says so', async () => {
	const {controller, store, typeWord, lines} = cockpit(reviewed);
	await typeWord();
	store.getState().setTyped('Yes');
	controller.deploy.confirm();

	expect(store.getState()).toMatchObject({stage: 'confirm', typed: '', isDriving: false});
	expect(store.getState().notice?.text).toContain('Nothing was changed');
	expect(lines).toEqual(['ask-the-host']);
});

test('deploy controller: sources that moved on since the review are not deployed', async () => {
	const {controller, typeWord, moveHead, until, lines} = cockpit(reviewed);
	await typeWord();
	moveHead('abcdef1');
	controller.deploy.confirm();
	const {run} = await until(({stage}) => stage === 'failed');

	expect(run?.finished?.error?.why).toContain('the sources are at abcdef1 by now');
	expect(lines.filter(line => !asksForNames(line))).toEqual(['ask-the-host']);
});

test('deploy controller: a failed step ends in the failed stage with its error, and a screen that throws changes nothing', async () => {
	const refusals: Answers = {...reviewed, 'take-the-lock': () => ({code: 1, stderr: 'disk full'})};
	const {controller, typeWord, store, until, faults, written, unexpected} = cockpit(refusals);
	await typeWord();
	const stop = store.subscribe(({run}) => {
		if (run?.startedAt !== undefined && run.finished === undefined) throw new Error('a screen has a fault');
	});
	controller.deploy.confirm();
	const state = await until(({stage, isDriving}) => stage === 'failed' && !isDriving);
	stop();

	expect(state.run?.finished).toMatchObject({outcome: 'failed'});
	expect(state.run?.steps[0]).toMatchObject({state: 'failed'});
	expect(faults.length).toBeGreaterThan(0);
	expect(written.findLast(({type}) => type !== 'downtime.measured')?.type).toBe('run.finished');
	expect(unexpected.every(line => !line.includes('ask-the-host'))).toBe(true);
});

test('deploy controller: only one run at a time; a cancel during the preparation starts nothing', async () => {
	const {controller, typeWord, store, until, lines} = cockpit(reviewed);
	await typeWord();
	controller.deploy.confirm();
	controller.deploy.confirm();
	controller.deploy.review(choice);
	expect(store.getState().notice?.text).toBe('A run is under way.');
	expect(controller.runs.cancel()).toBeUndefined();
	const {run} = await until(({stage}) => stage === 'failed');

	expect(run?.finished?.error?.what).toBe('The run was not started');
	expect(lines.filter(line => !asksForNames(line))).toEqual(['ask-the-host']);
});

test('deploy controller: a run that was left is offered at the start and asked about by its own id', async () => {
	const id = '20260210T055341Z-backend-9b1d';
	const {store, until, lines} = cockpit({'ask-for-runs': () => ({stdout: `closed ${id} done\n`})}, {[id]: running});
	expect(store.getState().left).toMatchObject({run: id, done: 1, of: 8});
	store.getState().pick(resumeId);
	await until(({notice}) => notice?.text.includes('ended: done') === true);

	expect(lines[0]).toBe('ask-for-runs');
	expect(store.getState().left).toBeUndefined();
});

test('deploy controller: a host that is away keeps the run to be resumed', async () => {
	const id = '20260210T055341Z-backend-9b1d';
	const away = (): never => {
		throw new DeployError({
			code: 'unreachable',
			what: 'preprod-1 is away',
			why: 'no route',
			now: '',
			next: 'Try again.',
		});
	};
	const {controller, store, until} = cockpit({'ask-for-runs': away}, {[id]: running});
	controller.runs.resume(id);
	await until(({notice}) => notice?.tone === 'danger');

	expect(store.getState().left?.run).toBe(id);
	expect(store.getState().isDriving).toBe(false);
});

test('deploy controller: stopping with nothing under way ends at once', async () => {
	const {controller, faults} = cockpit({});
	await controller.runs.stop();

	expect(faults).toEqual([]);
});

test('deploy controller: a full disk on this machine ends the run with its reason, and the next one may begin', async () => {
	const {controller, typeWord, services, until, store} = cockpit(reviewed);
	await typeWord();
	const journal = services.runs.open({project: 'qsights', environment: 'preprod', run: 'r'});
	Object.assign(services.runs, {open: () => ({...journal, lost: 'no room on /state'})});
	controller.deploy.confirm();
	const {run} = await until(({stage, isDriving}) => stage === 'failed' && !isDriving);

	expect(run?.finished?.error).toMatchObject({now: 'Nothing was changed.'});
	expect(run?.finished?.error?.why).toContain('no room on /state');
	controller.deploy.review(choice);
	expect(store.getState().notice?.text).not.toBe('A run is under way.');
});

test('deploy controller: what fails when a run is ready does not say what is live', async () => {
	const {controller, typeWord, services, until, store} = cockpit(reviewed);
	await typeWord();
	Object.assign(services.runs, {
		open: () => {
			throw new Error('no space left on device');
		},
	});
	controller.deploy.confirm();
	const {run} = await until(({stage, isDriving}) => stage === 'failed' && !isDriving);

	expect(run?.finished?.error?.now).toBe('What is live is not known here: 1 shows it.');
	controller.deploy.review(choice);
	expect(store.getState().notice?.text).not.toBe('A run is under way.');
});
