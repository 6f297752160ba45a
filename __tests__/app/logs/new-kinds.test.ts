import {expect, test} from 'vitest';
import {createHostLogs} from '../../../src/app/logs/host-logs.ts';
import {createNewKinds} from '../../../src/app/logs/new-kinds.ts';
import {primaryHost} from '../../../src/domain/environments/environment.ts';
import type {LogSource} from '../../../src/domain/logs/log.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const {environment} = laravelPlan();
const host = primaryHost(environment).name;
const laravel: LogSource = {
	id: `${host}/laravel`,
	host,
	kind: 'laravel',
	title: 'Laravel',
	app: 'backend',
	path: '/l.log',
};
const pm2: LogSource = {
	id: `${host}/pm2`,
	host,
	kind: 'pm2-error',
	title: 'pm2 error',
	app: 'frontend',
	path: '/p.log',
};

const second = 1000;
const day = 24 * 3600 * second;
const swapAt = Date.UTC(2026, 1, 10, 6);
/** A run whose end came long after its swap, as one that waited for health in vain. */
const swap = {run: 'r1', at: swapAt + 90 * second};
const now = swapAt + 3600 * second;

const line = (at: number, text: string): string =>
	`[${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}] production.ERROR: ${text}\n`;

/** A log as a host tells it at a first look. `ends`: where its file ended at the swap, and `undefined` where another file was there. */
const look = (source: LogSource, samples: ReturnType<typeof createMemorySamples>, text: string, ends?: number) => {
	const logs = createHostLogs({
		environment,
		sources: [source],
		swaps: {backend: swap, frontend: swap},
		firstBytes: 128 * 1024,
	});
	const kinds = createNewKinds({samples}, environment, [source]);
	expect(logs.requests()).toHaveLength(2);
	const size = text.length;
	const [stamp] = text.match(/[\d-]+ [\d:]+(?=\] [^\n]*\n$)/) ?? [];
	const changedAt = stamp === undefined ? now : Date.parse(`${stamp}Z`);
	const {entries, states} = logs.take(
		[
			`clock ${now / second} +0000`,
			`file 0 named 7 ${size} 0 0 ${changedAt / second} ${source.path}`,
			`data 0 ${Buffer.from(text).toString('base64')}`,
			`noted 1 ${swapAt / second}`,
			`file 1 named 7 ${size} ${size} ${size - (ends ?? 0)} ${now / second} ${source.path}`,
			'logs end',
		].join('\n'),
	);
	kinds.place(states);
	return kinds
		.mark(entries)
		.map(({text: said, isSinceSwap, isNew}) => `${said}${isSinceSwap ? ', since' : ''}${isNew ? ', new' : ''}`);
};

test('new kinds: what began with the release is new to each who reads it, before the run had ended too', () => {
	const samples = createMemorySamples();
	const old = line(swapAt - 60 * second, 'Old trouble');
	const text = `${old}${line(swapAt, 'At once')}${line(swapAt + 5 * second, 'Soon')}${line(now, 'Old trouble')}`;
	const wanted = ['Old trouble', 'At once, since, new', 'Soon, since, new', 'Old trouble, since'];
	expect(look(laravel, samples, text, old.length)).toEqual(wanted);
	expect(look(laravel, samples, text, old.length)).toEqual(wanted);
	// What stood before the swap is gone from the log, and known all the same.
	expect(look(laravel, samples, text.slice(old.length), 0)).toEqual(wanted.slice(1));
});

test('new kinds: where a log ended is not noted: the time of the swap is, and its own times tell', () => {
	const text = line(swapAt - second, 'Old trouble') + line(swapAt + second, 'Soon');
	expect(look({...laravel, isUnnoted: true}, createMemorySamples(), text)).toEqual([
		'Old trouble',
		'Soon, since, new',
	]);
});

test('new kinds: one that was not seen for 30 days before the swap is new again', () => {
	const samples = createMemorySamples();
	const id = {project: environment.project, environment: environment.name};
	const kind = {log: 'laravel', level: 'error', count: 1, sample: ''} as const;
	for (const [signature, days] of [
		['Late', 29],
		['Forgotten', 31],
	] as const)
		samples.addSignatures(id, [
			{...kind, signature, firstAt: swapAt - 60 * day, lastAt: swapAt - 60 * day},
			{...kind, signature, firstAt: swapAt - days * day, lastAt: swapAt - days * day},
		]);
	const before = line(swapAt - 31 * day, 'Standing');
	const since = ['Late', 'Forgotten', 'Standing'].map(text => line(swapAt + second, text)).join('');
	expect(look(laravel, samples, before + since, before.length)).toEqual([
		'Standing',
		'Late, since',
		'Forgotten, since, new',
		'Standing, since, new',
	]);
});

test('new kinds: lines without a time that are read long after the first are not of its time', () => {
	const samples = createMemorySamples();
	const logs = createHostLogs({environment, sources: [pm2], swaps: {}, firstBytes: 1024});
	const kinds = createNewKinds({samples}, environment, [pm2]);
	let size = 0;
	for (const [at, text] of [
		[swapAt - 3600 * second, 'Error: old\n'],
		[swapAt + 10 * second, 'Error: with the release\n'],
	] as const) {
		const from = size;
		size += text.length;
		kinds.mark(
			logs.take(
				[
					`clock ${at / second} +0000`,
					`file 0 named 7 ${size} ${from} 0 ${at / second} ${pm2.path}`,
					`data 0 ${Buffer.from(text).toString('base64')}`,
					'logs end',
				].join('\n'),
			).entries,
		);
	}
	expect(look(pm2, samples, 'Error: old\nError: with the release\n', 11)).toEqual([
		'old',
		'with the release, since, new',
	]);
});

test('since the swap: a file that was put in place of the log brings old lines, which are not counted', () => {
	const text = line(swapAt - day, 'Restored') + line(swapAt + second, 'Soon');
	expect(look(laravel, createMemorySamples(), text)).toEqual(['Restored', 'Soon, since, new']);
});
