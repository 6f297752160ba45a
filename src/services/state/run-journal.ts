import {
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	readSync,
	writeSync,
} from 'node:fs';
import {join} from 'node:path';
import type {RunEvent} from '../../domain/runs/events.ts';
import type {Journal, Mirror} from '../../domain/ports.ts';
import {memoryMirror} from '../../domain/runs/memory-mirror.ts';
import {whyNotWritten} from './not-written.ts';

/** Of the file with a run's events. */
export const journalName = 'journal.jsonl';

/** What a mirror that goes on in memory knows of its file. */
const keptInMemory = 64 * 1024;

const newline = 10;

/** Kept in the readable log only: they announce nothing, and there are many. */
const isTransient = ({type}: RunEvent): boolean =>
	type === 'step.output' || type === 'step.progress' || type === 'health.sampled';

/** Every byte, or throws: a disk that fills up takes a part of it. */
const writeAll = (file: number, bytes: Uint8Array, at: number | null): void => {
	for (let done = 0; done < bytes.length;)
		done += writeSync(file, bytes, done, bytes.length - done, at === null ? null : at + done);
};

/** The mirror in a file; one that can't be written goes on in memory, from where the file ends. */
const openMirror = (path: string, onLost: (error: unknown) => void): Mirror & {close(): void} => {
	// Written at its offset and not at the end: a second driver of the run would write the same bytes to the same place.
	const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
	let size = fstatSync(file).size;
	const endOf = (maxBytes: number): Buffer => {
		const buffer = Buffer.alloc(Math.min(size, maxBytes));
		return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, size - buffer.length));
	};
	let beyond: Mirror | undefined;
	return {
		get sizeBytes() {
			return beyond?.sizeBytes ?? size;
		},
		append: chunk => {
			if (beyond) return beyond.append(chunk);
			try {
				writeAll(file, chunk, size);
				size += chunk.length;
			} catch (error) {
				beyond = memoryMirror({sizeBytes: size, end: endOf(keptInMemory)});
				beyond.append(chunk);
				onLost(error);
			}
		},
		tail: maxBytes => beyond?.tail(maxBytes) ?? endOf(maxBytes).toString('utf8'),
		close: () => closeSync(file),
	};
};

const readable = (event: RunEvent): string[] => {
	const time = new Date(event.at).toISOString();
	if (event.type === 'step.output')
		return event.lines.map(line => `${time} ${event.step} | ${event.command}: ${line}`);
	if (event.type === 'step.progress') return [];
	const {at: _, type, ...data} = event;
	return [`${time} ${type} ${JSON.stringify(data)}`];
};

/** Opens a file to add lines to. A line that a full disk or a crash has torn ends here: the next one is whole. */
const openLines = (path: string): number => {
	const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
	const {size} = fstatSync(file);
	const last = Buffer.alloc(1);
	if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== newline)
		writeAll(file, Buffer.of(newline), null);
	return file;
};

type Files = {readonly events: number; readonly log: number};

/**
 * Opens the journal of a run in `directory`, making it (mode 0700) when it is new. Events are synced before `append`
 * returns: an effect is never ahead of its announcement. Never throws: from the first write that does not work on, `lost`
 * says why, nothing more is written, and what jobs print is held in memory.
 */
export const openJournal = (directory: string): Journal => {
	const logPath = join(directory, 'run.log');
	const mirrors = new Map<string, Mirror & {close?(): void}>();
	let lost: string | undefined;
	const lose = (error: unknown): void => void (lost ??= whyNotWritten(error, directory));
	/** What `work` answers with; undefined once something did not work. */
	const tried = <Value>(work: () => Value): Value | undefined => {
		if (lost !== undefined) return undefined;
		try {
			return work();
		} catch (error) {
			lose(error);
			return undefined;
		}
	};
	const files = tried((): Files => {
		mkdirSync(directory, {recursive: true, mode: 0o700});
		const events = openLines(join(directory, journalName));
		try {
			return {events, log: openLines(logPath)};
		} catch (error) {
			closeSync(events);
			throw error;
		}
	});
	return {
		directory,
		logPath: files ? logPath : '',
		get lost() {
			return lost;
		},
		append: event => {
			tried(() => {
				if (!files) return;
				const lines = readable(event);
				if (lines.length > 0) writeAll(files.log, Buffer.from(`${lines.join('\n')}\n`), null);
				if (isTransient(event)) return;
				writeAll(files.events, Buffer.from(`${JSON.stringify(event)}\n`), null);
				fsyncSync(files.events);
			});
		},
		mirror: job => {
			const open =
				mirrors.get(job) ?? tried(() => openMirror(join(directory, `${job}.out`), lose)) ?? memoryMirror();
			mirrors.set(job, open);
			return open;
		},
		close: () => {
			for (const file of files ? [files.events, files.log] : []) closeSync(file);
			for (const mirror of mirrors.values()) mirror.close?.();
		},
	};
};

const textOf = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};

/** The events of a journal, oldest first; a line torn by a crash is left out. Empty when none can be read. */
export const readJournal = (directory: string): readonly RunEvent[] => eventsIn(textOf(join(directory, journalName)));

/** The events in lines of a journal; what is no whole line is left out. */
export const eventsIn = (text: string): readonly RunEvent[] =>
	text.split('\n').flatMap(line => {
		try {
			return [JSON.parse(line) as RunEvent];
		} catch {
			return [];
		}
	});
