import type {ProbeLimits, ProbeTerms} from '../environments/watched.ts';
import {age} from '../format.ts';
import type {ProbeFinding} from './probe.ts';
import type {ProbedHost} from './probed-host.ts';

/** Names of migrations that have not run: `| No | name |` up to Laravel 8, `name ...... Pending` from 9 on. */
const pendingIn = (lines: readonly string[]): readonly string[] =>
	lines.flatMap(line => {
		const name = /\d{4}_\d{2}_\d{2}_\d{6}_\w+/.exec(line)?.[0];
		return name !== undefined && /\|\s*No\s*\||\bPending\s*$/.test(line) ? [name] : [];
	});

/** Jobs that wait, from `queue:monitor`: a table up to Laravel 8, `... [12] OK` from 9 on. Undefined: it says none. */
const waitingIn = (lines: readonly string[]): number | undefined => {
	const sizes = lines.flatMap(
		line =>
			/^\|[^|]*\|[^|]*\|\s*(\d+)\s*\|/.exec(line)?.[1] ?? /\[(\d+)\]\s+(?:OK|ALERT)\s*$/.exec(line)?.[1] ?? [],
	);
	return sizes[0] === undefined ? undefined : Number(sizes[0]);
};

/** Jobs that failed, from `queue:failed`: a row of a table or a line for each, with its id in it. */
const failedIn = (lines: readonly string[]): number =>
	lines.filter(line => /^\|\s*(?:\d+|[\da-f]{8}-[\da-f-]{27})\s*\||\b[\da-f]{8}-[\da-f-]{27}\b/.test(line)).length;

const judgeMigrations = (said: ProbedHost): readonly ProbeFinding[] => {
	const {migrations} = said;
	if (migrations === undefined) return [];
	const common = {
		probe: 'backend.migrations',
		title: 'migrations',
		kind: 'migrations' as const,
		app: 'backend' as const,
		host: said.host,
	};
	if ('why' in migrations) return [{...common, state: 'unclear', text: migrations.why}];
	if (
		!migrations.lines.some(line =>
			/\|\s*(?:Yes|No)\s*\||\b(?:Ran|Pending)\s*$|^\s*(?:INFO\s+)?No migrations found/.test(line),
		)
	)
		return [{...common, state: 'unclear', text: 'artisan migrate:status names no migration'}];
	const pending = pendingIn(migrations.lines);
	const [first = ''] = pending;
	return [
		{
			...common,
			value: pending.length,
			unit: 'count',
			limit: 0,
			state: pending.length > 0 ? 'fail' : 'pass',
			text:
				pending.length === 0
					? 'none pending'
					: `${pending.length} pending: ${first}${pending.length > 1 ? ', ...' : ''}`,
		},
	];
};

const judgeQueue = (said: ProbedHost, {queueWaiting}: ProbeLimits): readonly ProbeFinding[] => {
	const {waiting, failed} = said;
	if (waiting === undefined) return [];
	const common = {
		probe: 'backend.queue',
		title: 'queue',
		kind: 'queue' as const,
		app: 'backend' as const,
		host: said.host,
		unit: 'count' as const,
		limit: queueWaiting,
	};
	if ('why' in waiting) return [{...common, state: 'unclear', text: waiting.why}];
	const value = waitingIn(waiting.lines);
	if (value === undefined)
		return [{...common, state: 'unclear', text: 'artisan queue:monitor says nothing of the queue'}];
	const of = failed === undefined || 'why' in failed ? 'failed ones not known' : `${failedIn(failed.lines)} failed`;
	return [
		{
			...common,
			value,
			state: value > queueWaiting ? 'fail' : 'pass',
			text: `${value} waiting, ${of}`,
		},
	];
};

const judgeScheduler = (said: ProbedHost, scheduler: ProbeTerms['scheduler']): ProbeFinding => {
	const common = {
		probe: 'backend.scheduler',
		title: 'scheduler',
		kind: 'scheduler' as const,
		app: 'backend' as const,
		host: said.host,
	};
	if (scheduler === undefined) return {...common, state: 'unclear', text: 'no log of the scheduler is named'};
	const limit = {unit: 'ms' as const, limit: scheduler.withinMs};
	if (said.scheduler === undefined) return {...common, ...limit, state: 'unclear', text: 'its log was not looked at'};
	const {ageMs} = said.scheduler;
	if (ageMs === undefined) return {...common, ...limit, state: 'fail', text: `there is no ${scheduler.log}`};
	const isLate = ageMs > scheduler.withinMs;
	return {
		...common,
		...limit,
		value: Math.max(0, ageMs),
		state: isLate ? 'fail' : 'pass',
		text: `ran ${age(ageMs)} ago${isLate ? `, limit ${age(scheduler.withinMs)}` : ''}`,
	};
};

/** What Laravel says of its work beside requests: queue, scheduler, database. */
export const judgeArtisan = (said: ProbedHost, terms: ProbeTerms): readonly ProbeFinding[] => [
	...judgeQueue(said, terms.limits),
	judgeScheduler(said, terms.scheduler),
	...judgeMigrations(said),
];
