import type {Environment} from '../../domain/environments/environment.ts';
import {forgottenMs, type KnownSignature, type LogEntry, type LogKind, type LogSource} from '../../domain/logs/log.ts';
import type {AppServices} from '../app-services.ts';
import type {HostEntry, LogState} from './host-logs.ts';

/** An entry as it is told to whoever follows. */
export type FollowedEntry = LogEntry & {
	/** Written behind the last swap. */
	readonly isSinceSwap: boolean;
	/** A warning or an error of a kind that was not seen before the swap. */
	readonly isNew: boolean;
};

/** Tells new kinds of warnings and errors from those that were there before the swap. */
export type NewKinds = {
	/** When the swap was for each log, as its host tells: to be said before entries behind it are marked. */
	readonly place: (states: readonly Pick<LogState, 'source' | 'swapAt'>[]) => void;
	readonly mark: (entries: readonly HostEntry[]) => readonly FollowedEntry[];
};

const earlierMs = 3_600_000;

const keyOf = (log: LogKind, signature: string): string => `${log} ${signature}`;

/**
 * Goes by what this machine has seen before the swap, and by what stands in the logs themselves from before it; what was
 * not seen in the 30 days before it is new. What is seen is kept for the next time. An entry that was counted is not counted again when its log is read anew.
 */
export const createNewKinds = (
	{samples}: Pick<AppServices, 'samples'>,
	environment: Environment,
	sources: readonly LogSource[],
): NewKinds => {
	const id = {project: environment.project, environment: environment.name};
	const kindOf = new Map(sources.map(source => [source.id, source.kind]));
	const counted = new Map(samples.signatures(id).map(({log, signature, lastAt}) => [keyOf(log, signature), lastAt]));
	const swapAts = new Map<string, number>();
	let before = new Set<string>();
	return {
		place: states => {
			const moved = states.filter(({source, swapAt}) => swapAt !== undefined && swapAts.get(source) !== swapAt);
			if (moved.length === 0) return;
			for (const {source, swapAt} of moved) if (swapAt !== undefined) swapAts.set(source, swapAt);
			// A kind is the same in each log of its sort: what was there before the first swap of any of them is old in all.
			const firstSwap = new Map<LogKind, number>();
			for (const [source, at] of swapAts) {
				const kind = kindOf.get(source);
				if (kind !== undefined) firstSwap.set(kind, Math.min(at, firstSwap.get(kind) ?? at));
			}
			before = new Set(
				samples.signatures(id).flatMap(({log, signature, firstAt, lastAt}) => {
					const swapAt = firstSwap.get(log) ?? -Infinity;
					return firstAt < swapAt && lastAt >= swapAt - forgottenMs ? [keyOf(log, signature)] : [];
				}),
			);
		},
		mark: entries => {
			const seen = new Map<string, KnownSignature>();
			for (const {entry, isSinceSwap} of entries) {
				const log = kindOf.get(entry.source);
				if (log === undefined || entry.signature === undefined) continue;
				const {signature, level, text} = entry;
				// One that was there at the swap and says no time was there before, however late it is read.
				const swapAt = swapAts.get(entry.source);
				// One behind it was not, whatever the time of a line before it.
				const at =
					swapAt === undefined
						? entry.at
						: isSinceSwap
							? Math.max(entry.at, swapAt)
							: Math.min(entry.at, swapAt - (entry.isTimed ? 1 : earlierMs));
				const key = keyOf(log, signature);
				if (!isSinceSwap && at >= (swapAt ?? at) - forgottenMs) before.add(key);
				if (at <= (counted.get(key) ?? -Infinity)) continue;
				const found = seen.get(key);
				seen.set(
					key,
					found
						? {
								...found,
								firstAt: Math.min(found.firstAt, at),
								lastAt: Math.max(found.lastAt, at),
								count: found.count + 1,
							}
						: {log, signature, level, firstAt: at, lastAt: at, count: 1, sample: text.slice(0, 500)},
				);
			}
			for (const [key, {lastAt}] of seen) counted.set(key, lastAt);
			if (seen.size > 0) samples.addSignatures(id, [...seen.values()]);
			return entries.map(({entry, isSinceSwap}) => ({
				...entry,
				isSinceSwap,
				isNew:
					isSinceSwap &&
					entry.signature !== undefined &&
					!before.has(keyOf(kindOf.get(entry.source) ?? 'plain', entry.signature)),
			}));
		},
	};
};
