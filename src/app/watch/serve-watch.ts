import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';
import {repeat} from '../repeat.ts';
import {keepWatch, type WatchUpdate} from './keep-watch.ts';
import {observeHealth} from './observe-health.ts';
import {createPromotionTeller} from './tell-promotions.ts';

export type ServeOptions = {
	readonly services: AppServices;
	readonly environment: Environment;
	/** All of them: a build comes from the one before. */
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	/** Pause between two looks while no watch is on. */
	readonly everyMs: number;
	/** Whoever looks next goes on from the samples: nothing is left to be written when it stops. */
	readonly once?: boolean;
	readonly onUpdate: (update: WatchUpdate) => void;
	/** Behind each look of its own: what else is to be kept fresh. May fail without harm to the next. */
	readonly onLook?: () => Promise<void>;
	readonly onFault: (error: unknown) => void;
};

export type ServedWatch = {
	/** Writes down what was seen last, and ends. */
	readonly stop: () => Promise<void>;
};

/**
 * Looks at an environment all day, closely while a watch is on, and writes down what it saw, so that a build soaks by
 * being seen; tells people of what has come true. Survives lost links: what was not seen is not claimed.
 */
export const serveWatch = ({onUpdate, onLook, onFault, once = false, ...options}: ServeOptions): ServedWatch => {
	const {services, environment, checklists, everyMs} = options;
	const writer = Array.from({length: 4}, () => services.nonce()).join('');
	const tellPromotions = createPromotionTeller(services, options);
	const seen = {isDue: true, looked: Promise.withResolvers<void>()};
	const observe = async (isLeaving: boolean): Promise<void> => {
		await observeHealth(services, environment, {everyMs, isLeaving, writer});
	};
	const kept = keepWatch({
		services,
		environment,
		checklists,
		isLooked: () => seen.isDue,
		onUpdate: update => {
			seen.isDue = false;
			seen.looked.resolve();
			onUpdate(update);
		},
		onFault: error => {
			seen.isDue = false;
			seen.looked.resolve();
			onFault(error);
		},
	});
	let isFirst = true;
	const loop = repeat(services.clock, async signal => {
		const begun = services.clock.now();
		seen.isDue = true;
		// It begins with a look of its own.
		if (!isFirst) kept.wake();
		isFirst = false;
		const stopped = new Promise<void>(resolve => {
			signal.addEventListener('abort', () => resolve(), {once: true});
		});
		await Promise.race([seen.looked.promise, stopped]);
		seen.looked = Promise.withResolvers<void>();
		if (signal.aborted) return undefined;
		for (const after of [async () => observe(false), tellPromotions, async () => onLook?.()]) {
			try {
				await after();
			} catch (error) {
				onFault(error);
			}
		}
		return Math.max(0, everyMs - (services.clock.now() - begun));
	});
	return {
		stop: async () => {
			await loop.stop();
			await kept.stop();
			if (!once) await observe(true);
		},
	};
};
