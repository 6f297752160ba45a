import {expect, test} from 'vitest';
import {footerEntries} from '../../../../src/tui/frame/footer.tsx';
import {findBinding} from '../../../../src/tui/keys/binding.ts';
import {activeScopes} from '../../../../src/tui/keys/scopes.ts';
import {deployKeys} from '../../../../src/tui/screens/deploy/keys/deploy-keys.ts';
import {press} from '../../../support/tui/press.ts';
import {notAdopted, now, record, stages} from './fixtures.ts';
import {quietController} from '../../../support/tui/quiet-cockpit.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';

const stage = stageNamed(stages);

test('deploy keys: ids are unique, and no key means two things in one scope', () => {
	const ids = deployKeys.map(({id}) => id);
	const pairs = deployKeys.flatMap(({scope, keys}) => keys.map(key => `${scope} ${key}`));

	expect(new Set(ids).size).toBe(ids.length);
	expect(new Set(pairs).size).toBe(pairs.length);
});

test('deploy keys: cancel asks before the swap and says why not after it', () => {
	const before = stage('run');
	press(before, 'c');
	expect(before.getState().dialog).toEqual({kind: 'cancel', selected: 'stay'});

	expect(press(stage('run, swapped'), 'c').refusal).toContain('the swap has begun');
	const offered = (name: Parameters<typeof stage>[0]): readonly string[] =>
		footerEntries(deployKeys, stage(name).getState(), true).map(({key}) => key);
	expect(offered('run')).toContain('c');
	expect(offered('run, swapped')).not.toContain('c');
});

test('deploy keys: Enter in the gate does nothing until the word is exact', () => {
	const store = stage('confirm');
	expect(press(store, 'enter').refusal).toContain('nothing was changed');
	store.getState().setTyped('yes ');
	expect(press(store, 'enter').refusal).toContain('exactly');
	store.getState().setTyped('yes');
	expect(press(store, 'enter')).toEqual({asked: [['deploy.confirm']]});
	store.setState({words: []});
	expect(press(store, 'enter').refusal).toContain('no word is asked for');
});

test('deploy keys: before production any other word ends it, part of the word does nothing', () => {
	const store = stage('confirm, production');
	store.getState().setTyped('VERIF');
	expect(press(store, 'enter').refusal).toContain('nothing was changed');
	store.getState().setTyped('verified');
	expect(press(store, 'enter')).toEqual({asked: [['deploy.confirm']]});
	store.getState().setTyped('VERIFIED');
	expect(press(store, 'enter')).toEqual({asked: [['deploy.confirm']]});
});

test('deploy keys: a question is answered by what is selected; Esc answers nothing', () => {
	const store = stage('run, migrations');
	const answers: unknown[] = [];
	const controller = quietController({runs: {answer: (...given) => void answers.push(given)}});
	const hit = (key: string): void => {
		const binding = findBinding(deployKeys, activeScopes(store.getState()), key);
		binding?.run({store, controller, terminal: {exit: () => undefined, suspend: () => undefined}});
	};
	hit('esc');
	expect(store.getState().notice?.text).toContain('waits for an answer');
	hit('enter');
	hit('down');
	hit('down');
	hit('down');
	hit('enter');
	hit('up');
	hit('enter');

	expect(answers).toEqual([
		['ask-migrations', 'abort'],
		['ask-migrations', 'skip'],
		['ask-migrations', 'run'],
	]);
});

test('deploy keys: after a failed swap R goes back at once and i keeps it', () => {
	expect(press(stage('run, decide'), 'R').asked).toEqual([['runs.answer', 'go-back', 'back']]);
	expect(press(stage('run, decide'), 'i').asked).toEqual([['runs.answer', 'go-back', 'keep']]);
	const store = stage('run, decide');
	press(store, 'esc');
	expect(store.getState().notice?.text).toContain('R rolls back now');
});

test('deploy keys: a blocked review does not go on to the word', () => {
	expect(press(stage('review, blocked'), 'enter').refusal).toContain('holds the lock');
	expect(press(stage('review, loading'), 'enter').refusal).toContain('still being asked');
	expect(press(stage('review'), 'enter').asked).toEqual([['deploy.goOn']]);
});

test('deploy keys: the pages of a review open, scroll and close; Esc goes back one step at a time', () => {
	const store = stage('review');
	press(store, 'f');
	press(store, 'pagedown');
	expect(store.getState()).toMatchObject({reviewPage: 'files', scroll: store.getState().pageRows});
	press(store, 'esc');
	expect(store.getState()).toMatchObject({stage: 'review', reviewPage: 'summary', scroll: 0});
	press(store, 'esc');
	expect(store.getState().stage).toBe('choose');
});

test('deploy keys: scrolling the output up stops following, G follows again', () => {
	const store = stage('run');
	store.getState().setOutputView({...store.getState().outputView, rows: 10});
	press(store, 'k');
	expect(store.getState().outputView).toMatchObject({from: 29, seen: 40});
	press(store, 'g');
	expect(store.getState().outputView.from).toBe(0);
	press(store, 'G');
	expect(store.getState().outputView.from).toBeUndefined();
});

test('deploy keys: a search finds the last match, n and N go round', () => {
	const store = stage('run');
	press(store, '/');
	expect(activeScopes(store.getState())).toEqual(['deploy.search', 'typing']);
	store.getState().setOutputView({...store.getState().outputView, rows: 10, search: 'MODEL1'});
	press(store, 'enter');
	expect(store.getState()).toMatchObject({isSearching: false, outputView: {hit: 19}});
	press(store, 'N');
	expect(store.getState().outputView.hit).toBe(18);
	press(store, 'n');
	press(store, 'n');
	expect(store.getState().outputView.hit).toBe(1);
});

test('deploy keys: with the connection lost Enter tries now and D leaves; else both say why not', () => {
	const store = stage('run, link lost');
	expect(press(store, 'enter').asked).toEqual([['runs.reconnect']]);
	expect(press(store, 'D').asked).toEqual([['runs.leave']]);
	expect(press(stage('run'), 'D').refusal).toBe('the connection is up');
});

test('deploy keys: after a run that was left Enter goes on with it', () => {
	expect(press(stage('failed, left'), 'enter').asked).toEqual([['runs.resume', record.run]]);
	const store = stage('failed');
	press(store, 'enter');
	expect(store.getState().stage).toBe('choose');
});

test('deploy keys: A adopts only what says it is not adopted', () => {
	const store = stage('choose');
	expect(press(store, 'A').refusal).toContain('not answered');
	store.setState({
		environments: store.getState().environments.map(view => ({...view, status: notAdopted, readAt: now})),
	});
	press(store, 'A');
	expect(store.getState()).toMatchObject({stage: 'confirm', intent: 'adopt', words: ['adopt']});
});

test('deploy keys: behind a change of a value no rollback is offered, and pressing it names what puts the value back', () => {
	const store = stage('done');
	const {runPlan} = store.getState();
	if (!runPlan) throw new Error('no plan');
	const offered = (): readonly string[] => footerEntries(deployKeys, store.getState(), true).map(({label}) => label);
	expect(offered()).toContain('roll back');
	const wayBack = ['cockpit env restore r --env preprod --confirm yes'];
	store.setState({runPlan: {...runPlan, kind: 'set-env', wayBack}});

	expect(offered()).not.toContain('roll back');
	expect(press(store, 'R').refusal).toContain(wayBack[0]);
});
