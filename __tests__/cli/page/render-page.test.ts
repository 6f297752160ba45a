import fc from 'fast-check';
import {expect, test} from 'vitest';
import {renderStatusPage} from '../../../src/cli/page/render-page.ts';
import type {PageFacts} from '../../../src/cli/page/page-facts.ts';
import type {WatchReport} from '../../../src/domain/watch/watch-report.ts';
import {facts, now} from './page.ts';

/** What a reader sees: without styles and tags, entities read. */
const seen = (page: string): string =>
	page
		.replaceAll(/<style>[^]*?<\/style>/g, '')
		.replaceAll(/<[^>]*>/g, ' ')
		.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&amp;', '&')
		.replaceAll(/\s+/g, ' ');

const empty = new Set(['meta', 'br', 'polyline', 'line']);

/** Tags that are not closed in their order; the names of all of them. */
const structureOf = (page: string) => {
	const open: string[] = [];
	const wrong: string[] = [];
	const names = new Set<string>();
	for (const [, slash, name = ''] of page.replace('<!DOCTYPE html>', '').matchAll(/<(\/?)([a-z][a-z\d]*)[^>]*>/g)) {
		names.add(name);
		if (empty.has(name)) continue;
		if (slash === '') open.push(name);
		else if (open.pop() !== name) wrong.push(name);
	}
	return {names, wrong: [...wrong, ...open]};
};

test('page: says when it was made, by whose clock, and from when on it is old', () => {
	expect(seen(renderStatusPage(facts))).toContain(
		'Made at Tue 10 Feb 11:20 IST , by the clock of production-1. It is made anew every 5 min: after Tue 10 Feb 11:25 IST what stands here is old.',
	);
});

test('page: what runs where, each state by glyph and word', () => {
	const text = seen(renderStatusPage(facts));

	for (const said of [
		'Backend 7f3a9c2 on main, ▲ 2 not committed',
		'Frontend ? no commit yet',
		'Backend 4e81d0c , live since Tue 3 Feb 11:30 IST, by Asha',
		'API ● healthy , 200 in 61 ms',
		'✓ nginx active , ✗ php8.1-fpm failed',
		'Host ? no answer : timed out after 15 s',
		'API ✗ not healthy , 502 in 61 ms',
		'Last hour: 4 answers, 1 not good, slowest 10000 ms',
	])
		expect(text).toContain(said);
});

test('page: the verdict of each app with every gate, what opens it, and the next slot', () => {
	const text = seen(renderStatusPage(facts));

	for (const said of [
		'Backend 7f3a9c2 to Production HOLD something is missing or waits, read 11:20 IST',
		'identity ✓ met source 9c41e07b',
		'soak ◔ waits 21 h of 24 h wait opens Tue 10 Feb 14:20 IST',
		'Next slot: Wed 11 Feb 11:00 IST, with the rest met',
		'Frontend to Production ? NOT KNOWN the policy is not committed',
	])
		expect(text).toContain(said);
});

const [watched] = facts.watches;

/** The page with the watch changed. */
const watching = (
	changes: Partial<WatchReport>,
	{worse = [], ended}: {readonly worse?: readonly string[]; readonly ended?: WatchReport['watch']['ended']} = {},
): string => {
	if (!watched) throw new Error('there is a watch');
	const {report} = watched;
	const watch = ended ? {...report.watch, ended} : report.watch;
	return seen(renderStatusPage({...facts, watches: [{...watched, worse, report: {...report, ...changes, watch}}]}));
};

test('page: the watch that is on comes first, with its phases, triggers and what was accepted', () => {
	const text = watching({});

	expect(text.indexOf('Watch after')).toBeLessThan(text.indexOf('What runs where'));
	for (const said of [
		'Backend 4e81d0c on Production until 11:33 IST, run by Ravi',
		'? unclear so far; 17 min 0 s since the deploy, 13 min 0 s left',
		'Before and after the swap: ? nothing to compare yet',
		'0 to 15 min ✓ over nothing to sign',
		'15 to 30 min ▲ now',
		'API not 200 twice in a row ✓ no 200, 206 of 206',
		'more than 5 errors a minute ? unclear not asked yet',
		'Accepted by Asha: known since Monday',
	])
		expect(text).toContain(said);
	const compared = {
		probe: 'backend.health',
		title: 'API health',
		unit: 'ms',
		measure: 'p95',
		before: {value: 61, count: 60},
		since: {value: 90, count: 60},
		worseFrom: 12,
		missing: 0,
	} as const;
	expect(
		watching({
			comparisons: [
				{...compared, verdict: 'worse'},
				{...compared, verdict: 'same'},
			],
		}),
	).toContain('Before and after the swap: WORSE 1, UNCLEAR 0, same 1');
	expect(seen(renderStatusPage({...facts, watches: []}))).not.toContain('Watch after');
});

test('page: a watch is well only where everything was seen, and nothing fired or is worse', () => {
	const triggers = watched?.report.triggers ?? [];
	const all = (state: 'quiet' | 'fired'): Partial<WatchReport> => ({
		triggers: triggers.map(one => ({...one, state})),
	});

	const outcome = {outcome: 'good', text: ''} as const;
	expect(watching({...all('quiet'), outcome})).toContain('✓ well so far; 17 min 0 s since the deploy');
	expect(watching(all('quiet'))).toContain('? unclear so far; 17 min 0 s since the deploy');
	expect(watching(all('fired'))).toContain('✗ 2 reasons to roll back; 17 min');
	expect(watching(all('quiet'), {worse: ['backend.health']})).toContain('✗ worse than before; 17 min');
	expect(watching({now: now + 20 * 60_000})).toContain('? over, nobody was there at its end');
	expect(watching(all('quiet'), {ended: {at: now, by: 'Ravi', outcome: 'unclear'}})).toContain('? ended unclear');
});

test('page: tags close in their order, and none of them loads or runs anything', () => {
	const page = renderStatusPage(facts);
	const {names, wrong} = structureOf(page);

	expect(wrong).toEqual([]);
	for (const name of ['script', 'link', 'img', 'iframe', 'a', 'form', 'object', 'base'])
		expect(names).not.toContain(name);
	expect(page).not.toMatch(/\s(?:src|href|action|data)=|url\(|@import|http-equiv="refresh"/i);
	expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('page: is ASCII alone, so that it reads the same whatever a server says of its encoding', () => {
	expect(renderStatusPage({...facts, by: 'Åsa 🚀'})).toMatch(/^[\n\t -~]*$/);
	expect(seen(renderStatusPage({...facts, by: 'Åsa 🚀'}))).toContain('Written by Åsa 🚀');
});

/** Every text of the facts replaced by another, for as far as the page prints it. */
const with_ = (text: string): PageFacts => {
	const change = (value: unknown, key = ''): unknown => {
		if (Array.isArray(value)) return value.map(one => change(one));
		if (typeof value === 'object' && value !== null)
			return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, name)]));
		const isKept = [
			'timeZone',
			'tier',
			'app',
			'since',
			'verdict',
			'state',
			'gate',
			'outcome',
			'kind',
			'id',
		].includes(key);
		return typeof value === 'string' && !isKept ? text : value;
	};
	return change(facts) as PageFacts;
};

const tagsOf = (page: string): number => [...page.matchAll(/</g)].length;

test('page: a name from a host is text, whatever it is', () => {
	const tags = tagsOf(renderStatusPage(with_('x')));
	const hostile = fc.constantFrom(
		'<script>',
		'"onload="x',
		"'",
		'</style>',
		'</title>',
		'&lt;',
		'\u202E',
		'\0',
		'<!--',
		'`',
	);

	fc.assert(
		fc.property(fc.array(fc.oneof(hostile, fc.string({unit: 'grapheme'})), {maxLength: 5}), parts => {
			const page = renderStatusPage(with_(parts.join('')));

			expect(tagsOf(page)).toBe(tags);
			expect(page).not.toContain('<script');
			expect(structureOf(page).wrong).toEqual([]);
			expect(page).toMatch(/^[\n\t -~]*$/);
		}),
	);
});

test('page: a host that turns the direction of text or hides some of it is not obeyed', () => {
	const text = seen(renderStatusPage({...facts, by: 'Ra\u202Evi\u200B\u0007'}));

	expect(text).toContain('Written by Ra vi with');
});

test('page: an app that is not taken over, one of which nothing is live, and one that is not what the ledger says', () => {
	const [, production] = facts.environments;
	if (!production || 'sources' in production) throw new Error('production has a host');
	const [app] = production.apps;
	if (!app?.live) throw new Error('its backend is live');
	const {live} = app;
	const pageOf = (changes: Partial<typeof live>): string =>
		seen(
			renderStatusPage({
				...facts,
				environments: [{...production, apps: [{...app, live: {...live, ...changes}}]}],
			}),
		);

	expect(pageOf({isAdopted: false})).toContain('Backend not taken over yet');
	expect(pageOf({live: undefined})).toContain('Backend nothing is live');
	expect(pageOf({commit: undefined})).toContain('Backend ? build not known , live since');
	expect(pageOf({fault: 'live is not what the ledger says'})).toContain('✗ live is not what the ledger says');
});

test('page: a slot that has come is now', () => {
	const [board] = facts.boards;
	if (!board || 'unknown' in board.report) throw new Error('it has a report');
	const {value} = board.report;
	const slotOf = (verdict: 'GO' | 'HOLD', nextSlot: number | undefined): string =>
		seen(renderStatusPage({...facts, boards: [{...board, report: {value: {...value, verdict, nextSlot}}}]}));

	expect(slotOf('GO', now)).toContain('Next slot: now ');
	expect(slotOf('HOLD', now)).toContain('Next slot: now, once the rest is met');
	expect(slotOf('HOLD', undefined)).toContain('Next slot: none in sight');
});

test('page: a process that is down is said beside the services', () => {
	expect(seen(renderStatusPage(facts))).toContain('✗ qsights-frontend 1 of 2 errored, restarted 16 times');
});
