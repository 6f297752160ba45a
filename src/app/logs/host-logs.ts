import {cutAnswer} from '../../commands/answers.ts';
import {
	logEndsOf,
	notThere,
	parseLogsRead,
	readUpTo,
	type FileRead,
	type LogChunk,
	type LogRead,
	type LogRequest,
} from '../../commands/logs/read-logs.ts';
import type {AppName, Environment, Host} from '../../domain/environments/environment.ts';
import {createEntryReader, createLineSplitter} from '../../domain/logs/entries.ts';
import type {LogEntry, LogSource} from '../../domain/logs/log.ts';
import type {NotedSwap} from './last-swaps.ts';

/** How it stands with one log. */
export type LogState = {
	/** Id of the source. */
	readonly source: string;
	/** `reading`: what there is was read; `fault`: it can't be, see `why`; `silent`: its host does not answer. */
	readonly state: 'reading' | 'fault' | 'silent';
	readonly why?: string;
	/** Epoch milliseconds of this machine when a silent host was asked what it did not answer. */
	readonly askedAt?: number;
	/** The file as it is called on the host, and how long it is. */
	readonly file?: string;
	readonly sizeBytes?: number;
	/** Bytes that were left out because there were too many at once. */
	readonly skippedBytes: number;
	/** Whether it is known where the log ended at the last swap. */
	readonly knowsSwap: boolean;
	/** Epoch milliseconds by the host when that was: as noted there, else as the ledger tells of its run. */
	readonly swapAt?: number;
};

/** An entry, and whether it was written behind the last swap of its app, or of any where it belongs to none. */
export type HostEntry = {readonly entry: LogEntry; readonly isSinceSwap: boolean};

export type Swaps = Readonly<Partial<Record<AppName, NotedSwap>>>;

/** The logs of one host as they are read on and on. */
export type HostLogs = {
	/** What is to be asked next. */
	readonly requests: () => readonly LogRequest[];
	/** Takes the answer: entries in the order of each log, and how it stands with all of them. `hasMore`: ask at once. */
	readonly take: (answer: string) => {
		readonly entries: readonly HostEntry[];
		readonly states: readonly LogState[];
		readonly hasMore: boolean;
		/** Epoch milliseconds of the host. */
		readonly time: number;
	};
	/** Goes by other swaps from the next answer on; where the logs were read up to stays as it is. */
	readonly swapped: (swaps: Swaps) => void;
	/** What was held back of each log, for when nobody reads on. */
	readonly finish: () => readonly HostEntry[];
};

/** Bytes of one log in one answer, once it is followed. */
const nextBytes = 512 * 1024;

/** Bytes at the end of a file in which its last entry is looked for. */
const zoneBytes = 16 * 1024;

type Options = {
	readonly environment: Pick<Environment, 'stateDirectory'>;
	readonly sources: readonly LogSource[];
	readonly swaps: Swaps;
	/** Of each log, from its end, at the first look. */
	readonly firstBytes: number;
};

export const sourcesOf = (sources: readonly LogSource[], {name}: Host): readonly LogSource[] =>
	sources.filter(({host}) => host === name);

/** Reads what a host answers about its logs; pure but for what it remembers. */
export const createHostLogs = (options: Options): HostLogs => {
	const logs = options.sources.map(source => createLog(source, options));
	return {
		requests: () => logs.flatMap(log => log.requests()),
		take: answer => {
			const counts = logs.map(log => log.requests().length);
			const {
				time,
				zoneMinutes,
				logs: read,
			} = parseLogsRead(
				answer,
				counts.reduce((sum, count) => sum + count, 0),
			);
			let begin = 0;
			const taken = logs.map((log, at) => {
				const count = counts[at] ?? 0;
				const mine = read.slice(begin, begin + count);
				begin += count;
				return log.take(mine, {time, zoneMinutes});
			});
			return {
				entries: taken.flatMap(({entries}) => entries),
				states: taken.map(({state}) => state),
				hasMore: taken.some(({hasMore}) => hasMore),
				time,
			};
		},
		swapped: swaps => {
			for (const log of logs) log.swapped(swaps);
		},
		finish: () => logs.flatMap(log => log.finish()),
	};
};

/** The later of two swaps counts for what belongs to no app. */
const swapOf = ({app}: LogSource, swaps: Swaps): NotedSwap | undefined => {
	if (app !== undefined) return swaps[app];
	const {backend, frontend} = swaps;
	return backend && frontend ? (backend.at > frontend.at ? backend : frontend) : (backend ?? frontend);
};

type Moment = {readonly time: number; readonly zoneMinutes: number};

/** Where a log ended at the last swap, as its host tells once it is asked. */
const createBorder = (source: LogSource, {environment, swaps}: Pick<Options, 'environment' | 'swaps'>) => {
	let swap = swapOf(source, swaps);
	/** Whether the host was asked. */
	let isPlaced = swap === undefined;
	let at: number | undefined;
	/** As the host noted it itself: what the ledger tells is a little later. */
	let notedAt: number | undefined;
	/** Where each file ended then; undefined as long as nothing is known of it. */
	let ends: ReadonlyMap<string, number> | undefined;
	return {
		/** File on the host that tells where; undefined when it was asked, or is of no use. */
		get noted(): string | undefined {
			return swap && !isPlaced ? logEndsOf({directory: environment.stateDirectory, run: swap.run}) : undefined;
		},
		get at(): number | undefined {
			return at;
		},
		get isKnown(): boolean {
			return ends !== undefined;
		},
		/** Takes what the host told, before what it told of the log itself is divided. */
		tell: (noted: LogRead | undefined): void => {
			if (!noted) return;
			const isNoted = noted.fault === undefined && !noted.isUnnoted && !source.isUnnoted;
			ends = isNoted ? new Map(noted.chunks.map(({inode, from, skipped}) => [inode, from - skipped])) : undefined;
			({notedAt} = noted);
			at = notedAt ?? swap?.at;
		},
		/** What is read from now on lies behind it. */
		pass: (): void => {
			isPlaced = true;
		},
		move: (others: Swaps): boolean => {
			const other = swapOf(source, others);
			if (other?.run === swap?.run) return false;
			swap = other;
			isPlaced = swap === undefined;
			[ends, at, notedAt] = [undefined, undefined, undefined];
			return true;
		},
		/** Byte of a file where it lies; `undefined` where only the clock can tell. */
		endOf: (inode: string): number | undefined => {
			if (isPlaced) return swap ? 0 : Infinity;
			return ends ? (ends.get(inode) ?? 0) : undefined;
		},
		isBehind: ({at: time, isTimed}: LogEntry): boolean =>
			swap !== undefined && isTimed && time >= (notedAt ?? swap.at),
		/** Says itself that it was written before, wherever it stands: its file may have been put there since. */
		isOld: ({at: time, isTimed}: LogEntry): boolean => isTimed && notedAt !== undefined && time < notedAt,
	};
};

const createLog = (source: LogSource, options: Options) => {
	const {path, owner} = source;
	const border = createBorder(source, options);
	const reader = createEntryReader(source);
	const splitters = new Map<string, ReturnType<typeof createLineSplitter>>();
	let known: readonly FileRead[] | undefined;
	let last: Moment = {time: 0, zoneMinutes: 0};
	let skippedBytes = 0;
	let file: {readonly path: string; readonly sizeBytes: number} | undefined;

	const request = (more: Pick<LogRequest, 'take' | 'maxBytes' | 'known'>): LogRequest => ({
		path,
		...(owner === undefined ? {} : {owner}),
		...more,
	});
	const requests = (): readonly LogRequest[] => {
		const next = known
			? request({take: 'next', maxBytes: nextBytes, known})
			: request({take: 'next', maxBytes: options.firstBytes, known: 'new'});
		const notedIn = border.noted;
		return notedIn === undefined ? [next] : [next, request({take: 'last', maxBytes: 0, known: {notedIn}})];
	};

	const splitterOf = (inode: string) => {
		const found = splitters.get(inode) ?? createLineSplitter();
		splitters.set(inode, found);
		return found;
	};

	/** What a file had when the swap came, and what it has had since; `undefined` where only the clock can tell. */
	const partsOf = ({inode, from, bytes}: LogChunk): readonly (readonly [Uint8Array, boolean | undefined])[] => {
		const end = border.endOf(inode);
		if (end === undefined) return [[bytes, undefined]];
		if (known === undefined && end !== Infinity) skippedBytes += Math.max(0, from - end);
		const at = Math.min(bytes.length, Math.max(0, end - from));
		return [
			[bytes.subarray(0, at), false],
			[bytes.subarray(at), true],
		];
	};

	const entriesOf = (read: LogRead, moment: Moment): readonly HostEntry[] => {
		const entries: HostEntry[] = [];
		let isSince: boolean | undefined;
		const add = (found: readonly LogEntry[]): void => {
			for (const entry of found)
				entries.push({entry, isSinceSwap: (isSince ?? border.isBehind(entry)) && !border.isOld(entry)});
		};
		for (const chunk of read.chunks) {
			const {inode, from, bytes, changedAt, sizeBytes} = chunk;
			if (bytes.length === 0) continue;
			// Before it is divided: only what a file ends with was written when the file was changed.
			if (from + bytes.length >= sizeBytes)
				reader.learnZone(Buffer.from(bytes.subarray(-zoneBytes)).toString().split('\n'), changedAt);
			const splitter = splitterOf(inode);
			// The first look may begin within a line.
			let isWithin = known === undefined && from > 0;
			for (const [part, isPartSince] of partsOf(chunk)) {
				if (part.length === 0) continue;
				const lines = splitter.feed(part).slice(isWithin ? 1 : 0);
				isWithin = false;
				if (isPartSince !== isSince) add(reader.flush());
				isSince = isPartSince;
				add(reader.read(lines, {zoneMinutes: moment.zoneMinutes, now: moment.time}));
			}
		}
		if (!read.hasMore) add(reader.flush());
		return entries;
	};

	const take = ([read, noted]: readonly LogRead[], moment: Moment) => {
		if (!read) throw cutAnswer('logs', '');
		last = moment;
		border.tell(noted);
		const entries = read.fault === undefined ? entriesOf(read, moment) : [];
		// One that is not there yet is new from its beginning; one that can't be read now is looked at from its end once it can.
		if (read.fault === notThere) {
			known ??= [];
			border.pass();
		}
		if (read.fault === undefined) {
			border.pass();
			known = readUpTo(known ?? [], read);
			for (const inode of splitters.keys()) if (!known.some(one => one.inode === inode)) splitters.delete(inode);
			const newest = read.chunks.findLast(({isRenamed}) => !isRenamed);
			if (newest) file = {path: newest.path, sizeBytes: newest.sizeBytes};
		}
		const state: LogState = {
			source: source.id,
			...(read.fault === undefined ? {state: 'reading'} : {state: 'fault', why: read.fault}),
			...(file && {file: file.path, sizeBytes: file.sizeBytes}),
			skippedBytes,
			knowsSwap: border.isKnown,
			...(border.at === undefined ? {} : {swapAt: border.at}),
		};
		return {entries, state, hasMore: read.hasMore && read.fault === undefined};
	};

	return {
		requests,
		take,
		swapped: (others: Swaps): void => {
			if (border.move(others)) skippedBytes = 0;
		},
		finish: (): readonly HostEntry[] => {
			const rest = [...splitters.values()].flatMap(splitter => splitter.finish());
			const found = [...reader.read(rest, {zoneMinutes: last.zoneMinutes, now: last.time}), ...reader.flush()];
			return found.map(entry => ({entry, isSinceSwap: border.isBehind(entry)}));
		},
	};
};
