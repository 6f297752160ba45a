import type {DeployWindow, Weekday} from './environment.ts';
import {members, type Head} from './ledger.ts';
import type {GatePolicy} from './gates.ts';

/** What a production run went by, as its ledger keeps it. */
export type PolicyRecord = {
	readonly soakHours: number;
	readonly approvals: number;
	readonly window: DeployWindow | null;
	/** How many days are kept free of deploys. */
	readonly holidays: number;
	/** Items of the checklists that had to be signed. */
	readonly items: number;
};

/** What a production run remembers of the evidence it went by. Kept in its record and on the ledger. */
export type PromotionRecord = {
	readonly from: string;
	/** Furthest entry of the ledger before that was seen. */
	readonly witness: (Head & {readonly environment: string}) | null;
	readonly policy: PolicyRecord;
	/** Hex sha256 of the policy and the checklists. */
	readonly policyDigest: string;
	readonly gates: readonly {readonly gate: string; readonly state: string; readonly text: string}[];
	readonly emergency?: string;
};

export const policyRecord = (policy: GatePolicy, items: number): PolicyRecord => ({
	soakHours: policy.soakHours,
	approvals: policy.approvals,
	window: policy.window ?? null,
	holidays: policy.holidays?.days.length ?? 0,
	items,
});

const windowIn = (value: unknown): DeployWindow | null => {
	const {days, from, until, notBeforeHolidays} = members(value);
	if (!Array.isArray(days) || typeof from !== 'string' || typeof until !== 'string') return null;
	return {days: days as Weekday[], from, until, notBeforeHolidays: notBeforeHolidays === true};
};

/** Reads what an entry kept of a policy; undefined when it kept none. */
export const policyIn = (value: unknown): PolicyRecord | undefined => {
	const {soakHours, approvals, holidays, items, window} = members(value);
	if (typeof soakHours !== 'number' || typeof approvals !== 'number') return undefined;
	const count = (number: unknown): number => (typeof number === 'number' ? number : 0);
	return {soakHours, approvals, window: windowIn(window), holidays: count(holidays), items: count(items)};
};

const windowText = (window: DeployWindow | null): string =>
	window ? `${window.days.join('/')} ${window.from} to ${window.until}` : 'none';

const isWider = (before: DeployWindow | null, now: DeployWindow | null): boolean => {
	if (!before) return false;
	if (!now) return true;
	return now.days.some(day => !before.days.includes(day)) || now.from < before.from || now.until > before.until;
};

/** What a policy asks less of than the one before, for people; empty when it asks no less. Source: design, "Gates". */
export const weakerThan = (before: PolicyRecord, now: PolicyRecord): readonly string[] => [
	...(now.soakHours < before.soakHours ? [`soak ${before.soakHours} h, now ${now.soakHours} h`] : []),
	...(now.approvals < before.approvals ? [`approvals ${before.approvals}, now ${now.approvals}`] : []),
	...(isWider(before.window, now.window)
		? [`window ${windowText(before.window)}, now ${windowText(now.window)}`]
		: []),
	...(before.window?.notBeforeHolidays === true && now.window?.notBeforeHolidays !== true
		? ['the day before a holiday was closed, now it is open']
		: []),
	...(now.holidays < before.holidays ? [`${before.holidays} holidays, now ${now.holidays}`] : []),
	...(now.items < before.items ? [`${before.items} checklist items, now ${now.items}`] : []),
];
