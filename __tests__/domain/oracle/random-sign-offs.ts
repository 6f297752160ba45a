import type {Answer, ChecklistItem, Scope} from '../../../src/domain/checklist/checklist.ts';
import type {EntryActor, LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import type {Result} from '../../../src/domain/checklist/sign-off.ts';
import {actors, add, liveOf, type Draft} from './draft.ts';
import {standingOf} from './gate-oracle.ts';
import type {Random} from './random.ts';

const shape = (id: string, scope: Scope, answer: Answer, mayNotApply = false): ChecklistItem => ({
	id,
	title: `${id} is so`,
	scope,
	how: 'Look.',
	why: 'Somebody would notice.',
	answer,
	mayNotApply,
	digest: `text-of-${id}`,
});

/** Items of every scope and every kind of answer. */
export const shapes = [
	shape('api-answers', 'backend', {kind: 'tick'}),
	shape('mail-leaves', 'backend', {kind: 'choice', options: ['inbox', 'spam', 'nothing'], passing: ['inbox']}, true),
	shape('queries-fast', 'backend', {kind: 'value', ask: 'median', unit: 'ms', atMost: 500}),
	shape('pages-load', 'frontend', {kind: 'value', ask: 'median', unit: 's', atMost: 3, atLeast: 0.2}, true),
	shape('console-clean', 'frontend', {kind: 'tick'}, true),
	shape('build-seen', 'frontend', {kind: 'value', ask: 'the id that is served'}),
	shape('login-works', 'both', {kind: 'tick'}),
	shape('reports-made', 'both', {kind: 'choice', options: ['all', 'most', 'none'], passing: ['all', 'most']}, true),
	shape('cores-free', 'both', {kind: 'value', ask: 'idle cores', atLeast: 1}, true),
] as const;

/** What may be said of an item, and beside it what may not. */
const someAnswer = (random: Random, {answer}: ChecklistItem, isRight: boolean): {readonly value?: string} => {
	if (answer.kind === 'tick') return {};
	if (answer.kind === 'choice') {
		const value = isRight
			? (answer.passing[random.whole(0, answer.passing.length - 1)] ?? '')
			: random.pick(['spam', 'none', '', 'Inbox']);
		return {value: random.chance(0.1) ? ` ${value} ` : value};
	}
	const {atMost, atLeast} = answer;
	if (isRight) {
		if (atMost === undefined && atLeast === undefined) return {value: random.pick(['a1b2', '0', ' x '])};
		return {value: String(random.pick([atMost ?? 7, atLeast ?? 12, ((atMost ?? 9) + (atLeast ?? 1)) / 2]))};
	}
	if (random.chance(0.2)) return {};
	const beyond = [
		atMost === undefined ? '' : String(atMost + 0.01),
		atLeast === undefined ? ' ' : String(atLeast - 0.01),
	];
	return {value: random.pick(['', '   ', 'fast', '2,9', 'NaN', 'Infinity', ...beyond])};
};

type Wish = {
	readonly result?: Result | 'undone';
	readonly isRight?: boolean;
	readonly names?: readonly number[];
	readonly actor?: EntryActor;
};

const sign = (draft: Draft, item: ChecklistItem, {isRight = true, ...wish}: Wish): number => {
	const {random, has} = draft;
	const result = wish.result ?? 'passed';
	const digests = Object.fromEntries(
		has.flatMap(app => (random.chance(0.995) ? [[app, liveOf(draft, app)?.digest ?? 'none']] : [])),
	);
	const data = {
		item: item.id,
		by: random.chance(0.1) ? 'probe' : 'person',
		...(result === 'undone' ? {} : {result}),
		...(result === 'passed' ? someAnswer(random, item, isRight) : {}),
		...(result === 'not-applicable'
			? {
					note: isRight
						? random.pick(['0123456789', ' no mail is sent here '])
						: random.pick(['', '012345678', '   short     ']),
				}
			: {}),
		builds: digests,
		itemDigest: random.chance(0.99) ? item.digest : 'an older text',
		supersedes: wish.names ?? [],
	};
	const type = result === 'undone' ? 'checklist.undone' : 'checklist.signed';
	return add(draft, {type, actor: wish.actor ?? random.pick(actors), data});
};

const about = (draft: Draft, item: ChecklistItem): readonly LedgerEntry[] =>
	draft.entries.filter(({data}) => data['item'] === item.id);

const standing = (draft: Draft, item: ChecklistItem) =>
	standingOf(item, {entries: draft.entries, has: draft.has, untrusted: []});

/** What people do to an item in no order: results, retests of what stands or of anything, undoing and doing again. */
export const someMark = (draft: Draft, item: ChecklistItem): void => {
	const {random} = draft;
	const before = about(draft, item);
	const [last] = before.slice(-1);
	const numbers = before.map(({seq}) => seq);
	const names = random.pick([
		() => [],
		() => standing(draft, item).standing,
		() => standing(draft, item).standing,
		() => numbers.slice(-1),
		() => random.some(numbers, 0.4),
		() => [...random.some(numbers, 0.3), draft.entries.length + random.whole(1, 3)],
	])();
	const undo = (): number => {
		const taken = random.chance(0.6) ? last : before[random.whole(0, before.length - 1)];
		const actor = random.chance(0.75) ? (taken?.actor ?? actors[0]) : random.pick(actors);
		return sign(draft, item, {result: 'undone', names: taken ? [taken.seq] : [], actor});
	};
	random.pick([
		() => sign(draft, item, {names}),
		() => sign(draft, item, {names}),
		() => sign(draft, item, {names, isRight: false}),
		() => sign(draft, item, {result: 'failed', names}),
		() => sign(draft, item, {result: 'unclear', names}),
		() => sign(draft, item, {result: 'not-applicable', names}),
		() => sign(draft, item, {result: 'not-applicable', names, isRight: random.chance(0.5)}),
		undo,
		undo,
		undo,
	])();
};

/** Tests and signs what is not done, as somebody does who sees what stands. */
export const complete = (draft: Draft, missed = 0): void => {
	const {random, set, app} = draft;
	for (const item of set.filter(({scope}) => scope === 'both' || scope === app)) {
		const {state, standing: names} = standing(draft, item);
		const isDone = state === 'passed' || state === 'not-applicable';
		if (random.chance(missed) || (isDone && random.chance(0.8))) continue;
		const result = item.mayNotApply && random.chance(0.15) ? 'not-applicable' : 'passed';
		sign(draft, item, {result, names});
	}
};

/** Entries that say too little, or are of a kind this version does not know. */
export const noise = (draft: Draft): void => {
	const {random, set} = draft;
	const item = set[0]?.id ?? '';
	const signed = {item, itemDigest: set[0]?.digest, result: 'failed', builds: {}, supersedes: []};
	add(
		draft,
		random.pick<Pick<LedgerEntry, 'type' | 'actor' | 'data'>>([
			{type: 'hold.placed', actor: actors[0], data: {reason: 'lunch'}},
			{type: 'deploy.finished', actor: actors[0], data: {app: 'database', release: 'x'}},
			{type: 'checklist.signed', actor: actors[0], data: {...signed, result: 'wonderful'}},
			{type: 'checklist.signed', actor: undefined, data: signed},
			{type: 'checklist.signed', actor: actors[0], data: {...signed, builds: {backend: '', frontend: 7}}},
			{type: 'checklist.signed', actor: actors[0], data: {...signed, supersedes: 'all'}},
			{type: 'approval.given', actor: actors[1], data: {app: 'backend'}},
		]),
	);
};
