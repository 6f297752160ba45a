import {longestLine as mostHeld} from '../long-line.ts';
import {sanitise} from '../sanitise.ts';
import type {LogEntry, LogLevel, LogSource} from './log.ts';
import {maskSecrets} from './mask.ts';
import {originOf, parseLine, zoneBetween, type LogZones} from './parse-line.ts';
import {signatureOf} from './signature.ts';

/** Longer texts and traces are cut: a log may hold a whole page of HTML in one line. */
const longestText = 2000;
const longestLine = 10_000;
const longestTrace = 200;

/** What a formatter writes around a trace. */
const isFrame = (line: string): boolean => line === '' || line === '[stacktrace]' || line === '"}' || line === '"} ';

/** Where a private key begins whose end is on a line of its own. */
const beginsKey = (text: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/.test(text);
const endsKey = (text: string): boolean => /-----END [A-Z ]*PRIVATE KEY-----/.test(text);

/** A line within a private key, or its end. */
const isOfKey = (text: string): boolean =>
	endsKey(text) || /^\s*(?:[\w+/=]*|(?:Proc-Type|DEK-Info): .*)\s*$/.test(text);

/** PHP writes what a function was called with, which may be a password. */
const withoutArguments = (line: string): string =>
	line.replace(/^(#\d+ (?:\[internal function\]|.*?\(\d+\)): [^(]*)\(.+\)$/, '$1(...)');

type Open = {
	readonly at: number;
	readonly isTimed: boolean;
	readonly level: LogLevel;
	readonly text: string;
	readonly trace: string[];
	more: number;
	masked: number;
};

const clean = (line: string): string =>
	/[^ -~\u00A1-\u061B\u0620-\u1FFF\u3000-\uFFFD]/.test(line) ? sanitise(line) : line;

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}...` : text);

/** What is known of lines beside what they say. */
export type AboutLines = {
	/** Minutes by which the host's own zone is ahead of UTC. */
	readonly zoneMinutes: number;
	/** Epoch milliseconds by the host: when the file of these lines was changed last, where they reach up to its end. */
	readonly changedAt?: number;
	/** Epoch milliseconds by the host: the time of a line that says none, as long as none before it did. */
	readonly now: number;
};

/** Makes entries of the lines of one log. */
export type EntryReader = {
	/** Finds the zone of the app, as long as it is not known: `lines` are the last ones of a file changed at `changedAt`. */
	readonly learnZone: (lines: readonly string[], changedAt: number) => void;
	/** Entries that are complete: the last one is held back, because lines that follow may belong to it. */
	readonly read: (lines: readonly string[], about: AboutLines) => readonly LogEntry[];
	/** The one that was held back: nothing more is there for now. */
	readonly flush: () => readonly LogEntry[];
};

/** A reader that remembers what the lines before were. Lines come without their ends, and not one is taken for another. */
export const createEntryReader = ({id, kind}: Pick<LogSource, 'id' | 'kind'>): EntryReader => {
	let open: Open | undefined;
	let lastAt: number | undefined;
	let lastLevel: LogLevel = 'info';
	let appZone: number | undefined;
	let isInKey = false;

	/** Laravel writes times in a zone of its own, and not which; UTC until a file tells another one. */
	const learnZone: EntryReader['learnZone'] = (lines, changedAt) => {
		if (appZone !== undefined || kind !== 'laravel') return;
		for (const line of lines.toReversed()) {
			const wall = parseLine(kind, line, {app: 0, host: 0}).at;
			if (wall === undefined) continue;
			appZone = zoneBetween(wall, changedAt);
			break;
		}
	};

	const close = (into: LogEntry[]): void => {
		if (!open) return;
		const {more, trace, ...entry} = open;
		const isBad = entry.level === 'warn' || entry.level === 'error';
		into.push({
			source: id,
			...entry,
			trace: more > 0 ? [...trace, `and ${more} more lines`] : trace,
			...(isBad ? {signature: signatureOf(entry.text)} : {}),
		});
		open = undefined;
	};

	const begin = (line: string, said: {at?: number; level: LogLevel; text: string}, now: number): void => {
		const {text, count} = maskSecrets(cut(said.text));
		const origin = kind === 'laravel' ? originOf(line) : '';
		lastAt = said.at ?? lastAt;
		lastLevel = said.level;
		open = {
			at: lastAt ?? now,
			isTimed: said.at !== undefined,
			level: said.level,
			text,
			trace: origin === '' ? [] : [origin],
			more: 0,
			masked: count,
		};
	};

	const goOn = (into: Open, line: string): void => {
		if (isFrame(line)) return;
		if (into.trace.length >= longestTrace) {
			into.more += 1;
			return;
		}
		const {text, count} = maskSecrets(cut(withoutArguments(line)));
		into.trace.push(text);
		into.masked += count;
	};

	const read: EntryReader['read'] = (lines, about) => {
		const entries: LogEntry[] = [];
		const {now, zoneMinutes, changedAt} = about;
		if (changedAt !== undefined) learnZone(lines, changedAt);
		const zones: LogZones = {app: appZone ?? 0, host: zoneMinutes};
		for (const raw of lines) {
			const line = clean(raw.slice(0, longestLine));
			const {level, text, at} = parseLine(kind, line, zones);
			// What begins a key is masked; the lines of the key itself say nothing to anybody.
			if (isInKey && isOfKey(text)) {
				isInKey = !endsKey(text);
				continue;
			}
			isInKey = beginsKey(text);
			if (level !== undefined) {
				close(entries);
				begin(line, {level, text, ...(at === undefined ? {} : {at})}, now);
			} else if (open) goOn(open, text);
			// What belongs to an entry that was told before stands for itself.
			else if (!isFrame(text)) begin(line, {level: lastLevel, text}, now);
		}
		return entries;
	};

	return {
		learnZone,
		read,
		flush: () => {
			const entries: LogEntry[] = [];
			close(entries);
			return entries;
		},
	};
};

/**
 * Bytes of a log to its lines; the last one, as long as it has no end, is kept for the next bytes, and of what is longer than
 * any line its beginning.
 */
export const createLineSplitter = () => {
	const decoder = new TextDecoder();
	let rest = '';
	return {
		feed: (bytes: Uint8Array): readonly string[] => {
			const lines = (rest + decoder.decode(bytes, {stream: true})).split('\n');
			rest = (lines.pop() ?? '').slice(0, mostHeld);
			return lines;
		},
		/** A last line without an end: the file was renamed, or nobody reads on. */
		finish: (): readonly string[] => {
			const line = rest + decoder.decode();
			rest = '';
			return line === '' ? [] : [line];
		},
		get hasRest(): boolean {
			return rest !== '';
		},
	};
};
