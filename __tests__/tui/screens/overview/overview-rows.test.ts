import {expect, test} from 'vitest';
import type {EnvironmentView} from '../../../../src/store/overview/overview.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain, type Row} from '../../../../src/tui/kit/rows.ts';
import {rowFaults} from '../../../support/tui/row-faults.ts';
import {activityRows} from '../../../../src/tui/screens/overview/activity.tsx';
import {when} from '../../../../src/tui/kit/times.ts';
import {environmentsRows} from '../../../../src/tui/screens/overview/environments.tsx';
import {nextRows} from '../../../../src/tui/screens/overview/next.tsx';
import {promotionRows} from '../../../../src/tui/screens/overview/promotion.tsx';
import {sparkline} from '../../../../src/tui/kit/sparkline.ts';
import {lostLinks, stale, staleNow, story, storyLinks, storyLocal, storyNow, unasked} from './story.ts';

const glyphs = glyphsFor(true);
const fresh = {environments: story, healths: [], links: storyLinks, local: storyLocal, now: storyNow};
const lost = {environments: stale, healths: [], links: lostLinks, local: {...storyLocal, at: staleNow}, now: staleNow};
const asking = {environments: unasked, healths: [], links: {}, local: undefined, now: storyNow};
const text = (rows: readonly Row[]): string => rows.map(row => plain(row).trimEnd()).join('\n');

test('environments: three cards at 118 cells', () =>
	expect(text(environmentsRows(fresh, 118, true, glyphs))).toBe(
		`
━━ LOCAL ━━━━━━━━━━━━━━ this machine ━▸ ━━ PRE-PROD ━━━━━━━━━━━━ ● ssh 12 ms ━▸ ━━ PRODUCTION ━━━━━━━━━━ ● ssh 18 ms ━
backend  7f3a9c2  main, clean           backend  7f3a9c2  live 24 h    Ravi     backend  4e81d0c  live 6 d     Ravi
frontend its review tells what changed  frontend – none here                    frontend – none here
git      0 ahead, 0 behind origin/main  api      ● 200  84 ms  ▂▃▂▂▃▄▃▂▂▃▃▂▂▂   api      ● 200  61 ms  ▂▂▂▃▂▂▁▂▂▂▃▂▂▂
tools    ✓ git php composer node npm    services ● php8.1-fpm  nginx            services ● php8.1-fpm  nginx
env      ✓ .env.local  debug on         host     disk 41 %  31 GB  tls 63 d     host     ▲ disk 78 %  31 GB  tls 41 d
key      ✓ qsights.pem  mode 600        checked  4 s ago                        checked  4 s ago
you      Ravi  on ravi-thinkpad
`.trim(),
	));

test('environments: both apps of a host, each with what is live of it', () => {
	const environments = story.map(view =>
		view.status
			? {...view, status: {...view.status, frontend: {...view.status.backend, commit: 'abcdef1'.padEnd(40, '0')}}}
			: view,
	);

	expect(text(environmentsRows({...fresh, environments}, 118, true, glyphs))).toContain('frontend abcdef1  live');
	expect(text(environmentsRows({...fresh, environments}, 78, false, glyphs))).toMatch(
		/backend 7f3a9c2 .*frontend abcdef1/,
	);
});

test('environments: a lost host keeps its last facts, each marked, with their age and the next try', () => {
	const rows = environmentsRows(lost, 118, true, glyphs).map(plain);

	expect(rows[0]).toContain('PRODUCTION ━━━━ ✗ no answer 3 min ━');
	expect(rows[1]).toContain('4e81d0c? live 6 d     Ravi');
	expect(rows[3]).toContain('? 200  61 ms  ▂▂▂▃▂▂▁▂▂▂▃▂▂▂');
	expect(rows[4]).toContain('? php8.1-fpm  nginx');
	expect(rows[5]).toContain('? disk 78 %');
	expect(rows[6]).toContain('3 min ago, next try in 8 s');
	expect(rows[7]).toContain('why      production-1 timed out');
});

test('environments: nothing old is green, and its age is yellow', () => {
	const cells = environmentsRows({...lost, environments: stale.slice(2)}, 118, true, glyphs).flat();

	expect(cells.filter(({tone}) => tone === 'success')).toEqual([]);
	expect(cells.find(({text}) => text.includes('3 min ago'))?.tone).toBe('attention');
});

test('environments: without colour nothing of a card is lost', () => {
	const failing = story.map((view): EnvironmentView =>
		view.status && view.health
			? {
					...view,
					status: {...view.status, services: [{unit: 'nginx', state: 'failed'}]},
					health: {...view.health, isGood: false, answer: '502'},
				}
			: view,
	);
	const rows = text(environmentsRows({...fresh, environments: failing}, 118, true, glyphs));

	expect(rows).toContain('✗ nginx failed');
	expect(rows).toContain('✗ 502');
});

test('environments: facts of this machine that were not read again say how old they are', () => {
	const late = {...fresh, now: storyNow + 21_000};

	expect(text(environmentsRows(late, 118, true, glyphs))).toContain('? read 21 s ago');
	expect(text(environmentsRows(late, 78, false, glyphs))).toContain('? read 21 s ago');
});

test('environments: before the first answer every value says that it is asked for', () => {
	const rows = text(environmentsRows(asking, 118, true, glyphs));

	expect(rows.match(/\? asking/g)).toHaveLength(16);
	expect(
		environmentsRows(asking, 118, true, glyphs)
			.flat()
			.some(({tone}) => tone === 'success'),
	).toBe(false);
});

test('environments: two lines each in one column, in ASCII', () =>
	expect(text(environmentsRows(lost, 78, false, glyphsFor(false)))).toBe(
		`
= LOCAL      7f3a9c2  main, clean                                 this machine
             + tools  + key  + .env.local  0 ahead of origin
= PRE-PROD   backend 7f3a9c2  24 h                                 @ ssh 12 ms
             @ api  84 ms  -..--...  @ services                        4 s ago
= PRODUCTION backend 4e81d0c? 6 d                            x no answer 3 min
             ? api  61 ms  _...-...                 3 min ago, next try in 8 s
`.trim(),
	));

test.each([
	['host-key-changed', '✗ host key changed 3 min', 'r tries again'],
	['auth-failed', '✗ login refused 3 min', 'r tries again'],
])('environments: %s is said, and that nobody tries by himself', (code, words, next) => {
	const environments = stale.map(view =>
		view.silence ? {...view, nextAt: undefined, silence: {...view.silence, code}} : view,
	);
	const rows = text(environmentsRows({...lost, environments}, 118, true, glyphs));

	expect(rows).toContain(words);
	expect(rows).toContain(next);
});

test('promotion: the builds of both, and who holds a lock', () => {
	const lock = {
		run: 'r',
		kind: 'deploy',
		app: 'backend',
		by: 'Asha',
		machine: 'asha-mac',
		since: '2026-02-10T05:48:00Z',
		running: [],
	} as const;
	const environments = story.map(view =>
		view.name === 'production' && view.status ? {...view, status: {...view.status, lock}} : view,
	);

	expect(
		text(
			promotionRows({environments, evidence: [], app: 'backend', now: storyNow}, 118, true, {
				glyphs,
				hasColour: true,
			}),
		),
	).toBe(
		`
─ backend to production ──────────────────────────────────  ─ frontend to production ─────────────────────────────────
 ○ build  7f3a9c2 on pre-prod, 4e81d0c on production         – build  not on both
 ✓ lock   pre-prod  free                                     ✓ lock   pre-prod  free
 ▲ lock   production  held by Asha on asha-mac since 11:18   ✓ lock   production  free
 ? gates  asking                                             ? gates  asking
`.trim(),
	);
});

test('promotion: the same sources on both, and nothing known of a silent host', () => {
	const from = story.find(({name}) => name === 'preprod')?.status?.backend;
	const same = story.map(view => (view.status && from ? {...view, status: {...view.status, backend: from}} : view));
	const look = {glyphs, hasColour: false};

	expect(
		text(promotionRows({environments: same, evidence: [], app: 'backend', now: storyNow}, 78, false, look)),
	).toMatch(/✓ build  same source on both +9c41e07b/);
	const silent = text(
		promotionRows({environments: stale, evidence: [], app: 'backend', now: staleNow}, 78, false, look),
	);
	expect(silent).toContain('? build  not known, production: no answer');
	expect(silent).toMatch(/\? lock {3}production {2}not known, no answer +3 min ago/);
	expect(silent).toContain('[backend] frontend');
});

test('activity: newest first, with the numbers of the ledgers and the zone', () => {
	const view = {environments: stale, cursor: 'production:902', isFocused: true, now: staleNow};

	expect(text(activityRows(view, 78, 6, glyphs))).toBe(
		`
─ ▸ Activity ────────────────── entries: pre-prod 1,842, production 902, IST ─
 11:20     ✗ ssh  production no answer: production-1 timed out after 15 s, 4 …
 Mon 10:58 ▲ Ravi pre-prod   deployed backend 7f3a9c2 in 4 min 47 s
▌Wed 11:10 ▲ Ravi production deployed backend 4e81d0c in 6 min 31 s
 3 Feb     ✗ Asha pre-prod   failed to deploy backend 7f3a9c2
`.trim() + '\n',
	);
});

test('activity: the page with the highlighted line is shown', () => {
	const view = {environments: stale, cursor: 'production:902', isFocused: true, now: staleNow};

	const rows = activityRows(view, 78, 3, glyphs);

	expect(rows).toHaveLength(3);
	expect(text(rows)).toContain('▌Wed 11:10');
	expect(text(rows)).not.toContain('11:20');
});

test('next for you: the highlighted one has a mark, the one below it stays in sight on few rows', () => {
	const base = {...lost, evidence: [], isDriving: false, isFocused: true};

	expect(text(nextRows({...base, cursor: 'silent:production'}, 38, 8, glyphs))).toBe(
		`
─ ▸ Next for you ─────────────────────
▌Find out why production is silent
 production-1 timed out after 15 s;
 pre-prod answers, so your network is
 up

 Free space on production
 78 % of the disk is used
`.trim(),
	);
	expect(text(nextRows({...base, cursor: 'disk:production'}, 38, 3, glyphs))).toContain('▌Free space');
});

test('next for you: nothing is highlighted once what was is done', () => {
	const rows = nextRows(
		{...fresh, evidence: [], isDriving: false, isFocused: true, cursor: 'silent:production'},
		38,
		8,
		glyphs,
	);

	expect(text(rows)).not.toContain(glyphs.cursor);
});

const states = {fresh, lost, asking};
const widths = Array.from({length: 101}, (_, index) => 60 + index);

test.each(['fresh', 'lost', 'asking'] as const)(
	'overview rows: %s, no row is wider than its panel from 60 to 160',
	name => {
		const state = {
			...states[name],
			evidence: [],
			isDriving: false,
			isFocused: true,
			cursor: 'disk:production',
		};
		const faults: string[] = [];
		for (const isUnicode of [true, false]) {
			const set = glyphsFor(isUnicode);
			const look = {glyphs: set, hasColour: false};
			for (const width of widths) {
				for (const isWide of width < 100 ? [false] : [true, false]) {
					const rows = [
						...environmentsRows(state, width - 2, isWide, set),
						...promotionRows({...state, app: 'backend'}, width - 2, isWide, look),
						...promotionRows({...state, app: 'frontend'}, width - 2, isWide, look),
					];
					const lists = [
						...activityRows({...state, cursor: 'preprod:1842'}, width - 2, 9, set),
						...nextRows(state, width - 2, 9, set),
					];
					faults.push(
						...rowFaults([...rows, ...lists], {width: width - 2}).map(fault => `${width}: ${fault}`),
					);
					const heads = rows
						.map(plain)
						.filter(line => line.startsWith(set.rule) || line.startsWith(set.thickRule.repeat(2)));
					faults.push(
						...heads
							.filter(head => head.length !== width - 2 || !/[─━=-]$/.test(head))
							.map(head => `${width}: torn: ${head}`),
					);
					const text = [...rows, ...lists].map(plain).join('');
					if (!isUnicode && !/^[ -~]*$/.test(text)) faults.push(`${width}: not ASCII: ${text}`);
				}
			}
		}
		expect(faults).toEqual([]);
	},
);

test('sparkline: a bad answer is a cross, polls left out are a space, newest at the right', () => {
	const samples = [{at: 0, durationMs: 80}, {at: 5000}, {at: 60_000, durationMs: 200}, {at: 65_000, durationMs: 399}];

	expect(plain(sparkline(samples, 14, glyphs, true))).toBe('▂✗ ▅█');
	expect(plain(sparkline(samples, 2, glyphs, true))).toBe('▅█');
	expect(
		plain(
			sparkline(
				[
					{at: 0, durationMs: 400},
					{at: 1, durationMs: 4000},
				],
				14,
				glyphs,
				true,
			),
		),
	).toBe('▁█');
});

test.each([
	['2026-02-09T18:30:00Z', '00:00'],
	['2026-02-09T18:29:59Z', 'Mon 23:59'],
	['2026-02-03T18:30:00Z', 'Wed 00:00'],
	['2026-02-03T18:29:59Z', '3 Feb'],
	['2026-02-11T05:00:00Z', '11 Feb'],
])('when: %s is %s on Tuesday at 11:20 in India', (at, words) =>
	expect(when(Date.parse(at), storyNow, 'Asia/Kolkata')).toBe(words),
);
