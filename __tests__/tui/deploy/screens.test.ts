import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {draw} from './draw.tsx';
import {commit, notAdopted, now, review, stages} from './fixtures.ts';

const make = (name: string): CockpitStore => {
	const found = stages[name];
	if (!found) throw new Error(`no stage ${name}`);
	return found();
};
const text = (name: string, width = 120, height = 37): string => draw(make(name), width, height).join('\n');

test('choose: what can be deployed stands beside what can not, with the reason', () => {
	const shown = text('choose');

	expect(shown).toContain('● Choose ── ○ Review ── ○ yes ── ○ Run ── ○ Done');
	expect(shown).toContain('frontend pipelines are not part of this version');
	expect(shown).toContain('production needs the evidence gates');
});

test('choose: a host that is not adopted says so and offers it', () => {
	const store = make('choose');
	store.setState({
		environments: store.getState().environments.map(view => ({
			...view,
			readAt: now,
			status: notAdopted,
		})),
	});
	const shown = draw(store, 100, 30).join('\n');

	expect(shown).toContain('adopt first: A');
	expect(shown).toContain('after you type adopt');
});

test('choose: a run that was left is offered last, and never under the cursor by itself', () => {
	expect(text('choose, a run was left')).toMatch(/▌ backend {3}Pre-Prod/);
	expect(text('choose, resume highlighted')).toContain('▌ resume');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('review at $width: what changes, what it costs, what was checked, the way back', ({width, height}) => {
	const shown = text('review', width, height);

	for (const part of [
		'7f3a9c2 replaces 4e81d0c',
		'14 since 4e81d0c',
		'24 changed  23 new  23 deleted  of 2,418',
		'18.4 MB',
		'.env  storage/app/',
		'composer.lock changed',
		'212 MB',
		'11:30 IST',
		'GO',
		'stop, live is untouched',
		'ssh ubuntu@10.0.0.7 sh',
		'.cockpit/qsights/preprod/rollback-backend.',
	])
		expect(shown, part).toContain(part);
});

test('review: a reason not to start stands before everything else', () => {
	const lines = draw(make('review, blocked'), 80, 21);

	expect(lines.findIndex(line => line.includes('DEPLOYMENT BLOCKED'))).toBeLessThan(5);
	expect(lines.join('\n')).toContain('Asha on asha-mac holds the lock');
});

test('review: what is not known of live is said, never guessed', () => {
	const shown = text('review, nothing known of live');

	expect(shown).toContain('not known: no manifest of live');
	expect(shown).not.toContain('undefined');
});

test('review: a build without some live commits says that it takes them back', () => {
	const store = make('review');
	store.getState().setReview({state: 'ready', review: {...review, commits: {commits: [], behind: 3}}});

	expect(draw(store, 120, 37).join('\n')).toContain('takes back 3');
	expect(draw(store, 80, 21).join('\n')).toContain('takes back 3');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('confirm at $width: steps, checks and the word are in one frame', ({width, height}) => {
	const store = make('confirm');
	store.getState().setTyped('ye');
	const shown = draw(store, width, height).join('\n');

	for (const part of [
		'7 Restart services',
		'the swap: live changes here',
		'✓ source',
		'Type yes to start',
		'2 of 3 letters',
		'Nothing has been changed',
		'ubuntu@10.0.0.7',
	])
		expect(shown).toContain(part);
});

test('confirm: the rest of the word is not shown, and a wrong start is said', () => {
	const store = make('confirm, adoption');
	store.getState().setTyped('ax');
	const shown = draw(store, 80, 21).join('\n');

	expect(shown).toContain('▸ ax');
	expect(shown).toContain('not the word');
});

test('confirm: production is a banner', () => {
	expect(text('confirm, production')).toContain('AFFECTS ALL LIVE USERS');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('run at $width: steps from 1, bars, swap line, live users, what a stop would leave', ({width, height}) => {
	const shown = text('run', width, height);

	for (const part of [
		'22 %',
		'0:58 of about 6:40',
		'done 11:30 IST',
		'✓ 1 Pre-flight checks',
		'3 Upload files',
		'64 %',
		'swap live is untouched above this line',
		'● 200',
		'none',
		'Live stays 4e81d0c',
		'FOLLOW',
	])
		expect(shown).toContain(part);
});

test('run: after the swap the line says since when, and the way back is named', () => {
	const shown = text('run, swapped');

	expect(shown).toContain('swapped 11:27:05 live is now 7f3a9c2');
	expect(shown).toContain('Live is 7f3a9c2.');
	expect(shown).toContain('rollback-backend.sh');
});

test('run: output that was scrolled back stays where it is and counts what is new', () => {
	const store = make('run');
	const {output, outputView, setOutputView} = store.getState();
	setOutputView({...outputView, from: 3, seen: output.end});
	output.push(now, 'upload', ['one', 'two']);
	store.getState().bumpOutput();
	const shown = draw(store, 120, 37).join('\n');

	expect(shown).toContain('PAUSED +2 new');
	expect(shown).toContain('Model3.php');
});

test('run: users with errors are told at once, and for how long', () => {
	const store = make('run, swapped');
	const {sampleLive, tick} = store.getState();
	sampleLive({at: now + 205_000, durationMs: 3, text: 'ECONNREFUSED', isGood: false});
	tick(now + 207_400);
	const shown = draw(store, 80, 21).join('\n');

	expect(shown).toContain('✗ ECONNREFUSED');
	expect(shown).toContain('2.4 s, going on');
});

test('run: an old answer of the app is shown as not known, with its age', () => {
	const store = make('run');
	store.getState().tick(now + 78_000);
	const shown = draw(store, 120, 37).join('\n');

	expect(shown).toContain('? 200');
	expect(shown).toContain('20 s ago');
});

test('link lost: says what goes on, what waits, what is live and how to come back', () => {
	const shown = text('run, link lost', 80, 21);

	for (const part of [
		'Connection to preprod lost',
		'No answer for 7 s',
		'2 Back up',
		'goes on without us',
		'waits at 11.8 MB of 18.4 MB',
		'Live is 4e81d0c, healthy',
		'cockpit resume 20260210T055341Z-backend-9b1d',
		'Enter try now',
		'D leave it running',
	])
		expect(shown).toContain(part);
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('done at $width: how long, downtime, where to look, how to go back, the log', ({width, height}) => {
	const shown = text('done', width, height).replaceAll(/\s*\n\s*/g, ' ');

	for (const part of [
		`Deployed  backend ${commit.slice(0, 7)} in 6 min 12 s  usually 6 min 40 s`,
		'downtime none',
		'https://preprod.example.com',
		'rollback-backend.sh',
		'20260203T055341Z-4e81d0c',
		'log',
	])
		expect(shown).toContain(part);
});

test('failed after the swap: what, why, what is live, the way back, the answers', () => {
	const shown = text('failed');

	for (const part of [
		'FAILED AFTER THE SWAP',
		'Verify  step 8 of 8',
		'Health check failed',
		'0 of 6 tries',
		'Live backend is the new release',
		'rollback-backend.sh',
		'11:27:11',
		'run.log',
	])
		expect(shown).toContain(part);
});

test.each([
	['failed, before the swap', 'FAILED BEFORE THE SWAP'],
	['failed, cancelled', 'CANCELLED'],
	['failed, left', 'LEFT TO BE RESUMED'],
	['failed, not started', 'NOT STARTED'],
])('%s: the first line says what kind of end it is', (name, title) => {
	expect(text(name, 80, 21)).toContain(title);
});

test('failed: the host was swapped although the run never heard of it', () => {
	const store = make('failed, before the swap');
	const {run} = store.getState();
	if (!run?.finished) throw new Error('no end');
	store.setState({run: {...run, finished: {...run.finished, exitCode: 4}}});

	expect(draw(store, 80, 21).join('\n')).toContain('FAILED AFTER THE SWAP');
});
