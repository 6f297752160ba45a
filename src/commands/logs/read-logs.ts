import type {Command} from '../../domain/command.ts';
import {isTime} from '../../domain/host-clock.ts';
import {cutAnswer, secondsIn, wholeIn} from '../answers.ts';
import type {HostState} from '../host-state.ts';
import {program, type Source} from '../shell.ts';
import logPath from './log-path.sh';
import noteLogsText from './note-logs.sh';
import readLog from './read-log.sh';
import readLogsText from './read-logs.sh';

/** How far one file of a log was read. */
export type FileRead = {
	readonly inode: string;
	/** Bytes from its beginning. */
	readonly offset: number;
};

/** What is to be read of one log on a host. */
export type LogRequest = {
	/** Absolute, or from a home on (`~/`, `~USER/`); its last part may be a pattern of sh. */
	readonly path: string;
	/** `next`: what follows what is known; `last`: the last of it. */
	readonly take: 'next' | 'last';
	readonly maxBytes: number;
	/**
	 * Files that were read, and how far: others are read from their beginning. `new`: none was, and then the end of the
	 * newest is read. A file on the host: as `noteLogs` has written it; when it is missing, as `new`.
	 */
	readonly known: readonly FileRead[] | 'new' | {readonly notedIn: string};
	/** User who can read it where the login can't. */
	readonly owner?: string;
};

/** One file of a log and what was read of it. */
export type LogChunk = {
	readonly inode: string;
	readonly path: string;
	/** It has another name by now: what is written next comes to another file. */
	readonly isRenamed: boolean;
	readonly sizeBytes: number;
	/** Byte of the file at which `bytes` begins. */
	readonly from: number;
	/** Bytes before `from` that nobody has read and that were left out. */
	readonly skipped: number;
	/** Epoch milliseconds by the host. */
	readonly changedAt: number;
	readonly bytes: Uint8Array;
};

/** What a host answered about one log. */
export type LogRead = {
	/** Oldest first; one without bytes has nothing new. */
	readonly chunks: readonly LogChunk[];
	/** Whether more was there than `maxBytes`. */
	readonly hasMore: boolean;
	/** Whether the file with what was noted is missing. */
	readonly isUnnoted: boolean;
	/** Epoch milliseconds by the host: when it was noted, which is known of logs that it does not tell of too. */
	readonly notedAt?: number;
	/** Why it can't be read, for people; absent when it could. */
	readonly fault?: string;
};

export type LogsRead = {
	/** Epoch milliseconds of the host. */
	readonly time: number;
	/** Minutes by which the host's own zone is ahead of UTC: what writes local times goes by it. */
	readonly zoneMinutes: number;
	/** In the order they were asked for. */
	readonly logs: readonly LogRead[];
};

const knownText = (known: LogRequest['known']): string =>
	known === 'new'
		? 'new'
		: 'notedIn' in known
			? `@${known.notedIn}`
			: // Inode 0 is none: everything there is new.
				known.length === 0
				? '0:0'
				: known.map(({inode, offset}) => `${inode}:${offset}`).join(' ');

/**
 * The shell function `read_logs`, and its parameters, for programs that read logs in an exec of their own:
 * `read_logs "$@"` answers what `parseLogsRead` reads. `waitSeconds`: how long it waits for something new; 0: not at all.
 */
export const logReading = (
	requests: readonly LogRequest[],
	waitSeconds = 0,
): {readonly text: Source; readonly parameters: readonly string[]} => ({
	text: [logPath, readLogsText],
	parameters: [
		readLog.trim(),
		String(waitSeconds),
		...requests.flatMap(({path, take, maxBytes, known, owner = ''}) => [
			path,
			take,
			String(maxBytes),
			knownText(known),
			owner,
		]),
	],
});

/**
 * Reads what is new in several logs of one host, in one exec that changes nothing. One that waits has to be given a standard
 * input that stays open: when it ends, so does the program.
 */
export const readLogs = (requests: readonly LogRequest[], waitSeconds = 0): Command => {
	const {text, parameters} = logReading(requests, waitSeconds);
	const owners = [...new Set(requests.flatMap(({owner}) => owner ?? []))];
	return {
		...program('read logs', [text, 'read_logs "$@"'].flat(), parameters),
		sudo: owners.map(owner => `${owner}: sh`),
	};
};

/** Why a log that has no file can't be read. */
export const notThere = 'not there';

const faults: Readonly<Record<string, string>> = {
	denied: 'may not be read by this login',
	missing: notThere,
};

/** Reads the answer of `read_logs`; other rows may stand before it. Throws DeployError `answer-unreadable` when it was cut. */
export const parseLogsRead = (text: string, count: number): LogsRead => {
	const rows = text.split('\n');
	if (!rows.includes('logs end')) throw cutAnswer('logs', text);
	const clock = rows.findLast(row => row.startsWith('clock '));
	const [, seconds, zone = ''] = clock?.split(' ') ?? [];
	const time = secondsIn(seconds);
	if (time === undefined) throw cutAnswer('logs', text, 'it did not say its time');
	return {
		time: time * 1000,
		zoneMinutes: minutesOf(zone),
		logs: Array.from({length: count}, (_, number) => readOf(rows, String(number))),
	};
};

/** Of `+0530`. */
const minutesOf = (zone: string): number => {
	const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
	return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
};

const readOf = (rows: readonly string[], number: string): LogRead => {
	const chunks: LogChunk[] = [];
	let hasMore = false;
	let isUnnoted = false;
	let notedAt: number | undefined;
	let fault: string | undefined;
	for (const row of rows) {
		const [name, whose, ...words] = row.split(' ');
		if (whose !== number) continue;
		if (name === 'file') chunks.push(chunkOf(words));
		if (name === 'data') {
			const last = chunks.pop();
			if (last) chunks.push({...last, bytes: Buffer.from(words[0] ?? '', 'base64')});
		}
		hasMore ||= name === 'more';
		isUnnoted ||= name === 'unnoted';
		if (name === 'noted') notedAt = timeOf(words[0]);
		if (name === 'fault') fault = faults[words[0] ?? ''] ?? words.slice(1).join(' ');
	}
	return {
		// What has another name by now was written before what took its place.
		chunks: chunks.toSorted(
			(one, other) => Number(other.isRenamed) - Number(one.isRenamed) || one.changedAt - other.changedAt,
		),
		hasMore,
		isUnnoted,
		...(notedAt === undefined ? {} : {notedAt}),
		...(fault === undefined ? {} : {fault}),
	};
};

/** Epoch milliseconds of whole seconds; undefined where it is no time. */
const timeOf = (seconds: string | undefined): number | undefined => {
	const time = (secondsIn(seconds) ?? Number.NaN) * 1000;
	return isTime(time) ? time : undefined;
};

const chunkOf = ([how, inode = '', size, from, skipped, mtime, ...path]: readonly string[]): LogChunk => ({
	inode,
	path: path.join(' '),
	isRenamed: how === 'renamed',
	sizeBytes: wholeIn(size) ?? 0,
	from: wholeIn(from) ?? 0,
	skipped: wholeIn(skipped) ?? 0,
	changedAt: timeOf(mtime) ?? 0,
	bytes: new Uint8Array(),
});

/**
 * How far the files of a log are read after an answer. It names each file that the pattern does, unless nothing is new at
 * all; of others, which were renamed, the latest 16 are kept.
 */
export const readUpTo = (known: readonly FileRead[], {chunks}: LogRead): readonly FileRead[] => {
	if (chunks.length === 0) return known;
	const told = new Set(chunks.map(({inode}) => inode));
	return [
		...known.filter(({inode}) => !told.has(inode)).slice(-16),
		...chunks.map(({inode, from, bytes}) => ({inode, offset: from + bytes.length})),
	];
};

/** Where it is noted on a host how long the logs were when a run swapped. */
export const logEndsOf = ({directory, run}: Pick<HostState, 'directory' | 'run'>): string =>
	`${directory}/jobs/${run}/logs-at-swap`;

/**
 * Notes where logs end, so that what comes behind it is known to be new: `known: {notedIn}` reads on from there. Fails no
 * run.
 */
export const noteLogs = (file: string, paths: readonly string[]): Command =>
	program('note where the logs end', [logPath, noteLogsText], [file, ...paths]);
