import {expect, test} from 'vitest';
import {DeployError, type ErrorCode} from '../../src/domain/errors.ts';
import type {Session} from '../../src/domain/ports.ts';
import {persist} from '../../src/runner/persist.ts';

const failure = (code: ErrorCode): DeployError => new DeployError({code, what: code, why: '', now: '', next: ''});
const options = {patienceMs: 60_000, signal: new AbortController().signal};

/** A session of which only `connect` may be used. */
const connecting = (connect: Session['connect']): Session =>
	new Proxy({} as Session, {
		get: (_, name) => {
			if (name === 'connect') return connect;
			throw new Error(`unexpected use of ${String(name)}`);
		},
	});

/** Fails as told, call by call, then succeeds. */
const failing =
	(...failures: unknown[]) =>
	async (): Promise<string> => {
		const next = failures.shift();
		if (next) throw next;
		return 'done';
	};

test('persist: a lost link and an unreachable host are waited for, with the patience of the run, and tried again', async () => {
	const waited: unknown[] = [];
	const session = connecting(async given => void waited.push(given));

	expect(await persist(session, options, failing(failure('link-lost'), failure('unreachable')))).toBe('done');
	expect(waited).toEqual([options, options]);
});

test.each(['auth-failed', 'cancelled', 'locked', 'step-failed', 'remote-signal', 'timeout'] as const)(
	'persist: %s is not tried again',
	async code => {
		const error = failure(code);
		const session = connecting(async () => Promise.reject(new Error('must not connect')));

		await expect(persist(session, options, failing(error))).rejects.toBe(error);
	},
);

test('persist: a fault of the cockpit is not tried again', async () => {
	const session = connecting(async () => Promise.reject(new Error('must not connect')));

	await expect(persist(session, options, failing(new TypeError('bug')))).rejects.toThrow(TypeError);
});

test('persist: when the session does not come back, its error is the one', async () => {
	const gone = failure('unreachable');

	await expect(
		persist(
			connecting(async () => Promise.reject(gone)),
			options,
			failing(failure('link-lost')),
		),
	).rejects.toBe(gone);
});

test('persist: a host that comes back each time and cuts off what is asked at once will not take it', async () => {
	const cut = failure('link-lost');
	let asked = 0;
	const attempt = async (): Promise<never> => {
		asked += 1;
		throw cut;
	};

	await expect(
		persist(
			connecting(async () => undefined),
			options,
			attempt,
		),
	).rejects.toBe(cut);
	expect(asked).toBe(20);
});
