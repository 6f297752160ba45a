import {describe, expect, test} from 'vitest';
import type {CockpitState} from '../../../../src/store/create-store.ts';
import {verifications} from '../../../../src/domain/runs/confirm.ts';
import {reportMigrations} from '../../../../src/domain/migrations/report.ts';
import {factsAt, items, policy} from './blocked-decision.ts';
import {draw} from './draw.tsx';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {blockedStore, commit, notAdopted, now, review, stages} from './fixtures.ts';

const make = stageNamed(stages);
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

describe('choose: an environment that is promoted to', () => {
	const facts = factsAt(now);
	const choose = (evidence: CockpitState['evidence'], at = now): string => {
		const store = blockedStore();
		const {options, setStage, offer, tick} = store.getState();
		setStage('choose');
		offer({
			options: options.map(one => (one.environment === 'production' ? {...one, promotedFrom: 'preprod'} : one)),
		});
		store.setState({evidence});
		tick(at);
		return draw(store, 120, 37).join('\n');
	};
	const view = {app: 'frontend', from: 'preprod', to: 'production', policy, at: now} as const;

	test('says that its gates are being asked, and the other environment says nothing of gates', () => {
		const shown = choose([]);

		expect(shown).toMatch(/frontend +Production .*gates: asking/);
		expect(shown).not.toMatch(/frontend +Pre-Prod .*gates/);
	});

	test('shows the verdict with the first closed gate, and only the verdict when all are open', () => {
		expect(choose([{...view, facts}])).toMatch(/Production .*NO-GO {2}checklist: 40 of 46, 1 failed/);
		const live = 'value' in facts.from.live ? facts.from.live.value : undefined;
		if (!live) throw new Error('nothing is live');
		const open = {
			...facts,
			from: {...facts.from, live: {value: {...live, since: now - 25 * 3_600_000}}},
			items: {value: items.map(one => ({...one, state: 'passed'}) as const)},
			probes: {value: []},
		};
		expect(choose([{...view, facts: open}])).toMatch(/Production .* GO *\n/);
	});

	test('does not show a verdict made from old facts', () => {
		const shown = choose([{...view, facts}], now + 60_000);

		expect(shown).toContain('gates: not asked lately');
		expect(shown).not.toContain('NO-GO');
	});

	test('names its words on the way when it is under the cursor', () => {
		const store = blockedStore();
		store.getState().setStage('choose');
		store.getState().highlight('frontend@production');

		expect(draw(store, 120, 37).join('\n')).toContain('○ VERIFIED ── ○ DEPLOY-TO-PRODUCTION');
	});
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

test.each(['review', 'confirm', 'adopt'])(
	'%s: names the environment that was chosen, wherever the cursor is',
	stage => {
		const store = blockedStore();
		store.getState().highlight('frontend@preprod');
		const choice = {app: 'frontend', environment: 'production'} as const;
		if (stage === 'review') store.getState().openPage('summary');
		if (stage === 'confirm') store.getState().askWords('deploy', choice, ['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
		if (stage === 'adopt') store.getState().askWords('adopt', choice, ['adopt']);
		const top = draw(store, 120, 37).slice(0, 5).join('\n');

		expect(top.toLowerCase()).toContain('production');
		expect(top.toLowerCase()).not.toContain('pre-prod');
	},
);

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

test('review: what of live stays behind is named, with what to do about it', () => {
	const store = make('review');
	const behind = (leftOut: NonNullable<typeof review.leftOut>, width = 80): string => {
		store.getState().setReview({state: 'ready', review: {...review, leftOut}});
		return draw(store, width, 24).join(' ').replaceAll(/\s+/g, ' ');
	};
	const many = ['added a', 'added b', 'changed c', 'changed d'];

	expect(behind({value: []})).not.toContain('behind');
	const one = behind({value: ['added public/shell.php']});
	expect(one).toContain('behind 1 file not as deployed: added public/shell.php; it stays');
	expect(one).toContain('Commit it, or name it in shared:');
	expect(behind({value: many})).toContain(
		'behind 4 files not as deployed: added a, added b, changed c and 1 more; they',
	);
	expect(behind({value: many}, 120)).toContain('behind 4 files not as deployed: added a, added b, changed c');
	expect(behind({unknown: 'sudo: a password is required'})).toContain(
		'behind not known: sudo: a password is required',
	);
});

describe('review: migrations', () => {
	const file = (body: string): string =>
		`<?php return new class extends Migration { public function up() { ${body} } };`;
	const reports = reportMigrations(
		['2026_02_05_drop_legacy', '2026_02_06_create_notes'],
		new Map([
			['2026_02_05_drop_legacy', file("Schema::table('users', function ($t) { $t->dropColumn('legacy'); });")],
			['2026_02_06_create_notes', file("Schema::create('notes', function ($t) { $t->id(); });")],
		]),
	);
	const shown = (
		migrations: NonNullable<typeof review.migrations>,
		{page = 'summary', width = 80}: {readonly page?: 'summary' | 'migrations'; readonly width?: number} = {},
	): string => {
		const store = make('review');
		store.getState().setReview({state: 'ready', review: {...review, migrations}});
		store.getState().openPage(page);
		return draw(store, width, width === 80 ? 21 : 37).join('\n');
	};

	test.each([80, 120])('what breaks is said in words and by its glyph, at %i columns', width => {
		const text = shown({value: reports}, {width});
		expect(text).toContain('2 pending');
		expect(text).toContain('old code: ✗ breaks; taken back: no');
	});

	test('what each does stands on a page of its own', () => {
		const text = shown({value: reports}, {page: 'migrations'});
		for (const part of [
			' ✗ 2026_02_05_drop_legacy',
			'drops users.legacy',
			'✗ breaks: users.legacy is gone: whatever reads or writes it fails',
			'taken back: no; it has no down(): a rollback forgets that it ran',
			' ✓ 2026_02_06_create_notes',
			'creates notes, 1 column',
		])
			expect(text).toContain(part);
	});

	test('none pending, and not known, are told apart', () => {
		expect(shown({value: []})).toMatch(/migrations +none pending/);
		expect(shown({unknown: 'no connection'})).toMatch(/migrations +which are pending is not known/);
		expect(shown({unknown: 'no connection'}, {page: 'migrations'})).toContain('not known: no connection');
	});
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
		'the swap',
		'✓ source',
		'Type yes to start',
		'2 of 3 letters',
		'Nothing has been changed',
		'ubuntu@10.0.0.7',
	])
		expect(shown).toContain(part);
});

test.each([
	['go-on', 'hooks; one that fails is noted'],
	['stop', 'hooks; one that fails ends the run as failed'],
	['rollback', 'hooks; one that fails takes live back'],
] as const)('confirm: what comes behind a deploy says what a failure of it does: %s', (policy, said) => {
	const store = make('confirm');
	const after = {id: 'after-deploy', title: 'After the deploy', touches: 'nothing', isClosing: true} as const;
	store.getState().setReview({
		state: 'ready',
		review: {...review, steps: [...review.steps, after], closingHooks: {'after-deploy': policy}},
	});

	expect(draw(store, 120, 40).find(line => line.includes('After the deploy'))).toContain(said);
});

test('confirm: the rest of the word is not shown, and a wrong start is said', () => {
	const store = make('confirm, adoption');
	store.getState().setTyped('ax');
	const shown = draw(store, 80, 21).join('\n');

	expect(shown).toContain('▸ ax');
	expect(shown).toContain('not the word');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('confirm production at $width: the 8 verifications word for word, each with what proves it', ({width, height}) => {
	const store = make('confirm, production');
	const before = draw(store, width, height);
	expect(before.slice(0, 3).join('\n')).toContain('▲ PRODUCTION DEPLOYMENT WARNING ▲');
	expect(before.join('\n')).toContain('0 of 8 have evidence');
	for (const name of verifications.backend)
		expect(
			before.find(text => text.includes(name)),
			name,
		).toMatch(/^ {2}○ .*no item proves it/);

	const proved = verifications.backend.map(title => ({
		title,
		isProved: true,
		text: '2 of 2 items passed',
		who: ['Asha'],
		at: now,
	}));
	const state = store.getState().review;
	if (state.state !== 'ready') throw new Error('no review');
	store.getState().setReview({state: 'ready', review: {...state.review, verifications: proved}});
	const after = draw(store, width, height).join('\n');
	expect(after).toContain('8 of 8 have evidence');
	expect(after).toMatch(/✓ All modules functional +2 of 2 items passed +Asha/);
	expect(after).toContain('Type VERIFIED if you have checked this yourself');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('confirm at $width: a policy that asks less is shown whole before its digest is typed', ({width, height}) => {
	const review = draw(make('review, another policy'), width, height).join('\n');
	expect(review).toContain('○ policy');
	expect(review).toContain(width === 120 ? '○ ab12cd34ef56 ── ○ VERIFIED' : '2 of 7 Review');

	const shown = draw(make('confirm, another policy'), width, height).join('\n');

	expect(shown).toContain('THIS POLICY IS NOT THAT OF THE LAST RUN');
	for (const text of ['tier production, now preprod', 'promoted from preprod, now none', 'soak 24 h, now 0 h'])
		expect(shown).toContain(`▲ ${text}`);
	expect(shown).toMatch(/commit +c0ffee1/);
	expect(shown).toContain('that you accepted it, on the ledger');
	expect(shown).toContain('Type ab12cd34ef56 to accept this policy');
	expect(shown).toContain('0 of 12 letters');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('confirm production at $width: then the server is named, and whom it affects', ({width, height}) => {
	const shown = draw(make('confirm, the server'), width, height).join('\n');

	expect(shown).toContain('AFFECTS ALL LIVE USERS');
	expect(shown).toContain('Server: ubuntu@10.0.0.7');
	expect(shown).toContain('7 Restart services');
	expect(shown).toContain('Type DEPLOY-TO-PRODUCTION to start');
	expect(shown).toContain('0 of 20 letters');
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])(
	'confirm a takeover at $width: who drives it since when, what the host is at, and what the word does',
	({width, height}) => {
		const shown = draw(make('confirm, takeover'), width, height).join('\n');

		expect(shown).toContain('driven by Ravi on ravi-thinkpad');
		expect(shown).toMatch(/since +Tue 10 Feb 11:11 IST/);
		expect(shown).toContain('ubuntu@10.0.0.7 is at composer');
		expect(shown).toContain('The cockpit of Ravi ends with exit 6');
		expect(shown).toContain('Type TAKE-OVER to drive it on from here');
		expect(shown).toContain('Ask Ravi first, if you can.');
	},
);

test('confirm a takeover on production: the banner names the server', () => {
	const shown = draw(make('confirm, takeover on production'), 80, 21).join('\n');

	expect(shown).toContain('TAKES OVER A RUN ON PRODUCTION');
	expect(shown).toContain('Server: ubuntu@10.0.0.9');
	expect(shown).toContain('Type TAKE-OVER to drive it on from here');
});

test.each(['failed, another word', 'failed, blocked', 'failed, not started'])(
	'%s: DEPLOYMENT BLOCKED with its reason, and that nothing was changed',
	name => {
		const shown = text(name, 80, 21);

		expect(shown).toContain('DEPLOYMENT BLOCKED');
		expect(shown).toContain('Why');
		expect(shown).toMatch(/Now +Nothing was changed/);
		expect(shown).toContain('Gates go by the committed policy');
	},
);

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
	{width: 60, height: 13},
])('migrations at $width: what is pending, what is destructive, the safe answer first', ({width, height}) => {
	const shown = draw(make('run, migrations'), width, height).join('\n');

	expect(shown).toContain('2 migrations are pending');
	expect(shown).toContain('2026_02_05_093000_add_department_to_evaluation');
	expect(shown).toContain('1 of 3 statements destructive');
	expect(shown).toMatch(/▌Stop here/);
	expect(shown).toContain('Skip them');
});

test('migrations: v turns the pages until every statement was shown, and round again', () => {
	const store = make('run, migrations');
	const seen = new Set<string>();
	for (let page = 0; page < 3; page++) {
		const shown = draw(store, 80, 21).join('\n');
		if (shown.includes('add index')) seen.add('index');
		if (/destructive {2}drop table/.test(shown)) seen.add('drop');
		expect(shown).toMatch(/page [12] of 2/);
		store.getState().setPromptView({id: 'ask-migrations', choice: 'abort', page: page + 1});
	}
	expect([...seen].sort()).toEqual(['drop', 'index']);
});

test('migrations: on production the question says so', () => {
	expect(text('run, migrations, production', 80, 21)).toMatch(/ PRODUCTION .*─╮/);
});

test.each([
	{width: 120, height: 37},
	{width: 80, height: 21},
])('failed after the swap at $width: what is live, since when users have errors, one key back', ({width, height}) => {
	const shown = draw(make('run, decide'), width, height).join('\n');

	for (const part of [
		'FAILED AFTER THE SWAP',
		'preprod runs backend 7f3a9c2 and answers 500',
		'Verify  step 8 of 8',
		'users have had errors for 29 s',
		'Live is 7f3a9c2. 4e81d0c is beside it.',
		'Roll back to 4e81d0c?',
		'▌ R  Roll back now',
		'i  Keep it and look',
		'✗ 8 Verify',
		'Last answers',
	])
		expect(shown, part).toContain(part);
});

test('failed after the swap at 80x24: what the app says itself stands above the way back, with the path on one line', () => {
	const shown = draw(make('run, decide, own words'), 80, 21).join('\n');

	expect(shown).toMatch(/─ laravel\.log ─+ what it says since the swap ─/);
	for (const part of [
		'Last answers',
		String.raw`11:29:21 IST error Class "App\Services\ReminderPolicy" not found`,
		'same error 36 times above',
		'/var/www/qsights/backend/storage/logs/laravel.log\n',
		'▌ R  Roll back now',
		'i  Keep it and look',
	])
		expect(shown, part).toContain(part);
});

test('going back: says so with what users meet, and then what is live', () => {
	expect(text('run, going back', 80, 21)).toMatch(/Going back to 4e81d0c {2}0:03[\s\S]*downtime/);
	const shown = text('failed, went back', 80, 21).replaceAll(/\s+/g, ' ');

	expect(shown).toContain('↓ WENT BACK');
	expect(shown).toContain('20260203T055341Z-4e81d0c again, and healthy');
	expect(shown).not.toContain('rollback-backend.sh');
});

test('run: a closing check stands behind the numbered steps, without a number', () => {
	const shown = text('run, closing');

	expect(shown).toMatch(/[◐◓◑◒] {3}Verify/);
	expect(shown).not.toContain('8 Verify');
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
	expect(shown).toContain('cockpit docs --guide workflow-guide --section 42-by-the-cockpit');

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

test('run: a host whose clock is an hour behind has its own time on every line, as in the header', () => {
	const store = make('done');
	const {runPlan} = store.getState();
	const shift = (clockAheadMs: number): string => {
		store.setState({runPlan: runPlan && {...runPlan, clockAheadMs}});
		return draw(store, 120, 37).join('\n');
	};
	const swappedAt = (shown: string): string | undefined => /swapped (\d\d:\d\d:\d\d)/.exec(shown)?.[1];

	expect(swappedAt(shift(0))).toBe('11:27:05');
	expect(swappedAt(shift(-3_600_000))).toBe('10:27:05');
});
