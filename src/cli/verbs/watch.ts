import {Argument, Option} from 'commander';
import {acceptWatch, extendWatch} from '../../app/watch/decide-watch.ts';
import {appsOf} from '../../app/target-of.ts';
import {liveReleases} from '../../app/checklist/checklist-states.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import {usage} from '../../domain/errors.ts';
import {clockTime, moment} from '../../domain/format.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import {unfinished, watchesIn} from '../../domain/watch/watches.ts';
import {followWatch} from '../follow-watch.ts';
import {writePage} from '../page/write-page.ts';
import {cronText, runWatchService, unitText} from '../watch-service.ts';
import {environmentOption, jsonOption, onlyAppOption, reasonOf, toKeep, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('watch')
		.description('follow the minutes after a production run; exit 7 when they were bad or could not be judged')
		.addArgument(
			new Argument('[deed]', 'accept: take what is bad as it is; extend: watch for longer').choices([
				'accept',
				'extend',
			] satisfies Deed[]),
		)
		.addOption(environmentOption())
		.addOption(onlyAppOption())
		.option('--minutes <n>', 'watch for so long without a run; with extend: by so many, 15 when absent')
		.option('--reason <text>', 'why it is accepted; others read it')
		.option('--every <duration>', 'look again and again until told to stop, e.g. 5m: a service')
		.option('--html <file>', 'with --every, --once or --print: keep a page of all environments fresh there')
		.option('--once', 'look once, as the service does: for cron', false)
		.addOption(
			new Option('--print <what>', 'print what runs the service, and stop').choices(['unit', 'cron'] as const),
		)
		.addOption(jsonOption())
		.action(onEnvironment(watch));

type Deed = 'accept' | 'extend';

const minuteMs = 60_000;

/** Throws DeployError `usage`. */
const minutesIn = (text: string): number => {
	const minutes = Number(text);
	if (/^\d{1,3}$/.test(text) && minutes > 0) return minutes;
	throw usage({
		what: `${JSON.stringify(text)} is not a number of minutes`,
		why: 'a watch ends by itself',
		next: 'Write --minutes 30',
	});
};

type WatchOptions = JsonOption & {
	readonly app?: AppName;
	readonly minutes?: string;
	readonly reason?: string;
	readonly every?: string;
	readonly once: boolean;
	readonly html?: string;
	readonly print?: 'unit' | 'cron';
};

const units = {s: 1000, m: minuteMs, h: 60 * minuteMs} as const;
const usualEvery = '5m';
const leastEveryMs = 10_000;

/** Throws DeployError `usage`. */
const everyIn = (text: string): number => {
	const [, count, unit] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
	const ms = Number(count) * (unit === 's' || unit === 'm' || unit === 'h' ? units[unit] : Number.NaN);
	if (ms >= leastEveryMs) return ms;
	throw usage({
		what: `${JSON.stringify(text)} is not a pause between two looks`,
		why: `it is a number with s, m or h, and ${leastEveryMs / 1000}s at least`,
		next: 'Write --every 5m',
	});
};

/** Throws DeployError `usage` where there is nothing to look at, or an option is given that nothing goes by. */
const requireFitting = (
	{name, hosts}: Pick<Environment, 'name' | 'hosts'>,
	{every, once, print, html}: Pick<WatchOptions, 'every' | 'once' | 'print' | 'html'>,
): void => {
	if (hosts.length === 0)
		throw usage({
			what: `${name} has nothing to watch`,
			why: 'it has no hosts',
			next: 'Name an environment that has hosts: cockpit watch --env production',
		});
	if (html !== undefined && every === undefined && !once && print === undefined)
		throw usage({
			what: '--html goes with --every, --once or --print',
			why: 'the page is kept fresh by what looks again and again',
			next: `cockpit watch --env ${name} --every ${usualEvery} --html ${JSON.stringify(html)}, or once: cockpit status --html`,
		});
};

/** `cockpit watch`: follows what is on; with `--every` or `--once` it is the service. */
const watch = async (place: Place, deed: Deed | undefined, options: WatchOptions): Promise<number> => {
	requireFitting(place.environment, options);
	if (deed === 'accept') return accept(place, options);
	if (deed === 'extend') return extend(place, options);
	const {every = usualEvery, once, html, print, json} = options;
	if (options.every === undefined && !once && print === undefined) return follow(place, options);
	const everyMs = everyIn(every);
	const {terminal, environment, command = ['cockpit']} = place;
	const onLook =
		html === undefined
			? undefined
			: async () => void (await writePage(place, place.cockpit, {file: html, everyMs}));
	if (print === undefined) return runWatchService(place, {everyMs, once, json, onLook});
	terminal.out(
		print === 'unit'
			? unitText(command, environment, {every, html})
			: cronText(command, environment, {everyMs, html}),
	);
	return 0;
};

/** A watch of what is live, begun now and by nobody's run. Throws DeployError `usage` where nothing is live. */
const ownWatch = (
	environment: Environment,
	{entries, time}: LedgerReading,
	{app, minutes}: {readonly app: AppName | undefined; readonly minutes: number},
): Watch => {
	const live = liveReleases(environment, entries);
	const watched = app ?? appsOf(environment)[0] ?? 'backend';
	const release = live.get(watched);
	return {
		run: '',
		kind: 'deploy',
		environment: environment.name,
		app: watched,
		release: release?.release,
		commit: release?.build?.commit,
		by: '',
		startedAt: time,
		endsAt: time + minutes * minuteMs,
		isRecorded: false,
		fired: [],
		accepted: [],
	};
};

/** Throws DeployError `usage` that says when there was one, and what to do instead. */
const requireOn = (environment: Environment, {entries, time}: LedgerReading, app: AppName | undefined): void => {
	const {name, title, tier, timeZone} = environment;
	const all = watchesIn(environment, entries, watchTerms(environment)).filter(
		watch => (app ?? watch.app) === watch.app,
	);
	if (unfinished(all, time).some(({endsAt, isRecorded}) => isRecorded || endsAt > time)) return;
	const [last] = all;
	throw usage({
		what: `No watch is on at ${title}`,
		why:
			tier === 'production'
				? last
					? `the last one, of the ${last.app}, ended ${moment(last.ended?.at ?? last.endsAt, timeZone)}`
					: 'no run has finished there that the ledger knows of'
				: 'a watch follows a run on production',
		next: `To watch without a run: cockpit watch --env ${name} --minutes 30`,
	});
};

/** `cockpit watch --env E`: follows what is watched until its end. */
const follow = async (
	{terminal, cockpit, services, environment}: Place,
	{app, minutes, json}: WatchOptions,
): Promise<number> => {
	const ledger = await services.ledgers.read(environment);
	const own = minutes === undefined ? undefined : ownWatch(environment, ledger, {app, minutes: minutesIn(minutes)});
	if (!own) requireOn(environment, ledger, app);
	return followWatch(terminal, cockpit, {environment, app, own, json});
};

/** `cockpit watch accept`: what is bad is taken as it is, for a reason that others read. */
const accept = async (place: Place, {app, reason: given = '', json}: WatchOptions): Promise<number> => {
	const {terminal, services, environment} = place;
	const reason = toKeep(place, reasonOf(given));
	const {watch: found, accepted} = await acceptWatch(services, {environment, app, reason});
	tell(
		terminal,
		json,
		{type: 'watch.accepted', environment: environment.name, app: found.app, run: found.run, accepted, reason},
		found.ended
			? `Accepted on ${environment.title}: the watch of the ${found.app} ended bad, with your reason.`
			: `Accepted on ${environment.title}: ${accepted.join(', ')}. The watch goes on until ${clockTime(found.endsAt, environment.timeZone)}.`,
	);
	return 0;
};

/** `cockpit watch extend`: a later end for everybody who watches. */
const extend = async (
	{terminal, services, environment}: Place,
	{app, minutes = '15', json}: WatchOptions,
): Promise<number> => {
	const until = await extendWatch(services, {environment, app, minutes: minutesIn(minutes)});
	tell(
		terminal,
		json,
		{type: 'watch.extended', environment: environment.name, until: new Date(until).toISOString()},
		`The watch goes on until ${clockTime(until, environment.timeZone)}.`,
	);
	return 0;
};
