import {sectionsFor, type Checklists, type ChecklistSection} from '../../domain/checklist/checklist.ts';
import type {DeployWindow, Environment, Holidays, Weekday} from '../../domain/environments/environment.ts';
import {appsOf} from '../target-of.ts';
import {promotionTo, type Promotion} from '../../domain/environments/promotion.ts';
import {deployWords} from '../../domain/runs/confirm.ts';

/** What guides are made of. */
export type GuideSources = {
	/** In promotion order. */
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
};

/** Environments that something is deployed to. */
export const withHosts = (environments: readonly Environment[]): readonly Environment[] =>
	environments.filter(environment => environment.hosts.length > 0 && appsOf(environment).length > 0);

export const productionsIn = (environments: readonly Environment[]): readonly Environment[] =>
	withHosts(environments).filter(({tier}) => tier === 'production');

/** An environment with the one before it, where that is in the set. */
export type Edge = {readonly from: Environment | undefined; readonly to: Environment};

/** The ways a build takes, in order; what begins a way has nothing before it. */
export const edgesIn = (environments: readonly Environment[]): readonly Edge[] =>
	environments
		.map(to => ({from: environments.find(({name}) => name === to.promotedFrom), to}))
		.filter(({from, to}) => from !== undefined || to.hosts.length > 0);

/** Promotions whose evidence is asked for. */
export const promotionsIn = (environments: readonly Environment[]): readonly Promotion[] =>
	environments.flatMap(to => promotionTo(environments, to) ?? []);

/** Environments that are tested because another one is promoted from them. */
export const testedIn = (environments: readonly Environment[]): readonly Environment[] => [
	...new Set(promotionsIn(environments).map(({from}) => from)),
];

const weekdays: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `Mon to Fri`, `Tue, Wed`. */
const daysInWords = (days: readonly Weekday[]): string => {
	const sorted = weekdays.filter(day => days.includes(day));
	const [first, last] = [sorted[0], sorted.at(-1)];
	const isRow =
		first !== undefined &&
		last !== undefined &&
		sorted.length > 2 &&
		weekdays.indexOf(last) - weekdays.indexOf(first) + 1 === sorted.length;
	return isRow ? `${first} to ${last}` : sorted.join(', ');
};

/** `Tue, Wed 11:00 to 14:00 Asia/Kolkata`, `at any time`. The zone by its own name, which no summer time changes. */
export const windowInWords = (window: DeployWindow | undefined, timeZone: string): string =>
	window === undefined ? 'at any time' : `${daysInWords(window.days)} ${window.from} to ${window.until} ${timeZone}`;

/** Days and occasions on which nothing is deployed. */
export const neverInWords = ({window, holidays}: Pick<Environment, 'window' | 'holidays'>): string => {
	if (window === undefined) return 'no day is closed';
	const closed = weekdays.filter(day => !window.days.includes(day));
	return [
		...(closed.length === 0 ? [] : [daysInWords(closed)]),
		...(holidays === undefined
			? []
			: ['holidays', ...(window.notBeforeHolidays ? ['the day before a holiday'] : [])]),
	].join('; ');
};

/** Lists of holidays in use, each with the environments that go by it. */
export const holidaysIn = (
	environments: readonly Environment[],
): readonly {readonly holidays: Holidays; readonly titles: readonly string[]}[] => {
	const byFile = Map.groupBy(
		withHosts(environments).filter(({holidays, window}) => holidays !== undefined && window !== undefined),
		({holidays}) => holidays?.file ?? '',
	);
	return [...byFile.values()].flatMap(users => {
		const [first] = users;
		return first?.holidays === undefined ? [] : [{holidays: first.holidays, titles: users.map(({title}) => title)}];
	});
};

/** `--confirm VERIFIED --confirm DEPLOY-TO-PRODUCTION`. */
export const confirmWords = (environment: Pick<Environment, 'tier'>): string =>
	deployWords(environment)
		.map(word => `--confirm ${word}`)
		.join(' ');

export const itemsIn = (sections: readonly Pick<ChecklistSection, 'items'>[]): number =>
	sections.reduce((sum, {items}) => sum + items.length, 0);

/** Items that have to be answered before production, however many lists they are in. */
export const itemsBefore = ({checklists}: Pick<GuideSources, 'checklists'>): number =>
	itemsIn(sectionsFor(checklists, 'before-production'));

/** `12 items`, `1 item`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `a`, `a and b`, `a, b and c`. */
export const allInWords = (words: readonly string[]): string =>
	words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
