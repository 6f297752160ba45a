import {describe, expect, test} from 'vitest';
import type {DeployReview} from '../../../../src/app/deploy/review-deploy.ts';
import type {GateFacts} from '../../../../src/domain/gates/gates.ts';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {footerEntries} from '../../../../src/tui/frame/footer.tsx';
import {allBindings} from '../../../../src/tui/keys/all-bindings.ts';
import {activeScopes} from '../../../../src/tui/keys/scopes.ts';
import {press} from '../../../support/tui/press.ts';
import {decisionOf, factsAt, items, policy} from './blocked-decision.ts';
import {draw} from './draw.tsx';
import {blockedReview, blockedStore, emergencyReview, now, stages} from './fixtures.ts';

const facts = factsAt(now);
const passing = items.map(one => ({...one, state: 'passed'}) as const);
const probes: GateFacts['probes'] = {value: []};

const withFacts = (changes: Partial<GateFacts>, more: Partial<DeployReview> = {}): CockpitStore =>
	blockedStore({...blockedReview, ...decisionOf({...facts, ...changes}), ...more});

test('blocked at 80x24: the first closed gate at length, the others in a line each, when it can go, nothing changed', () => {
	expect(draw(blockedStore(), 80, 21).map(line => line.trimEnd())).toEqual([
		'                               DEPLOYMENT BLOCKED',
		'               frontend 7f3a9c2  to  production  ubuntu@10.0.0.9',
		' ─ ✗ checklist  40 of 46 ────────────────────────────────── first closed gate ─',
		'  ✗ failed   Home page loads under 3 s      3.4 s median           Asha, 10:47',
		'  ? unclear  No console errors on 10 pages  6 of 10 loads         probe, 10:31',
		'  ○ open     Print view of a report',
		'    3 more, o lists them',
		'  To open it  Put it right and test it again. A new deploy to Pre-Prod starts',
		'              its 24 h of soak anew.',
		' ─ The other gates ────────────────────────────────────────────────────────────',
		'  ✓ identity  7f3a9c2, source d1d1d1d1, as Pre-Prod runs it now',
		'  ✗ probes    1 of 2 pass; Home page loads under 3 s: 3400 ms, limit 3000 ms',
		'  ◔ soak      21 h 18 min of 24 h on Pre-Prod       opens Tue 10 Feb 14:05 IST',
		'  ✓ window    open until 14:00 IST',
		'  ✓ approvals none asked',
		'  ✓ lock      free',
		' ─ When it can go ────────────────────────────────────────────── read 3 s ago ─',
		'  with all else met, no new deploy          Wed 11 Feb 11:00 IST',
		'  live on Pre-Prod by Tue 10 Feb 13:50 IST  Wed 11 Feb 11:23 IST',
		'  later than that                           Tue 17 Feb 11:00 IST',
		'  Nothing was changed. No override exists; rolling back is always open.',
	]);
});

test('blocked at 120x40: every item that is not passed, the worst first', () => {
	const shown = draw(blockedStore(), 120, 37);
	const rowOf = (text: string): number => shown.findIndex(line => line.includes(text));
	const titles = [
		'Home page loads',
		'No console errors',
		'Print view',
		'Content-Security',
		'Stakeholders',
		'Two people',
	];

	expect(titles.map(rowOf)).toEqual([6, 7, 8, 9, 10, 11].map(row => row + (rowOf('Home page loads') - 6)));
	expect(shown.join('\n')).toContain('Nothing was changed on production. No override exists');
	expect(shown.join('\n')).not.toContain(' more,');
});

test('blocked at 60x16: the gates by name, and still when it can go', () => {
	const shown = draw(blockedStore(), 60, 13).join('\n');

	for (const part of ['✗ failed   Home page', '✗ probes', '✓ lock', 'Wed 11 Feb 11:00 IST', 'Nothing was changed'])
		expect(shown, part).toContain(part);
});

test.each([
	{
		gate: 'soak',
		changes: {items: {value: passing}, probes},
		parts: ['◔ soak', '21 h 18 min of 24 h on Pre-Prod', 'unchanged and healthy', 'It opens Tue 10 Feb 14:05'],
	},
	{
		gate: 'probes',
		changes: {items: {value: passing}},
		parts: ['✗ probes', 'failed   Home page loads under 3 s', '3400 ms, limit 3000 ms', 'starts its 24 h of soak'],
	},
	{
		gate: 'identity',
		changes: {build: {value: {commit: 'abcdef1', digest: 'other', uncommitted: 0}}},
		parts: ['○ identity', 'Pre-Prod runs 7f3a9c2, not abcdef1', 'Deploy abcdef1 to Pre-Prod first.', '✗ checklist'],
	},
	{
		gate: 'checklist of a silent host',
		changes: {items: {unknown: 'the host does not answer'}},
		parts: ['? checklist', 'not known: the host does not answer', 'Find that out first.'],
	},
])('blocked: $gate closed first is told with why it is asked and what opens it', ({changes, parts}) => {
	const shown = draw(withFacts(changes), 80, 21).join('\n');

	for (const part of parts) expect(shown, part).toContain(part);
});

test('blocked: another build than the one on pre-prod can only go after a new deploy there', () => {
	const build = {value: {commit: 'abcdef1', digest: 'other', uncommitted: 0}};
	const shown = draw(withFacts({build}), 120, 37).join('\n');

	expect(shown).toContain('live on Pre-Prod by Tue');
	expect(shown).not.toContain('no new deploy');
});

test('blocked: an environment with an emergency profile does not say that no override exists', () => {
	const shown = draw(blockedStore({...blockedReview, hasEmergency: true}), 120, 37).join('\n');

	expect(shown).toContain('emergency profile');
	expect(shown).not.toContain('No override exists');
});

test('blocked: a pre-flight check that refuses too is not lost', () => {
	const refusal = {code: 'blocked', why: 'only 1 MB free', next: 'Free some space.'} as const;
	const shown = draw(blockedStore({...blockedReview, refusal}), 120, 37).join('\n');

	expect(shown).toContain('only 1 MB free');
	expect(shown).toContain('Free some space.');
});

test('blocked: only a host that is not adopted shows the review first, since nothing else can be done before', () => {
	const refusal = {code: 'answer-needed', why: 'a plain directory', next: 'Adopt it.'} as const;

	expect(blockedStore({...blockedReview, refusal}).getState().reviewPage).toBe('summary');
	expect(blockedStore().getState().reviewPage).toBe('blocked');
});

test('blocked keys: Enter and o go to the worst item, o with only what is open', () => {
	const store = blockedStore();

	expect(['enter', 'o'].flatMap(key => press(store, key).asked)).toEqual([
		['checklist.open', {app: 'frontend', item: 'home-fast', isOnlyOpen: false}],
		['checklist.open', {app: 'frontend', item: 'home-fast', isOnlyOpen: true}],
	]);
	expect(footerEntries(allBindings, store.getState(), true).map(({key, label}) => `${key} ${label}`)).toEqual(
		expect.arrayContaining(['Enter go to the failed item', 'o open items', 'Esc back', 'r ask again']),
	);
});

test('blocked keys: no item is gone to where none holds it up, or where the checklist is about another environment', () => {
	expect(press(withFacts({items: {value: passing}}), 'enter').refusal).toBe('the checklist does not hold it up');
	const store = blockedStore();
	store.setState({checklistEnvironment: undefined});
	expect(press(store, 'o').refusal).toContain('screen 2 is about');
});

test('blocked keys: v, l, f and P show the review, Esc comes back to what closes the gates, then to the choice', () => {
	for (const [key, page] of [
		['v', 'summary'],
		['l', 'commits'],
		['f', 'files'],
		['P', 'commands'],
	] as const) {
		const store = blockedStore();
		press(store, key);
		expect(store.getState().reviewPage).toBe(page);
		press(store, 'esc');
		expect(store.getState()).toMatchObject({stage: 'review', reviewPage: 'blocked'});
		press(store, 'esc');
		expect(store.getState().stage).toBe('choose');
	}
});

test('blocked: while the review is made again the way names the words of production', () => {
	const make = stages['blocked, loading'];
	if (!make) throw new Error('no stage');
	const store = make();
	const [enter] = footerEntries(allBindings, store.getState(), true);

	expect(draw(store, 120, 37).join('\n')).toContain('○ VERIFIED ── ○ DEPLOY-TO-PRODUCTION ──');
	expect(draw(store, 80, 21).join('\n')).toContain('○ VERIFIED ── ○ DEPLOY-TO-… ──');
	expect(enter?.label).toBe('go on to VERIFIED');
	expect(press(store, 'enter').refusal).toBe('the host is still being asked');
});

test('blocked: an emergency lists only what failed, for the rest is waived', () => {
	const {decision} = decisionOf(facts, {...policy, soakHours: 1, emergency: 'the site is down for everybody'});
	const shown = draw(blockedStore({...blockedReview, decision}), 120, 37).join('\n');

	expect(shown).toContain('Home page loads under 3 s');
	expect(shown).not.toContain('Print view');
});

describe('emergency', () => {
	const withProfile = (): CockpitStore => blockedStore({...blockedReview, hasEmergency: true});

	test('is no key where the environment has no profile, and says so', () => {
		const store = blockedStore();

		expect(press(store, 'E').refusal).toBe('the environment file has no emergency: profile');
		expect(store.getState().reason).toBeUndefined();
	});

	test('asks for a reason that says something, and then the gates by its profile', () => {
		const store = withProfile();
		press(store, 'E');
		expect(activeScopes(store.getState())).toEqual(['deploy.reason', 'typing']);
		store.getState().setReason('  too short ');
		expect(press(store, 'enter').refusal).toBe(
			'say why in at least 10 characters, 3 of them letters or figures; what is not seen does not count',
		);
		store.getState().setReason(' the site is down ');

		expect(press(store, 'enter').asked).toEqual([
			['deploy.review', {app: 'frontend', environment: 'production', emergency: 'the site is down'}],
		]);
	});

	test('Esc leaves the reason, and the page is as before', () => {
		const store = withProfile();
		press(store, 'E');
		press(store, 'esc');

		expect(store.getState()).toMatchObject({stage: 'review', reviewPage: 'blocked', reason: undefined});
	});

	test('asks again by the same profile, and goes back to the usual way', () => {
		const store = blockedStore(emergencyReview);
		store.setState({choice: {app: 'frontend', environment: 'production', emergency: 'the site is down'}});

		expect(['r', 'E'].flatMap(key => press(store, key).asked)).toEqual([
			['deploy.review', {app: 'frontend', environment: 'production', emergency: 'the site is down'}],
			['deploy.review', {app: 'frontend', environment: 'production'}],
		]);
	});

	test.each(['blocked, emergency', 'review, emergency', 'confirm, emergency'])(
		'stands in the red of %s, with its reason, what is asked less, and when the review is due',
		name => {
			for (const [width, height] of [
				[80, 21],
				[120, 37],
			] as const) {
				const shown = draw(stages[name]?.() ?? blockedStore(), width, height)
					.join('\n')
					.replaceAll(/\s+/g, ' ');
				for (const part of [
					'EMERGENCY: the site is down for everybody since 11:05',
					'review due by Thu 12 Feb 11:23 IST',
					'soak 24 h, now 1 h',
					'window Tue/Wed 11:00 to 14:00, now none',
				])
					expect(shown, `${part} at ${width}`).toContain(part);
			}
		},
	);
});

describe('approval by key', () => {
	const asking = (changes: Partial<GateFacts> = {}): CockpitStore =>
		blockedStore({...blockedReview, ...decisionOf({...facts, ...changes}, {...policy, approvals: 1})});

	test('signs the build where approvals are asked for, from either page', () => {
		const store = asking();

		expect(['a', 'v', 'a'].flatMap(key => press(store, key).asked)).toEqual([
			['deploy.approve'],
			['deploy.approve'],
		]);
	});

	test('says why not where none are asked for, and where another build would be signed', () => {
		expect(press(blockedStore(), 'a')).toEqual({refusal: 'no approvals are asked for', asked: []});
		const build = {value: {commit: 'abcdef1', digest: 'other', uncommitted: 0}};
		expect(press(asking({build}), 'a')).toEqual({
			refusal: 'identity comes first: Pre-Prod runs 7f3a9c2, not abcdef1',
			asked: [],
		});
	});
});

test('blocked by a run: t asks to take it over, whatever else is closed; without one it says so', () => {
	const held = {state: 'held', text: 'Ravi on ravi-thinkpad', clears: 'wait for it'} as const;
	const lockedBy = (lock: GateFacts['to']['lock']) => withFacts({to: {...facts.to, lock}});

	const refused = {refusal: 'no run holds the lock', asked: []};

	expect(press(lockedBy({value: {...held, run: '20260210T055341Z-backend-9b1d'}}), 't')).toEqual({
		asked: [['runs.resume', '20260210T055341Z-backend-9b1d']],
	});
	expect(press(lockedBy({value: held}), 't')).toEqual(refused);
	expect(press(blockedStore(), 't')).toEqual(refused);
});
