import {expect, test} from 'vitest';
import type {HostReading} from '../../../src/app/status/status.ts';
import {nextForYou} from '../../../src/store/overview/next-for-you.ts';
import type {CockpitState} from '../../../src/store/create-store.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {WatchReport} from '../../../src/domain/watch/watch-report.ts';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import type {EnvironmentView} from '../../../src/store/overview/overview.ts';
import {hostNow, preprod, production, report, triggers, watch, worse} from '../../tui/screens/health/fixtures.ts';
import {lostLinks, stale, staleNow, story, storyLocal, storyNow, unasked} from '../../tui/screens/overview/story.ts';

const known = {
	environments: story,
	healths: [] as CockpitState['healths'],
	local: storyLocal,
	evidence: [],
	isDriving: false,
	now: storyNow,
	links: lostLinks,
};

const changed = (name: string, changes: Partial<HostReading>): readonly EnvironmentView[] =>
	story.map(view => (view.name === name && view.status ? {...view, status: {...view.status, ...changes}} : view));

const backend = (changes: Partial<HostReading['backend']>): Partial<HostReading> => {
	const status = story.find(({name}) => name === 'preprod')?.status;
	return status ? {backend: {...status.backend, ...changes}} : {};
};

const lock = (by: string, running: readonly string[] = []): Partial<HostReading> => ({
	lock: {run: 'r-1', kind: 'deploy', app: 'backend', by, machine: `${by.toLowerCase()}-thinkpad`, since: '', running},
});

const ids = (changes: Partial<typeof known>): readonly string[] => nextForYou({...known, ...changes}).map(({id}) => id);

test('next for you: nothing is asked of anyone while nothing is known', () =>
	expect(nextForYou({...known, environments: unasked, local: undefined})).toEqual([]));

test('next for you: all is well but a disk over 75 %', () => expect(ids({})).toEqual(['disk:production']));

test.each([
	['75%', []],
	['76%', ['disk:production']],
	['', []],
])('next for you: a disk used %s', (used, expected) =>
	expect(ids({environments: changed('production', {disk: {freeKib: 1, used, inodesUsed: ''}})})).toEqual(expected),
);

test('next for you: a silent host comes first, with what narrows it down, and Enter asks again', () => {
	const [first] = nextForYou({...known, environments: stale, now: staleNow});

	expect(first).toEqual({
		id: 'silent:production',
		title: 'Find out why production is silent',
		detail: 'production-1 timed out after 15 s; pre-prod answers, so your network is up',
		verb: 'try now',
		act: {kind: 'refresh'},
	});
});

test('next for you: a build that pre-prod does not run is to be deployed', () => {
	const environments = changed('preprod', backend({commit: '4e81d0c'.padEnd(40, '0')}));

	expect(nextForYou({...known, environments})[0]).toMatchObject({
		title: 'Deploy backend to pre-prod',
		detail: '7f3a9c2 here, 4e81d0c there',
		act: {kind: 'review', app: 'backend', environment: 'preprod'},
	});
});

test('next for you: no deploy of what is not committed, beside a lock, on old facts, or while a run is driven', () => {
	const environments = changed('preprod', backend({commit: 'e'.repeat(40)}));
	const local = {...storyLocal, sources: {commit: 'f'.repeat(40), changed: 2}};

	expect(ids({environments, local})[0]).toBe('commit:preprod');
	expect(ids({environments: changed('preprod', {...backend({commit: 'e'}), ...lock('Asha')})})[0]).toBe(
		'run:preprod:r-1',
	);
	expect(ids({environments, now: storyNow + 20_000})).toEqual(['disk:production']);
	expect(ids({environments, evidence: [], isDriving: true})).toEqual(['disk:production']);
});

test('next for you: an environment as the old scripts left it is adopted before anything is deployed', () =>
	expect(
		ids({environments: changed('preprod', backend({isAdopted: false, live: undefined, commit: undefined}))})[0],
	).toBe('adopt:preprod'));

test('next for you: my own open run is resumed by name, and not offered while I drive it', () => {
	const environments = changed('preprod', lock('Ravi', ['install']));

	expect(nextForYou({...known, environments})[0]).toMatchObject({
		title: 'Resume the deploy of backend on pre-prod',
		detail: 'run r-1; now at install',
		act: {kind: 'resume', run: 'r-1'},
	});
	expect(ids({environments, evidence: [], isDriving: true})).toEqual(['disk:production']);
});

test('next for you: a run of somebody else is never resumed by Enter', () => {
	const [first] = nextForYou({...known, environments: changed('preprod', lock('Asha'))});

	expect(first).toMatchObject({title: 'Ask Asha about the deploy of backend on pre-prod', act: {kind: 'tell'}});
});

/** An environment with these watches. */
const watchedBy = (environment: Environment, reports: readonly WatchReport[]): CockpitState['healths'] => {
	const store = createCockpitStore({project: 'qsights', environments: story, now: storyNow});
	store.getState().beginHealth([environment]);
	const round = {environment: environment.name, at: hostNow, readings: [], silent: []};
	store.getState().healthUpdated({environment: environment.name, at: storyNow, round, reports});
	return store.getState().healths;
};

test('next for you: a watch that is bad goes before all else, says what and since when, and Enter opens it', () => {
	const fired = triggers.map(one => (one.id === 'down' ? {...one, state: 'fired' as const, since: hostNow} : one));
	const healths = watchedBy(production, [report({triggers: fired, isBad: true})]);
	const [first] = nextForYou({...known, healths, environments: stale, now: staleNow});

	expect(first).toMatchObject({
		title: 'Decide about backend on production',
		detail: 'API not 200 twice in a row since 11:47',
		act: {kind: 'watch', app: 'backend', environment: 'production'},
	});
	const ended = {at: hostNow, by: 'Ravi', outcome: 'bad'} as const;
	expect(nextForYou({...known, healths: watchedBy(production, [worse({watch: {...watch, ended}})])})[0]?.detail).toBe(
		'API analytics trends worse since 11:44; its watch ended bad',
	);
	expect(ids({healths: watchedBy(production, [worse({isBad: false})])})).toEqual(['disk:production']);
	const replaced = {...ended, outcome: 'replaced'} as const;
	expect(ids({healths: watchedBy(production, [worse({watch: {...watch, ended: replaced}})])})).toEqual([
		'disk:production',
	]);
});

test('next for you: nothing is to be deployed where a watch is bad', () => {
	const environments = changed('preprod', backend({commit: '4e81d0c'.padEnd(40, '0')}));
	const bad = worse({watch: {...watch, environment: 'preprod'}});

	expect(ids({environments}).some(id => id.startsWith('deploy:preprod:'))).toBe(true);
	expect(ids({environments, healths: watchedBy(preprod, [bad])}).filter(id => id.startsWith('deploy:'))).toEqual([]);
});
