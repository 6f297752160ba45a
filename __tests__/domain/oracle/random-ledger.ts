import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {liveOf, type Draft} from './draft.ts';
import type {Random} from './random.ts';
import {deploy, rollback, someRun, takeOver} from './random-runs.ts';
import {complete, noise, shapes, someMark} from './random-sign-offs.ts';
import type {Situation} from './situation.ts';

const hourMs = 3_600_000;
const apps = ['backend', 'frontend'] as const;

/** A set of items and a team that has done nothing yet. */
export const emptyDraft = (random: Random): Draft => {
	const app = random.pick(apps);
	const covering = shapes.filter(({scope}) => scope === 'both' || scope === app);
	const set = [...random.some(shapes, 0.25), random.pick([covering[0] ?? shapes[0], ...covering])];
	return {
		random,
		app,
		has: random.chance(0.9) ? apps : [app],
		set: random.chance(0.995) ? [...new Set(set)] : [],
		entries: [],
	};
};

/** The time before: deploys, rollbacks and tests in no order. */
export const begin = (draft: Draft): void => {
	const {random, has} = draft;
	for (const app of has) if (random.chance(0.7)) takeOver(draft, app, 'adopt.finished');
	for (let left = random.whole(0, 3); left > 0; left--) {
		someRun(draft, random.chance(0.6) ? draft.app : random.pick(apps));
		for (const item of random.some(draft.set, 0.3)) someMark(draft, item);
		if (random.chance(0.05)) noise(draft);
	}
};

/** What has to be there before anything may go on: both apps deployed, everything tested. */
export const prepare = (draft: Draft): void => {
	const {random, app, has} = draft;
	const order = random.chance(0.5) ? has : has.toReversed();
	for (const one of order) {
		const live = liveOf(draft, one);
		if (!live?.isHealthy || live.digest === '' || random.chance(0.3)) deploy(draft, one, 'finished');
		if (random.chance(0.1)) for (const item of draft.set) if (random.chance(0.5)) someMark(draft, item);
	}
	complete(draft);
	if (random.chance(0.1)) deploy(draft, app, random.pick(['abandoned', 'left']));
};

/** What may still happen to the ledger before somebody asks. */
export const afterwards = (draft: Draft): void => {
	const {random, set, app, has} = draft;
	const other = has.find(one => one !== app) ?? app;
	const covering = set.filter(({scope}) => scope === 'both' || scope === app);
	const [first] = covering;
	random.pick([
		() => deploy(draft, other, random.pick(['finished', 'went back', 'failed'])),
		() => {
			deploy(draft, other, 'finished');
			complete(draft);
		},
		() => {
			deploy(draft, app, 'went back');
			complete(draft);
		},
		() => deploy(draft, app, random.pick(['finished', 'failed', 'went back'])),
		() => rollback(draft, app, random.pick(['finished', 'finished', 'failed'])),
		() => {
			rollback(draft, app, 'finished');
			complete(draft);
		},
		() => someRun(draft, random.pick(apps)),
		() => first && someMark(draft, first),
		() => {
			for (const item of covering) someMark(draft, item);
			if (random.chance(0.6)) complete(draft);
		},
		() => noise(draft),
	])();
};

/** A long quarrel about a few items, with deploys in between. */
export const someQuarrel = (random: Random): Pick<Situation, 'app' | 'has' | 'set' | 'entries' | 'untrusted'> => {
	const draft = emptyDraft(random);
	const {app, has, set} = draft;
	begin(draft);
	if (random.chance(0.8)) prepare(draft);
	for (const item of set) for (let left = random.whole(0, 5); left > 0; left--) someMark(draft, item);
	if (random.chance(0.2)) someRun(draft, random.pick(apps));
	const entries = timed(draft, {now: Date.parse('2026-02-10T05:30:00Z'), soaked: 0});
	const untrusted = random.chance(0.1) ? random.some(entries, 0.2).map(({seq}) => seq) : [];
	return {app, has, set, entries, untrusted};
};

/** Whole seconds, as a host writes them: what made the app live lies `soaked` before `now`, the others around it. */
export const timed = (
	draft: Draft,
	{now, soaked}: {readonly now: number; readonly soaked: number},
): readonly LedgerEntry[] => {
	const {random, entries, app} = draft;
	const anchor = liveOf(draft, app)?.seq ?? entries.length;
	const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
	const since = wholeSecond(now - soaked);
	const times = entries.map(() => since);
	for (let index = anchor - 2; index >= 0; index--)
		times[index] =
			(times[index + 1] ?? since) - random.pick([1000, 60_000, hourMs, random.whole(1, 3 * 24 * 3600) * 1000]);
	let room = Math.max(0, now - since);
	for (let index = anchor; index < entries.length; index++) {
		const before = times[index - 1] ?? since;
		const step = random.chance(0.2) ? 0 : wholeSecond(random.share() * 0.7 * room);
		times[index] = before + step;
		room -= step;
	}
	return entries.map((entry, index) => ({...entry, at: times[index] ?? since}));
};
