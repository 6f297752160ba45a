import type {HostFacts} from '../../commands/host/host-facts.ts';
import {duration} from '../../domain/format.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {DeployValues} from './plan.ts';

type Plan = Pick<DeployValues, 'record' | 'environment' | 'target' | 'expected'>;

/** Clocks further apart than this make times in ledgers and gates hard to trust. Source: design, "Gates to production". */
const mostSkewMs = 60_000;

const listed = (names: readonly string[]): string =>
	names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

/** Keys of the template that the host does not have. */
const lacking = ({envKeys}: HostFacts, {expected}: Plan): NonNullable<NonNullable<Plan['expected']>['template']> =>
	envKeys === undefined ? [] : (expected?.template ?? []).filter(({key}) => !envKeys.includes(key));

/** What the environment before has and this one has not, beside what its own template asks for. */
const onlyBefore = ({envKeys}: HostFacts, {expected}: Plan): readonly string[] => {
	const ours = new Set([...(envKeys ?? []), ...(expected?.template ?? []).map(({key}) => key)]);
	return envKeys === undefined ? [] : (expected?.before?.keys ?? []).filter(key => !ours.has(key));
};

/** A value that the code of this build asks for, and that would come out empty, in the middle of live. */
const refuse = (facts: HostFacts, plan: Plan): Refusal | undefined => {
	const missing = lacking(facts, plan).filter(({askedFor}) => askedFor !== undefined);
	if (missing.length === 0) return undefined;
	const {app, environment} = plan.record;
	const asked = missing.map(({key, askedFor = ''}) => `${key} (${askedFor})`);
	return {
		code: 'blocked',
		why: `.env on the host lacks what its template has and this build asks for: ${listed(asked)}`,
		next: missing.map(({key}) => `cockpit env set ${key} --env ${environment} --app ${app}`).join('\n'),
	};
};

const isCompared = ({expected, target}: Plan): boolean =>
	expected?.template !== undefined && target.shared.files.includes('.env');

const valueNotes = (facts: HostFacts, plan: Plan): readonly string[] => {
	if (!isCompared(plan)) return [];
	if (facts.envKeys === undefined) return ['.env can not be read to its end'];
	const unasked = lacking(facts, plan).filter(({askedFor}) => askedFor === undefined);
	const before = onlyBefore(facts, plan);
	return [
		...(unasked.length > 0
			? [`.env lacks ${listed(unasked.map(({key}) => key))} of its template; no code here asks for it`]
			: []),
		...(before.length > 0 ? [`.env lacks ${listed(before)}, which ${plan.expected?.before?.title ?? ''} has`] : []),
	];
};

const isApart = (aheadMs: number): boolean => Math.abs(aheadMs) > mostSkewMs;

/** How far the host's clock is ahead of this machine's; NaN where that was not noted. */
const aheadMs = ({time, here = Number.NaN}: HostFacts): number => (time - here) * 1000;

const skewText = (title: string, ahead: number, of: string): string =>
	`the clock of ${title} is ${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} ${of}`;

const clockNotes = (facts: HostFacts, {environment, expected}: Plan): readonly string[] => {
	const mine = aheadMs(facts);
	const before = expected?.before;
	const between = before ? mine - before.aheadMs : 0;
	return [
		...(isApart(mine) ? [skewText(environment.title, mine, 'this machine')] : []),
		...(before && isApart(between) ? [skewText(environment.title, between, before.title)] : []),
	];
};

/** What is no reason to stop, and worth a line: keys nobody asks for, clocks that are apart. */
export const notesOf = (plan: Plan, facts: HostFacts): readonly string[] => [
	...valueNotes(facts, plan),
	...clockNotes(facts, plan),
];

/** Whether the host gives the app what its template says. Names alone are compared. */
export const valuesCheck = {
	refuse,
	says: (facts: HostFacts, plan: Plan): string =>
		valueNotes(facts, plan).join('; ') || `${facts.envKeys?.length ?? 0} keys in .env, none missing`,
	isShown: (_: HostFacts, plan: Plan): boolean => isCompared(plan),
};

/** Clocks that are apart are told, not judged: the gates that need them close by themselves. */
export const clocksCheck = {
	refuse: (): undefined => undefined,
	says: (facts: HostFacts, plan: Plan): string => clockNotes(facts, plan).join('; '),
	isShown: (facts: HostFacts, plan: Plan): boolean => clockNotes(facts, plan).length > 0,
};
