import {
	closeSync,
	constants,
	existsSync,
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

/** Kept in the readable log only: they announce nothing, and there are many. */
const isTransient = ({type}: RunEvent): boolean =>
	type === 'step.output' || type === 'step.progress' || type === 'health.sampled';

const openMirror = (path: string): Mirror & {close(): void} => {
	// Written at its offset and not at the end: a second driver of the run would write the same bytes to the same place.
	const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
	let size = fstatSync(file).size;
	return {
		get sizeBytes() {
			return size;
		},
		append: chunk => {
			writeSync(file, chunk, 0, chunk.length, size);
			size += chunk.length;
		},
		tail: maxBytes => {
			const buffer = Buffer.alloc(Math.min(size, maxBytes));
			readSync(file, buffer, 0, buffer.length, size - buffer.length);
			return buffer.toString('utf8');
		},
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

/**
 * Opens the journal of a run in `directory`, making it (mode 0700) when it is new. Events are synced before `append`
 * returns: an effect is never ahead of its announcement. Throws the file system's error when it can't write.
 */
export const openJournal = (directory: string): Journal => {
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const logPath = join(directory, 'run.log');
	const events = openSync(join(directory, 'journal.jsonl'), 'a', 0o600);
	const log = openSync(logPath, 'a', 0o600);
	const mirrors = new Map<string, ReturnType<typeof openMirror>>();
	return {
		directory,
		logPath,
		append: event => {
			const lines = readable(event);
			if (lines.length > 0) writeSync(log, `${lines.join('\n')}\n`);
			if (isTransient(event)) return;
			writeSync(events, `${JSON.stringify(event)}\n`);
			fsyncSync(events);
		},
		mirror: job => {
			const open = mirrors.get(job) ?? openMirror(join(directory, `${job}.out`));
			mirrors.set(job, open);
			return open;
		},
		close: () => {
			for (const file of [events, log]) closeSync(file);
			for (const mirror of mirrors.values()) mirror.close();
		},
	};
};

/** The events of a journal, oldest first; a line torn by a crash is left out. Empty when there is no journal. */
export const readJournal = (directory: string): readonly RunEvent[] => {
	const path = join(directory, 'journal.jsonl');
	if (!existsSync(path)) return [];
	return readFileSync(path, 'utf8')
		.split('\n')
		.flatMap(line => {
			try {
				return [JSON.parse(line) as RunEvent];
			} catch {
				return [];
			}
		});
};
