import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {probeTerms, watchTerms} from '../../domain/environments/watched.ts';
import {DeployError} from '../../domain/errors.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {isRunOpen, lastSwap} from '../../domain/probes/last-swap.ts';
import {withoutWords, type ProbeRound} from '../../domain/probes/probe.ts';
import {watchReport} from '../../domain/watch/report.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import {badSince, changesIn, undecided, unfinished, watchesIn} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';
import {createProber} from '../probes/probe-round.ts';
import {isPassing, repeat} from '../repeat.ts';
import {appsOf, targetIn} from '../target-of.ts';
import {timeOnHost} from '../time-on-host.ts';
import {createSampleMemory} from './sample-memory.ts';
import {createWatchKeeper} from './watch-keeper.ts';
import {watchSections} from './watch-sections.ts';

/** What one round has brought. `at`: epoch milliseconds of this machine. */
export type WatchUpdate = {
	readonly environment: string;
	readonly at: number;
	/** The same moment by the clock of the primary host: behind its round by as long as that took. Absent: not at all. */
	readonly time?: number;
	readonly round: ProbeRound;
	/**
	 * Of watches that go on, and of the last one of each app as long as it is not older than an hour, or ended bad and may
	 * be decided; newest first.
	 */
	readonly reports: readonly WatchReport[];
	/** Why what was found could not be written down for the team, on one line; absent: it could, or nothing was to be. */
	readonly problem?: string;
};

export type KeepWatchOptions = {
	readonly services: AppServices;
	readonly environment: Environment;
	readonly checklists: Checklists;
	/** Whether somebody looks now; nothing is asked while nobody does and no watch is on. */
	readonly isLooked: () => boolean;
	/** The ledger as it was last read elsewhere; absent: it is read here. */
	readonly ledger?: () => LedgerReading | undefined;
	/** A watch that no run has begun: looked at until its end, and nothing of it is written down or told. */
	readonly own?: Watch;
	readonly onUpdate: (update: WatchUpdate) => void;
	readonly onFault: (error: unknown) => void;
};

export type KeptWatch = {
	/** Looks now: somebody has begun to look, or a run has ended. */
	readonly wake: () => void;
	readonly stop: () => Promise<void>;
};

export type KeepWatch = (options: KeepWatchOptions) => KeptWatch;

/** As it was read before, a ledger says what is watched; what addresses answer must not wait for a host that hangs. */
const readMs = 10_000;

/** Pause between two looks while a watch that ended bad waits to be decided. */
const decisionMs = 60_000;

/** How long the last watch of an app is still shown. */
const shownMs = 3_600_000;

const keyOf = ({project, name}: Environment) => ({project, environment: name});

/**
 * Looks at an environment while somebody does or a watch is on, and keeps its watches: what was found goes to the samples,
 * what changed to the ledger, by whoever is first, and who wrote it tells people. A lost link ends nothing: addresses are
 * still asked, and what is about a host is not known meanwhile.
 */
export const keepWatch: KeepWatch = options => {
	const {services, environment, onFault} = options;
	const {everyMs} = probeTerms(environment);
	const look = createLook(options);
	/** Somebody asked while a look was under way, which may have begun before what they know of. */
	let isWoken = false;
	const loop = repeat(services.clock, async signal => {
		const begun = services.clock.now();
		try {
			let pauseMs: number | undefined;
			do {
				isWoken = false;
				pauseMs = await look.round(signal);
			} while (isWoken && !signal.aborted);
			return pauseMs === undefined ? undefined : Math.max(0, pauseMs - (services.clock.now() - begun));
		} catch (error) {
			if (!signal.aborted) onFault(error);
			return everyMs;
		}
	});
	return {
		wake: () => {
			isWoken = true;
			look.mayAskAgain();
			loop.wake();
		},
		stop: loop.stop,
	};
};

/** What one environment's rounds know of each other. */
const createLook = (options: KeepWatchOptions) => {
	const {services, environment, checklists, isLooked, own, onUpdate} = options;
	const {clock, ledgers, samples} = services;
	const terms = watchTerms(environment);
	const prober = createProber(services, {environment, checklists});
	const memory = createSampleMemory(samples, environment);
	const keeper = createWatchKeeper(services, environment);
	/** Asking the host again would change nothing, or lock the login, until somebody asks for it. */
	let isRefused = false;
	/** Why the last round could not write down what it found. */
	let problem: string | undefined;

	const readLedger = async (signal: AbortSignal): Promise<void> => {
		const known = options.ledger?.();
		if (
			isRefused ||
			(known && known.sizeBytes === ledgers.remembered(environment)?.sizeBytes && !keeper.hasWritten())
		)
			return;
		try {
			await ledgers.read(environment, {signal, timeoutMs: readMs});
		} catch (error) {
			if (!(error instanceof DeployError)) throw error;
			isRefused = !isPassing(error.code);
		}
	};

	const report = (watch: Watch, entries: readonly LedgerEntry[], at: number): WatchReport =>
		watchReport({
			watch,
			samples: memory.of(watch, at),
			signatures: samples.signatures(keyOf(environment)),
			items: watchSections(checklists, environment, entries, watch.app),
			terms,
			status: targetIn(environment, watch.app).health.status,
			everyMs: probeTerms(environment).everyMs,
			triedMs: watch === own ? 0 : targetIn(environment, watch.app).health.withinMs,
			timeZone: environment.timeZone,
			now: at,
			badAt: badSince(changesIn(entries, watch.run).values()),
		});

	return {
		mayAskAgain: (): void => void (isRefused = false),
		/** Looks once; answers with the time from its beginning to the next look, undefined: none by itself. */
		round: async (signal: AbortSignal): Promise<number | undefined> => {
			const mayBeOn = (): boolean => {
				const now = timeOnHost(services, environment);
				const entries = ledgers.remembered(environment)?.entries ?? [];
				const watches = watchesIn(environment, entries, terms);
				return own !== undefined || unfinished(watches, now).length > 0 || undecided(watches, now).length > 0;
			};
			if (!isLooked() && !mayBeOn()) return undefined;
			await readLedger(signal);
			if (signal.aborted || (!isLooked() && !mayBeOn())) return undefined;
			const entries = ledgers.remembered(environment)?.entries ?? [];
			const since = Object.fromEntries(appsOf(environment).map(app => [app, lastSwap(entries, app)]));
			const begun = clock.now();
			const hostNow = timeOnHost(services, environment);
			const round = byHost(
				await prober.round({
					signal,
					since,
					openRuns: appsOf(environment).filter(app => isRunOpen(entries, app)),
				}),
				hostNow,
			);
			if (signal.aborted) return undefined;
			// What was found at a time that nobody knows can't be compared.
			if (round.isByThisMachine === undefined) samples.add(keyOf(environment), round.readings.map(withoutWords));
			const now = Math.max(round.at, timeOnHost(services, environment) ?? 0);
			const watches = [...(own ? [own] : []), ...watchesIn(environment, entries, terms)];
			const going = unfinished(watches, now);
			const reports = new Map(
				[...going, ...lastEnded(watches, now)].map(watch => [
					watch.run,
					report(watch, entries, Math.min(now, watch.ended?.at ?? watch.endsAt)),
				]),
			);
			const told = [...reports.values()].toSorted((a, b) => b.watch.startedAt - a.watch.startedAt);
			const tell = (): void =>
				onUpdate({
					environment: environment.name,
					at: clock.now(),
					time: round.at + Math.max(0, clock.now() - begun),
					round,
					reports: told,
					...(problem === undefined ? {} : {problem}),
				});
			// Writing will take as long as asking did, for nothing: what was found is shown before.
			const isSilent = round.silent.some(({host}) => host === primaryHost(environment).name);
			if (isSilent) tell();
			problem = undefined;
			for (const watch of going) {
				const found = reports.get(watch.run);
				if (watch === own || !found || signal.aborted) continue;
				const changes = changesIn(entries, watch.run);
				problem ??= await keeper.keep({report: found, changes, isOver: now >= watch.endsAt}, signal);
			}
			if (signal.aborted) return undefined;
			if (!isSilent) tell();
			if (isLooked() || going.some(watch => now < watch.endsAt) || problem !== undefined)
				return probeTerms(environment).everyMs;
			// Its end was only written just now, or waits for somebody, who may sit elsewhere.
			return going.some(watch => watch !== own) || undecided(watches, now).length > 0 ? decisionMs : undefined;
		},
	};
};

/** A round of a host that never answered, at the time it is there by what its ledger said. */
const byHost = ({isByThisMachine, ...round}: ProbeRound, now: number | undefined): ProbeRound =>
	isByThisMachine === undefined
		? round
		: now === undefined
			? {...round, isByThisMachine}
			: {...round, at: now, readings: round.readings.map(reading => ({...reading, at: now}))};

/** The last watch of each app, as long as it is worth a look. */
const lastEnded = (watches: readonly Watch[], now: number): readonly Watch[] =>
	(['backend', 'frontend'] as const).flatMap(app => {
		const last = watches.find(watch => watch.app === app);
		if (!last?.ended) return [];
		const since = last.ended.accepted?.at ?? last.ended.at;
		return now - since < shownMs || undecided([last], now).length > 0 ? [last] : [];
	});
