import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createDeadline} from '../../../../src/services/ssh/link/deadline.ts';

beforeEach(() => void vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']}));
afterEach(() => void vi.useRealTimers());

test('deadline: comes after its time, and not once it was stopped', () => {
	const expired = vi.fn<() => void>();
	const stopped = vi.fn<() => void>();
	createDeadline(1000, expired);
	createDeadline(1000, stopped).stop();

	vi.advanceTimersByTime(999);
	expect(expired).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);

	expect(expired).toHaveBeenCalledTimes(1);
	expect(stopped).not.toHaveBeenCalled();
});

test('deadline: while a person is asked no time passes, and what had passed before is not given back', async () => {
	const expired = vi.fn<() => void>();
	const deadline = createDeadline(1000, expired);
	const asked = Promise.withResolvers<void>();
	vi.advanceTimersByTime(600);
	const pause = deadline.whilePaused(() => asked.promise);
	vi.advanceTimersByTime(60_000);
	asked.resolve();
	await pause;

	vi.advanceTimersByTime(399);
	expect(expired).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);
	expect(expired).toHaveBeenCalledTimes(1);
});

test('deadline: a question that fails lets the clock run on', async () => {
	const expired = vi.fn<() => void>();
	const deadline = createDeadline(1000, expired);

	await expect(deadline.whilePaused(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
	vi.advanceTimersByTime(1000);

	expect(expired).toHaveBeenCalledTimes(1);
});
