import {expect, test} from 'vitest';
import {createGuidesController} from '../../../src/control/guides/guides-controller.ts';
import {noChecklists} from '../../../src/domain/checklist/checklist.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {emptyRun, type RunState} from '../../../src/domain/runs/run-state.ts';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {selectGuide, selectGuideView} from '../../../src/store/guides/guides.ts';
import {piecesOf} from '../../../src/store/guides/pieces.ts';
import type {CountedPolicy, PolicySet} from '../../../src/domain/ports.ts';
import {quietStore} from '../../support/tui/quiet-cockpit.ts';
import {untilState} from '../../support/wait.ts';
import {guidePlaces} from '../../../src/domain/guides/guide-places.ts';
import {environment, fakeServices} from '../fake-services.ts';

const failedWith = (exitCode: 1 | 3 | 4): RunState => ({
	...emptyRun,
	finished: {type: 'run.finished', outcome: 'failed', exitCode, durationMs: 1000, at: 0},
});

const counted = (opened: PolicySet, commit: string | undefined): CountedPolicy => ({
	...opened,
	commit,
	allowedSigners: '',
	differs: [],
	elsewhere: [],
});

/** A cockpit whose policy answers as the test says. */
const cockpit = (read: (opened: PolicySet) => Promise<CountedPolicy>) => {
	const store = quietStore();
	const {services} = fakeServices({});
	const offered: string[] = [];
	const controller = createGuidesController({
		services: {...services, policy: {...services.policy, read}},
		environments: [environment],
		checklists: noChecklists,
		store,
		clipboard: {offer: text => offered.push(text) > 1},
	});
	return {store, controller, offered};
};

test('guides: made of what is committed when they are opened, and only again when that has changed', async () => {
	let commit = 'a'.repeat(40);
	const {store, controller} = cockpit(async opened => counted(opened, commit));
	expect(store.getState().guides).toBeUndefined();
	controller.open();
	expect(store.getState().screen).toBe('guides');
	await untilState('the guides', store, ({guides}) => guides !== undefined);
	const first = store.getState().guides;
	expect(first?.map(({id}) => id)).toEqual(['workflow-guide', 'checklist', 'quick-reference']);
	expect(first?.[0]?.madeFrom).toContain('made from aaaaaaa');
	controller.open();
	await controller.stop();
	expect(store.getState().guides).toBe(first);
	commit = 'b'.repeat(40);
	controller.open();
	await untilState('other guides', store, ({guides}) => guides !== first);

	expect(store.getState().guides?.[0]?.madeFrom).toContain('made from bbbbbbb');
});

/** The heading under the cursor. */
const headingOf = (store: CockpitStore): string | undefined => {
	const state = store.getState();
	const guide = selectGuide(state);
	return guide && piecesOf(guide)[selectGuideView(state).cursor.piece]?.texts[0];
};

test.each([
	['what closes a deploy', {stage: 'review', reviewPage: 'blocked'}, guidePlaces.blocked],
	['a run that was blocked under the lock', {stage: 'failed', run: failedWith(1)}, guidePlaces.blocked],
	['a run that failed before the swap', {stage: 'failed', run: failedWith(3)}, guidePlaces.failures],
	['a run that failed after it', {stage: 'failed', run: failedWith(4)}, guidePlaces.rollback],
] as const)('guides: from %s they open where that is told', async (_, state, {guide, heading}) => {
	const {store, controller} = cockpit(async opened => counted(opened, 'a'.repeat(40)));
	store.setState({screen: 'deploy', ...state});
	controller.open();
	await untilState('the guides', store, ({guides}) => guides !== undefined);

	expect([store.getState().guideId, headingOf(store)]).toEqual([guide, heading]);
	store.getState().show('deploy');
	controller.open();
	await controller.stop();
	// The place that was read stays where nothing new is to be told.
	expect(headingOf(store)).toBe(heading);
});

test('guides: what can not be read is said in place of them', async () => {
	const {store, controller} = cockpit(async () => {
		throw new DeployError({code: 'blocked', what: 'The policy', why: 'is not in git', now: '', next: 'Commit it.'});
	});
	controller.open();
	await untilState('the problem', store, ({guidesProblem}) => guidesProblem !== undefined);

	expect(store.getState().guidesProblem).toEqual({
		what: 'The policy',
		why: 'is not in git',
		now: 'Nothing was changed.',
		next: 'Commit it.',
	});
});

test('guides: what can not be read any more leaves those that are there, and says so', async () => {
	let isThere = true;
	const {store, controller} = cockpit(async opened => {
		if (isThere) return counted(opened, 'a'.repeat(40));
		throw new DeployError({code: 'blocked', what: 'The policy', why: 'is not in git', now: '', next: 'Commit it.'});
	});
	controller.open();
	await untilState('the guides', store, ({guides}) => guides !== undefined);
	isThere = false;
	controller.open();
	await untilState('the notice', store, ({notice}) => notice !== undefined);

	expect(store.getState().notice).toMatchObject({tone: 'danger', text: 'The policy: is not in git. Commit it.'});
	expect(store.getState().guides).toHaveLength(3);
	expect(store.getState().guidesProblem).toBeUndefined();
});

test('guides: an answer behind the end is none', async () => {
	const late = Promise.withResolvers<void>();
	const {store, controller} = cockpit(async opened => {
		await late.promise;
		return counted(opened, undefined);
	});
	controller.open();
	const stopped = controller.stop();
	late.resolve();
	await stopped;

	expect(store.getState().guides).toBeUndefined();
});

test('guides: a command is handed over, and what became of it is kept', () => {
	const {store, controller, offered} = cockpit(async opened => counted(opened, undefined));
	controller.copy('cockpit status');
	expect(store.getState().guideCopied).toEqual({text: 'cockpit status', wasSent: false});
	controller.copy('cockpit gate');

	expect(store.getState().guideCopied).toEqual({text: 'cockpit gate', wasSent: true});
	expect(offered).toEqual(['cockpit status', 'cockpit gate']);
});
