import {expect, test} from 'vitest';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {
	entryIds,
	resumeId,
	selectHighlighted,
	selectOption,
	selectWord,
	type DeployOption,
} from '../../../src/store/deploy/wizard.ts';

const store = () => createCockpitStore({project: 'qsights', environments: [], now: 0});
const option = (id: string, isRefused: boolean): DeployOption => ({
	id,
	app: 'backend',
	environment: id,
	title: id,
	tier: 'preprod',
	...(isRefused ? {refusal: {why: 'no', next: 'none'}} : {}),
});
const left = {run: 'r', environment: 'b', title: 't', done: 1, of: 8, at: 0};

test('wizard: the cursor starts at the first app that can be deployed, never at a run to resume', () => {
	const {getState} = store();
	getState().offer({options: [option('a', true), option('b', false)], left});

	expect(selectHighlighted(getState())).toBe('b');
	expect(entryIds(getState())).toEqual(['a', 'b', resumeId]);
	getState().offer({options: []});
	expect(selectHighlighted(getState())).toBeUndefined();
});

test('wizard: the cursor stays on its entry when the list changes, and leaves one that is gone', () => {
	const {getState} = store();
	getState().offer({options: [option('a', false), option('b', false)], left});
	getState().highlight('b');
	getState().offer({options: [option('c', false), option('a', false), option('b', false)]});
	expect(selectOption(getState())?.id).toBe('b');
	getState().highlight(resumeId);
	getState().offer({left: undefined});
	expect(selectHighlighted(getState())).toBe('c');
});

test('wizard: every stage begins with nothing typed, nothing searched and the summary', () => {
	const {getState} = store();
	getState().setTyped('yes');
	getState().setSearching(true);
	getState().openPage('files');
	getState().scrollTo(7);
	getState().setStage('run');

	expect(getState()).toMatchObject({stage: 'run', typed: '', isSearching: false, reviewPage: 'summary', scroll: 0});
});

test('wizard: words are typed one after the other', () => {
	const {getState} = store();
	getState().askWords('deploy', {app: 'backend', environment: 'production'}, ['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
	expect(selectWord(getState())).toBe('VERIFIED');
	getState().setTyped('VERIFIED');
	getState().nextWord();
	expect(selectWord(getState())).toBe('DEPLOY-TO-PRODUCTION');
	expect(getState().typed).toBe('');
	getState().nextWord();
	expect(selectWord(getState())).toBeUndefined();
});
