import {render} from 'ink-testing-library';
import {afterEach, expect, test} from 'vitest';
import type {GateFacts} from '../../../../src/domain/gates/gates.ts';
import {createCockpitStore, type CockpitState} from '../../../../src/store/create-store.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {findBinding, keyName} from '../../../../src/tui/keys/binding.ts';
import {overviewKeys} from '../../../../src/tui/screens/overview/keys.ts';
import {layoutOf} from '../../../../src/tui/screens/overview/layout.ts';
import {Overview} from '../../../../src/tui/screens/overview/overview.tsx';
import {ThemeContext} from '../../../../src/tui/kit/theme.tsx';
import {StoreContext} from '../../../../src/tui/kit/use-cockpit.ts';
import {until} from '../../../support/wait.ts';
import {factsAt, policy} from '../deploy/blocked-decision.ts';
import {stale, staleNow, story, storyLinks, storyLocal, storyNow} from './story.ts';
import {quietController} from '../../../support/tui/quiet-cockpit.ts';

const ended: (() => void)[] = [];
afterEach(() => {
	for (const end of ended.splice(0)) end();
});

const storeOf = (changes: Partial<CockpitState> = {}) => {
	const store = createCockpitStore({project: 'qsights', environments: story, now: storyNow});
	store.setState({local: storyLocal, links: storyLinks, ...changes});
	return store;
};

const theme = {glyphs: glyphsFor(true), hasColour: false, isBehind: false};
const show = (store: ReturnType<typeof storeOf>, width: number, height: number) => {
	const screen = render(
		<StoreContext.Provider value={store}>
			<ThemeContext.Provider value={theme}>
				<Overview width={width} height={height} />
			</ThemeContext.Provider>
		</StoreContext.Provider>,
	);
	ended.push(() => screen.unmount());
	return screen;
};

const silentStore = (changes: Partial<CockpitState> = {}) => storeOf({environments: stale, now: staleNow, ...changes});

const keyboard = (store: ReturnType<typeof storeOf>) => {
	const calls: unknown[] = [];
	const told =
		(name: string) =>
		(...values: readonly unknown[]): void =>
			void calls.push([name, ...values]);
	const controller = quietController({
		deploy: {review: told('deploy.review')},
		runs: {resume: told('runs.resume')},
		refresh: told('refresh'),
	});
	const terminal = {exit: () => undefined, suspend: () => undefined};
	const press = (...keys: readonly string[]): void => {
		for (const key of keys) {
			const binding = findBinding(overviewKeys, ['overview'], key);
			if (!binding) throw new Error(`no key ${keyName(key)}`);
			if (binding.refusal?.(store.getState()) === undefined) binding.run({store, controller, terminal});
		}
	};
	return {calls, press};
};

test('overview: nothing of the room is left or overrun at any size', () => {
	for (const promotion of [9, 10]) {
		for (let width = 60; width <= 160; width += 4) {
			for (let height = 13; height <= 60; height++) {
				const {isWide, inner, gap, hasBoards, bottom} = layoutOf({
					width,
					height,
					environments: 3,
					cards: 8,
					promotion,
				});
				const top = isWide ? 8 : 6;
				const used = top + gap + (hasBoards ? promotion + gap : 0) + gap + bottom.height;
				expect([used, inner], `${width}x${height}`).toEqual([height, width - 2]);
				expect(bottom.height).toBeGreaterThanOrEqual(3);
				if (isWide) expect(bottom.activity + 2 + bottom.next).toBe(inner);
			}
		}
	}
});

test.each([
	{size: '120x40', width: 120, height: 37},
	{size: '80x24', width: 80, height: 21},
])('overview: at $size eight gates keep the row with the next slot', ({width, height}) => {
	const facts = factsAt(storyNow);
	const changes = {value: {commit: 'c', digest: 'e', changes: ['soak 24 h to 1 h'], isAccepted: false, differs: []}};
	const store = storeOf({app: 'frontend'});
	const put = (approvals: number, policyNow: GateFacts['policy']): void =>
		store.getState().applyEvidence({
			app: 'frontend',
			from: 'preprod',
			to: 'production',
			facts: {...facts, policy: policyNow},
			policy: {...policy, approvals},
			at: storyNow,
		});
	const framed = (): readonly string[] => show(store, width, height).lastFrame()?.split('\n') ?? [];
	put(1, facts.policy);
	const usual = framed();
	put(1, changes);
	const frame = framed();

	for (const gate of ['policy', 'identity', 'checklist', 'probes', 'soak', 'window', 'approvals', 'lock'])
		expect(frame.join('\n')).toMatch(new RegExp(` . ${gate} `));
	expect(frame.join('\n')).toContain('Next slot');
	expect(frame.join('\n')).toContain('Activity');
	expect(usual.join('\n')).toContain('Next slot');
	expect(frame.length).toBe(usual.length);
});

test('overview: in one column the focused list takes the place of the other', async () => {
	const store = storeOf();
	const {lastFrame} = show(store, 80, 21);
	expect(lastFrame()).toContain('Activity');

	store.setState({panel: 'next'});

	await until('the other list', () => lastFrame()?.includes('▸ Next for you'), {show: lastFrame});
	expect(lastFrame()).not.toContain('Activity');
	expect(lastFrame()?.split('\n').length).toBeLessThanOrEqual(21);
});

test('overview: a second of the clock changes the ages and nothing else', async () => {
	const store = storeOf();
	const {lastFrame} = show(store, 100, 37);
	const before = lastFrame()?.split('\n') ?? [];

	store.getState().tick(storyNow + 1000);

	await until('older ages', () => lastFrame()?.includes('5 s ago'), {show: lastFrame});
	const changed = (lastFrame()?.split('\n') ?? []).filter((line, index) => line !== before[index]);
	expect(changed).toHaveLength(1);
});

test('overview keys: Tab and Shift-Tab go round, and highlight the first of a list', () => {
	const store = silentStore();
	const {press} = keyboard(store);

	press('tab');
	expect(store.getState()).toMatchObject({
		panel: 'activity',
		lists: {activity: {cursor: 'production:silent'}},
	});
	press('tab');
	expect(store.getState()).toMatchObject({panel: 'next', lists: {next: {cursor: 'silent:production'}}});
	press('tab', 'shift-tab');
	expect(store.getState().panel).toBe('next');
});

test('overview keys: j, k, g, G and pages move the highlight and stop at the ends', () => {
	const store = silentStore({panel: 'activity'});
	store.getState().pointAt('activity', 'production:silent');
	const {press} = keyboard(store);
	const selected = (...keys: readonly string[]): string | undefined => {
		press(...keys);
		return store.getState().lists.activity.cursor;
	};

	expect([selected('k'), selected('j'), selected('down'), selected('G'), selected('j')]).toEqual([
		'production:silent',
		'preprod:1842',
		'production:902',
		'preprod:1830',
		'preprod:1830',
	]);
	expect([selected('g'), selected('pagedown'), selected('pageup')]).toEqual([
		'production:silent',
		'preprod:1830',
		'production:silent',
	]);
});

test('overview keys: Enter outside the list only goes to it', () => {
	const store = silentStore();
	const {calls, press} = keyboard(store);

	press('enter');
	expect([store.getState().panel, calls]).toEqual(['next', []]);
	press('enter');

	expect(calls).toEqual([['refresh']]);
});

test('overview keys: Enter never acts on what moved under the highlight', () => {
	const store = silentStore({panel: 'next'});
	store.getState().pointAt('next', 'silent:production');
	const {calls, press} = keyboard(store);
	store.setState({environments: story, now: storyNow});

	press('enter');

	expect(calls).toEqual([]);
	expect(store.getState()).toMatchObject({
		lists: {next: {cursor: 'disk:production'}},
		notice: {text: 'That is no longer to do.'},
	});
});

test('overview keys: d reviews the deploy of the app on screen to pre-prod', () => {
	const store = storeOf();
	const {calls, press} = keyboard(store);

	press('d', 'a', 'd', 'a');

	expect(calls).toEqual([
		['deploy.review', {app: 'backend', environment: 'preprod'}],
		['deploy.review', {app: 'frontend', environment: 'preprod'}],
	]);
	expect(store.getState().app).toBe('backend');
});

test('overview keys: d goes to the run while one is driven', () => {
	const store = storeOf({isDriving: true});
	const {calls, press} = keyboard(store);

	press('d');

	expect([store.getState().screen, calls]).toEqual(['deploy', []]);
});

test('overview keys: Enter resumes my run by its name', () => {
	const lock = {
		run: 'r-1',
		kind: 'deploy',
		app: 'backend',
		by: 'Ravi',
		machine: 'ravi-thinkpad',
		since: '',
		running: [],
	} as const;
	const environments = story.map(view =>
		view.name === 'preprod' && view.status ? {...view, status: {...view.status, lock}} : view,
	);
	const {calls, press} = keyboard(storeOf({environments}));

	press('enter', 'enter');

	expect(calls).toEqual([['runs.resume', 'r-1']]);
});
