import {expect, test} from 'vitest';
import type {FollowedEntry} from '../../../src/app/logs/new-kinds.ts';
import {followRunLog} from '../../../src/control/logs/run-log.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import {until} from '../../support/wait.ts';
import {fakeServices} from '../fake-services.ts';

const id = {project: 'qsights', environment: 'production', run: 'r1'};

/** Follows a log that the test writes; each pause ends when it says so. */
const follow = (begin: string | undefined, longest = Infinity) => {
	let text = begin;
	const pauses: (() => void)[] = [];
	let looks = 0;
	const entries: FollowedEntry[] = [];
	const looked: boolean[] = [];
	const ending = new AbortController();
	const {services} = fakeServices({});
	const ended = followRunLog(
		{
			runs: {
				...services.runs,
				log: () => {
					looks += 1;
					return text === undefined
						? undefined
						: {path: '/run.log', tail: () => (text ?? '').slice(-longest)};
				},
			},
			clock: {
				now: () => 0,
				wait: (_, signal) =>
					new Promise((resolve, reject) => {
						pauses.push(resolve);
						signal?.addEventListener('abort', () =>
							reject(new DeployError({code: 'cancelled', what: '', why: '', now: '', next: ''})),
						);
					}),
			},
		},
		id,
		{clockAheadMs: 1000},
		{
			signal: ending.signal,
			onEntries: more => void entries.push(...more),
			onLook: isThere => void looked.push(isThere),
		},
	);
	return {
		entries,
		looked,
		/** Writes, and waits until the log was looked at again. */
		write: async (more: string) => {
			text = (text ?? '') + more;
			const before = looks;
			await until('a pause', () => pauses.length > 0);
			for (const goOn of pauses.splice(0)) goOn();
			await until('a look', () => looks > before && pauses.length > 0);
		},
		end: async () => {
			ending.abort();
			await ended;
		},
	};
};

const textsOf = (entries: readonly FollowedEntry[]): readonly string[] => entries.map(({text}) => text);

test('run log: each line is told once, by the clock of the host, and none as since the swap', async () => {
	const {entries, write, end} = follow('2026-02-10T05:50:00.000Z install | composer: one\n');
	await write('2026-02-10T05:50:01.000Z install | composer: two\n2026-02-10T05:50:02.000Z ins');
	await write('tall | composer: three\n');
	await write('');
	await end();

	expect(textsOf(entries)).toEqual(['one', 'two', 'three'].map(text => expect.stringContaining(`composer: ${text}`)));
	expect(entries[0]).toMatchObject({at: Date.parse('2026-02-10T05:50:01Z'), isSinceSwap: false, isNew: false});
});

test('run log: of one that is longer than what is read, the end is told once as well', async () => {
	const line = (number: number): string => `2026-02-10T05:50:00.000Z install | composer: line ${number}\n`;
	const {entries, write, end} = follow(Array.from({length: 200}, (_, number) => line(number)).join(''), 9000);
	for (let number = 200; number < 400; number += 20)
		await write(Array.from({length: 20}, (_, index) => line(number + index)).join(''));
	await end();
	const told = textsOf(entries).flatMap(text => /line (\d+)$/.exec(text)?.[1] ?? []);

	expect(told.slice(-250)).toEqual(Array.from({length: 250}, (_, index) => String(150 + index)));
	expect(new Set(told).size).toBe(told.length);
});

test('run log: one that is not there is said to be missing, and read once it is', async () => {
	const {entries, looked, write, end} = follow(undefined);
	await write('2026-02-10T05:50:00.000Z run.started {}\n');
	await end();

	expect(looked).toEqual([false, true]);
	expect(entries.length).toBe(1);
});
