import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectLogs, selectLogSource, selectOfferedSources} from '../../../../src/store/logs/logs.ts';
import {press} from '../../../support/tui/press.ts';
import {entry, logStages, nginx, sources, stageOf} from './fixtures.ts';

const shown = (): CockpitStore => {
	const store = stageOf()();
	const {logView, setLogView} = store.getState();
	setLogView({...logView, rows: 10, width: 90});
	return store;
};

const here = (store: CockpitStore): string | undefined => {
	const state = store.getState();
	const {lines} = selectLogs(state);
	const {cursor} = state.logView;
	return (cursor === undefined ? lines.at(-1) : lines.find(({number}) => number === cursor))?.entry.text;
};

const isFollowing = (store: CockpitStore): boolean => store.getState().logView.top === undefined;

test('logs: moving up pauses, G follows, and what came meanwhile was counted', () => {
	const store = shown();
	press(store, 'up');
	expect([isFollowing(store), here(store)]).toEqual([false, 'Evaluation 9953 submitted']);
	store.getState().addLogs([entry('11:41:58', 'info', 'Login'), entry('11:41:59', 'info', 'Logout')]);
	const {logView} = store.getState();
	expect(selectLogs(store.getState()).added - logView.seen).toBe(2);
	expect(here(store)).toBe('Evaluation 9953 submitted');
	press(store, 'G');

	expect([isFollowing(store), here(store)]).toEqual([true, 'Logout']);
});

test('logs: g goes to the first, a page down and up come back, down at the end follows', () => {
	const store = shown();
	press(store, 'g');
	expect(here(store)).toContain('Slow query 512');
	press(store, 'pagedown');
	press(store, 'pageup');
	expect(here(store)).toContain('Slow query 512');
	for (let index = 0; index < 60; index += 1) press(store, 'j');

	expect(isFollowing(store)).toBe(true);
});

test('logs: what is searched for is found from the end on, n and N go round, Esc leaves the search', () => {
	const store = shown();
	expect(press(store, 'n').refusal).toBe('nothing is looked for: / begins');
	press(store, '/');
	store.getState().searchLogs('TIMEOUT');
	press(store, 'enter');
	expect([store.getState().isLogTyping, here(store)]).toEqual([false, 'Redis: timeout 0.5 s, reconnected']);
	press(store, 'n');
	expect(here(store)).toContain('Mail: timeout');
	press(store, 'n');
	expect(here(store)).toContain('Redis');
	press(store, 'N');
	expect(here(store)).toContain('Mail');
	press(store, 'esc');

	expect([store.getState().logSearch, store.getState().screen]).toEqual(['', 'logs']);
	press(store, 'esc');
	expect(store.getState().screen).toBe('overview');
});

test('logs: Esc while typing searches for nothing; a search in vain says so', () => {
	const store = shown();
	press(store, '/');
	store.getState().searchLogs('nowhere');
	press(store, 'enter');
	expect(store.getState().notice?.text).toBe('No entry that is listed holds "nowhere".');
	press(store, '/');
	press(store, 'esc');

	expect([store.getState().isLogTyping, store.getState().logSearch]).toEqual([false, '']);
});

test('logs: v lists less and less, then everything, and the place stays', () => {
	const store = shown();
	press(store, '/');
	store.getState().searchLogs('Mail');
	press(store, 'enter');
	const counts = ['v', 'v', 'v', 'v'].map(key => {
		press(store, key);
		return [store.getState().logLevel, selectLogs(store.getState()).lines.length, here(store)];
	});

	expect(counts).toEqual([
		['info', 50, 'Mail: timeout after 30 s to smtp:587'],
		['warn', 5, 'Mail: timeout after 30 s to smtp:587'],
		['error', 1, 'Mail: timeout after 30 s to smtp:587'],
		['debug', 51, 'Mail: timeout after 30 s to smtp:587'],
	]);
});

test('logs: Enter shows the whole trace and hides it again; where there is none it says so', () => {
	const store = shown();
	expect(press(store, 'enter').refusal).toBe('the entry under the cursor has no folded trace');
	store.getState().searchLogs('Mail');
	press(store, 'N');
	press(store, 'enter');
	expect(store.getState().logView.unfolded.length).toBe(1);
	press(store, 'enter');

	expect(store.getState().logView.unfolded).toEqual([]);
});

test('logs: Tab leads to the sources, moves choose one, a merges all of them', () => {
	const store = shown();
	press(store, 'tab');
	press(store, 'down');
	press(store, 'down');
	expect(selectLogSource(store.getState())?.id).toBe(nginx.id);
	expect(selectLogs(store.getState()).lines.length).toBe(30);
	press(store, 'a');
	expect(selectLogSource(store.getState())).toBeUndefined();
	expect(selectLogs(store.getState()).lines.length).toBe(81);
	press(store, 'up');
	expect(selectLogSource(store.getState())?.id).toBe('production-1/nginx-error');
	press(store, 'enter');

	expect(store.getState().logPanel).toBe('entries');
});

test('logs: t and w change how entries are drawn, and nothing else', () => {
	const store = shown();
	press(store, 't');
	press(store, 'w');

	expect(store.getState().logView).toMatchObject({hasTimes: false, isWrapped: true, top: undefined});
});

test('logs: s, r and ] ask the controller; s refuses where nothing is listed', () => {
	const store = shown();

	expect(press(store, 's').asked).toEqual([['logs.save']]);
	expect(press(store, 'r').asked).toEqual([['logs.reload']]);
	expect(press(store, ']').asked).toEqual([['logs.show', 'preprod']]);
	const empty = logStages['logs, unread']?.();
	expect(empty && press(empty, 's').refusal).toBe('nothing is listed');
});

test('logs: of several hosts all are shown, then each alone, then the next environment', () => {
	const store = shown();
	const shownAt: unknown[] = [];
	const state = store.getState();
	const onSecond = sources.map(source => ({...source, id: source.id.replace('-1/', '-2/'), host: 'production-2'}));
	state.offerLogs([...sources, ...onSecond], {});
	state.chooseLog(nginx.id);
	const turn = (key: string): void => {
		const [call] = press(store, key).asked;
		const [, environment, host] = call as [string, string, string | undefined];
		shownAt.push([environment, host]);
		store.getState().showLogsOf(environment, host);
	};
	turn(']');
	expect(selectOfferedSources(store.getState()).map(({host}) => host)).toEqual(sources.map(() => 'production-1'));
	turn(']');
	expect(selectLogSource(store.getState())?.id).toBe('production-2/nginx-access');
	turn('[');
	turn('[');
	expect(selectOfferedSources(store.getState()).length).toBe(2 * sources.length);
	turn('[');

	expect(shownAt).toEqual([
		['production', 'production-1'],
		['production', 'production-2'],
		['production', 'production-1'],
		['production', undefined],
		['preprod', undefined],
	]);
});
