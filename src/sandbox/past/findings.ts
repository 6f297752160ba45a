import type {ChecklistItem} from '../../domain/checklist/checklist.ts';
import type {ProbeRecord} from '../../domain/checklist/observation.ts';
import type {Result} from '../../domain/checklist/sign-off.ts';
import {india, type Person} from './story.ts';

/** Who worked a pause point, when they signed its first item (wall time in India), and how many minutes each took. */
type Round = {readonly who: Person; readonly from: string; readonly minutes: number};

/** By section. The last round before the clock starts: Monday 9 and Tuesday 10 February. */
const rounds: Readonly<Record<string, Round>> = {
	'backend-api': {who: 'Ravi', from: '2026-02-09 11:09', minutes: 4},
	'backend-data': {who: 'Ravi', from: '2026-02-09 11:42', minutes: 5},
	'before-deploy': {who: 'Asha', from: '2026-02-09 14:11', minutes: 3},
	'frontend-pages': {who: 'Asha', from: '2026-02-09 14:24', minutes: 4},
	'frontend-build': {who: 'Asha', from: '2026-02-09 15:02', minutes: 4},
	'user-management': {who: 'Asha', from: '2026-02-09 15:36', minutes: 3},
	programs: {who: 'Ravi', from: '2026-02-09 15:40', minutes: 4},
	evaluations: {who: 'Ravi', from: '2026-02-09 16:05', minutes: 6},
	security: {who: 'Ravi', from: '2026-02-09 16:44', minutes: 5},
	mobile: {who: 'Asha', from: '2026-02-10 09:12', minutes: 3},
	analytics: {who: 'Ravi', from: '2026-02-10 09:28', minutes: 2},
	permissions: {who: 'Asha', from: '2026-02-10 09:41', minutes: 3},
	approval: {who: 'Ravi', from: '2026-02-10 09:50', minutes: 3},
	performance: {who: 'Asha', from: '2026-02-10 10:47', minutes: 2},
	reports: {who: 'Asha', from: '2026-02-10 10:56', minutes: 2},
};

/** Of a section nobody thought of here. */
const otherwise: Round = {who: 'Asha', from: '2026-02-10 10:02', minutes: 1};

const weekMs = 7 * 24 * 3_600_000;

type Seen = {readonly value?: string; readonly note?: string};

/** What was written down, by item, where it is more than a tick or a zero. */
const seen: Readonly<Record<string, Seen>> = {
	documentation: {note: 'Trends are rounded to one digit; nothing to set.'},
	'code-review': {note: 'Asha wrote it, Ravi read it.'},
	'api-health': {value: '200 in 41 ms'},
	'mail-arrives': {value: '1.5'},
	'migrations-rows': {value: '0', note: 'One new column in reports, 1,204 rows before and after.'},
	'home-page': {value: '200 in 164 ms'},
	'security-rate-limit': {value: '6'},
	'analytics-trends': {note: 'Last point is today, with one digit.'},
	'api-time': {value: '212', note: 'analytics/trends, the middle one of three.'},
	'evaluation-trigger': {note: 'Both mails within two minutes.'},
};

/** The same a week earlier, for the build before. */
const seenBefore: Readonly<Record<string, Seen>> = {
	'code-review': {note: 'Ravi wrote it, Asha read it.'},
	'mail-arrives': {value: '2'},
	'security-rate-limit': {value: '6'},
	'api-health': {value: '200 in 38 ms'},
	'home-page': {value: '200 in 158 ms'},
	'api-time': {value: '188'},
	'page-load': {value: '2.1'},
	'approval-stability': {value: '69'},
};

/**
 * What nobody has signed yet for the builds that are live: the first three are all that the backend still lacks.
 */
const open: ReadonlySet<string> = new Set([
	'scheduled-tasks',
	'report-export',
	'approval-stability',
	'mobile-touch',
	'mobile-forms',
]);

const failed: Readonly<Record<string, Seen>> = {
	'page-load': {value: '3.4', note: 'The picture on top of the dashboard has 2.1 MB, it had 340 kB.'},
};

/** One result of the past, before it is bound to a build. `at`: epoch milliseconds. */
export type PastFinding = Seen & {
	readonly item: ChecklistItem;
	readonly who: Person;
	readonly at: number;
	readonly result: Result;
	/** A week ago a probe still recorded its result by itself. */
	readonly by: 'person' | 'probe';
	/** What the probe of the item saw, beside which a person signed. */
	readonly probe?: ProbeRecord;
};

/** What a probe or a careful person would have written where nothing is written down above. */
const usual = ({answer, probe}: ChecklistItem): Seen => {
	if (answer.kind === 'tick') return probe ? {value: `${probe.status}`} : {};
	if (answer.kind === 'choice') return {value: answer.passing[0] ?? ''};
	const {atMost, atLeast} = answer;
	return {value: atLeast !== undefined ? String(atLeast) : atMost !== undefined ? '0' : 'as expected'};
};

type Section = {readonly id: string; readonly items: readonly ChecklistItem[]};

/** What is known only once the hosts stand: what the site serves, and where it calls. By item. */
export type Observed = Readonly<Record<string, Seen>>;

const all = (sections: readonly Section[]): readonly Omit<PastFinding, 'result' | 'by'>[] =>
	sections.flatMap(({id, items}) => {
		const {who, from, minutes} = rounds[id] ?? otherwise;
		return items.map((item, index) => ({
			item,
			who,
			at: india(from) + index * minutes * 60_000,
		}));
	});

/** What was found about the builds that are live now. */
export const findings = (sections: readonly Section[], observed: Observed): readonly PastFinding[] =>
	all(sections)
		.filter(({item}) => !open.has(item.id))
		.map(one => ({
			...one,
			...(failed[one.item.id] ?? {...usual(one.item), ...seen[one.item.id]}),
			...observed[one.item.id],
			result: failed[one.item.id] ? ('failed' as const) : ('passed' as const),
			by: 'person' as const,
		}))
		.map(one => (one.item.probe && one.value !== undefined ? {...one, probe: sawFirst(one.value, one.at)} : one));

/** A probe that passed when it was asked, a few seconds before somebody signed. */
const sawFirst = (text: string, at: number): ProbeRecord => ({
	outcome: 'passed',
	text,
	at: at - 4000,
	attempts: {passed: 1, failed: 0, unclear: 0},
});

/** What was found a week earlier about the builds before: everything passed. */
export const earlierFindings = (sections: readonly Section[], observed: Observed): readonly PastFinding[] =>
	all(sections).map((one, index) => ({
		...one,
		// Nobody works the same list at the same minutes.
		at: one.at - weekMs - ((index * 7) % 9) * 60_000,
		...usual(one.item),
		...seenBefore[one.item.id],
		...observed[one.item.id],
		result: 'passed',
		by: one.item.probe ? 'probe' : 'person',
	}));
