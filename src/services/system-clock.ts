import {setTimeout as delay} from 'node:timers/promises';
import {failure} from '../domain/errors.ts';
import type {Clock} from '../domain/ports.ts';

export const systemClock: Clock = {
	now: () => Date.now(),
	wait: async (ms, signal) => {
		try {
			await delay(ms, undefined, signal ? {signal} : {});
		} catch (cause) {
			throw failure('cancelled')({
				what: 'Waiting was cancelled',
				why: 'the run stopped',
				now: '',
				next: '',
				cause,
			});
		}
	},
};
