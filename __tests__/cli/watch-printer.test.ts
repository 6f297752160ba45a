import {expect, test} from 'vitest';
import type {WatchUpdate} from '../../src/app/watch/keep-watch.ts';
import {createWatchPrinter} from '../../src/cli/watch-printer.ts';
import type {Terminal} from '../../src/cli/terminal.ts';
import type {Trigger, Watch} from '../../src/domain/watch/watch.ts';
import type {WatchReport} from '../../src/domain/watch/watch-report.ts';
import {aWatch, reading, swapAt} from '../domain/watch/a-watch.ts';
import {environment} from '../control/fake-services.ts';

const minute = 60_000;

const trigger = (state: Trigger['state'], text: string, more: Partial<Trigger> = {}): Trigger => ({
	id: 'down',
	title: 'API not 200 twice in a row',
	state,
	text,
	...more,
});

const report = (minutes: number, down: Trigger, more: Partial<WatchReport> = {}): WatchReport => ({
	watch: aWatch(),
	now: swapAt + minutes * minute,
	phases: [
		{title: '0 to 5 min', from: 0, until: 1, state: minutes < 5 ? 'now' : 'over', items: []},
		{title: '5 to 15 min', from: 1, until: 2, state: minutes < 5 ? 'before' : 'now', items: []},
	],
	triggers: [down],
	comparisons: [],
	newSignatures: [],
	verdict: 'unclear',
	isBad: false,
	...more,
});

const printer = (json = false) => {
	const printed: string[] = [];
	const told: string[] = [];
	const terminal = {
		out: (text: string) => void printed.push(...text.trimEnd().split('\n')),
		err: (text: string) => void told.push(text.trimEnd()),
		hasColour: false,
	} as unknown as Terminal;
	const {update, close} = createWatchPrinter(
		terminal,
		{...environment, title: 'Production', name: 'production'},
		json,
	);
	return {
		close,
		err: told,
		/** Lines that are new. */
		lines: (found: WatchReport, more: Partial<WatchUpdate> = {}): readonly string[] => {
			printed.length = 0;
			const round = {environment: 'production', at: found.now, readings: [], silent: []};
			update({environment: 'production', at: 0, round, reports: [found], ...more});
			return [...printed];
		},
		printed,
	};
};

test('printed watch: first what is on, then a line for each change and none without', () => {
	const {lines} = printer();
	const quiet = trigger('quiet', '200 in 60 ms, 1 of 1 good');
	expect(lines(report(0, quiet))).toEqual([
		'11:28 IST  backend  watch of backend 7f3a9c2 on Production until 11:58 IST, 30 min 0 s left, deployed by Ravi',
		'11:28 IST  backend  ◐ 0 to 5 min',
		'11:28 IST  backend  ? before and after: UNCLEAR',
	]);
	expect(lines(report(1, trigger('quiet', '200 in 61 ms, 13 of 13 good')))).toEqual([]);
	expect(lines(report(2, trigger('fired', '500, not 200, 2 in a row', {since: swapAt + minute})))).toEqual([
		'11:30 IST  backend  ✗ API not 200 twice in a row: fired, 500, not 200, 2 in a row, since 11:29 IST',
	]);
	expect(lines(report(6, quiet, {verdict: 'same'}))).toEqual([
		'11:34 IST  backend  ◐ 5 to 15 min',
		'11:34 IST  backend  ✓ API not 200 twice in a row: 200 in 60 ms, 1 of 1 good',
		'11:34 IST  backend  ✓ before and after: same',
	]);
});

test('printed watch: as objects, each with its time, app and run', () => {
	const {lines} = printer(true);
	const objects = lines(report(0, trigger('fired', '500'))).map(line => JSON.parse(line) as Record<string, unknown>);
	expect(objects.map(({type}) => type)).toEqual(['watch.on', 'watch.phase', 'watch.trigger', 'watch.verdict']);
	for (const object of objects)
		expect(object).toMatchObject({
			schema: 1,
			at: '2026-02-10T05:58:00.000Z',
			environment: 'production',
			app: 'backend',
			run: 'r1',
		});
});

test('printed watch: a host that is silent, and what could not be written down, are said once each', () => {
	const {lines, err} = printer();
	const quiet = trigger('quiet', '200');
	const silent = {
		environment: 'production',
		at: 0,
		readings: [],
		silent: [{host: 'production-1', code: 'link-lost', why: 'the link is lost'}],
	};
	lines(report(0, quiet), {round: silent, problem: 'no space left'});
	lines(report(0, quiet), {round: silent, problem: 'no space left'});
	lines(report(0, quiet));
	expect(err).toEqual([
		'noted: not known from production-1: the link is lost',
		'noted: not written down for the team yet: no space left',
		'noted: the hosts answer again',
	]);
});

test('printed watch: its end says every trigger, what is not the same, and what it came to', () => {
	const {close, printed} = printer();
	const ended: Watch = aWatch({ended: {at: swapAt + 30 * minute, by: 'Asha', outcome: 'bad'}});
	close(report(30, trigger('fired', '500', {since: swapAt}), {watch: ended}), {outcome: 'bad', text: 'it is down'});
	expect(printed).toEqual([
		'11:58 IST  backend  ✗ API not 200 twice in a row: fired, 500, since 11:28 IST',
		'11:58 IST  backend  ✗ backend 7f3a9c2: BAD: it is down',
	]);
});

test('printed watch: what fails says why itself, once, when a trigger fires', () => {
	const {lines, err} = printer();
	const words = ['11:29:58 IST error Total is null', '  at app/Total.php:41'];
	const failing = (probe: string) => ({
		...reading(probe, {at: swapAt, state: 'fail', text: '500, not 200'}),
		app: 'backend' as const,
		ownWords: words,
	});
	const round = {environment: 'production', at: swapAt, readings: [failing('a'), failing('b')], silent: []};
	lines(report(0, trigger('quiet', '200')), {round});
	expect(err).toEqual([]);
	lines(report(1, trigger('fired', '500')), {round});
	lines(report(2, trigger('fired', '500')), {round});

	expect(err).toEqual([`  a, in its own words:\n    ${words.join('\n    ')}`]);
});

test('printed watch: who went back has rolled back, and what failed is quoted in a sentence', () => {
	const {lines, err} = printer();
	const quiet = trigger('quiet', '200 in 60 ms, 1 of 1 good');
	const back = {watch: aWatch({kind: 'rollback'})};
	expect(lines(report(0, quiet, back))[0]).toContain('30 min 0 s left, rolled back by Ravi');
	const failing = reading('backend.log', {
		title: 'API errors',
		kind: 'log',
		app: 'backend',
		state: 'fail',
		ownWords: ['11:29:06 IST error Trouble'],
	});
	const found = report(2, trigger('fired', '500, 2 in a row', {since: swapAt}), back);
	lines(found, {round: {environment: 'production', at: found.now, readings: [failing], silent: []}});

	expect(err).toEqual(['  API errors, in its own words:\n    11:29:06 IST error Trouble']);
});
