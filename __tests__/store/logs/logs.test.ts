import {expect, test} from 'vitest';
import {createCockpitStore} from '../../../src/store/create-store.ts';

test('logs: a host is silent since it was first asked in vain, until it answers', () => {
	const store = createCockpitStore({project: 'qsights', environments: [], now: 75_000});
	const silent = {source: 'a/x', state: 'silent', why: 'timed out', skippedBytes: 0, knowsSwap: false} as const;
	const since = () => store.getState().logFiles['a/x']?.silentSince;
	const {logsStand} = store.getState();
	logsStand([{...silent, askedAt: 1000}]);
	logsStand([{...silent, askedAt: 51_000}]);
	expect(since()).toBe(1000);
	logsStand([{source: 'a/x', state: 'reading', skippedBytes: 0, knowsSwap: false}]);
	expect(since()).toBeUndefined();
	logsStand([{...silent, askedAt: 60_000}]);
	expect(since()).toBe(60_000);
});
