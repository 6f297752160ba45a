import {appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {results} from '../../domain/checklist/sign-off.ts';
import type {LateSignOff, SignOffOutbox} from '../../domain/ports.ts';

const keptMs = 30 * 86_400_000;

type Line = {readonly late: LateSignOff} | {readonly gone: string};

const isLate = (value: unknown): value is LateSignOff => {
	const {id, item, result, entry} = (value ?? {}) as Partial<Record<keyof LateSignOff, unknown>>;
	return (
		typeof id === 'string' &&
		typeof item === 'string' &&
		results.some(one => one === result) &&
		typeof entry === 'object' &&
		entry !== null
	);
};

/** A line that is torn or that nobody knows is left alone: the others still count. */
const lineIn = (text: string): Line | undefined => {
	try {
		const {late, gone} = JSON.parse(text) as {readonly late?: unknown; readonly gone?: unknown};
		if (typeof gone === 'string') return {gone};
		return isLate(late) ? {late} : undefined;
	} catch {
		return undefined;
	}
};

const linesOf = (path: string): readonly Line[] => {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch {
		return [];
	}
	return text.split('\n').flatMap(line => (line === '' ? [] : (lineIn(line) ?? [])));
};

/** One whole line at the end: what another cockpit of the same person writes meanwhile stays. */
const append = (path: string, line: Line): void => {
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	const file = openSync(path, 'a', 0o600);
	try {
		appendFileSync(file, `\n${JSON.stringify(line)}\n`);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
};

const removeOld = (path: string): void => {
	try {
		if (Date.now() - statSync(path).mtimeMs > keptMs) rmSync(path, {force: true});
	} catch {
		// Another time: nothing in it waits.
	}
};

/**
 * Sign-offs of silent hosts below `<state home>/cockpit/<project>/<environment>/outbox.jsonl`, readable by their writer
 * alone. It only grows, and goes when all of it was sent and nobody touched it for 30 days. Source: design, "State".
 */
export const createSignOffOutbox = (stateHome: string): SignOffOutbox => {
	const place = ({project, environment}: {readonly project: string; readonly environment: string}): string =>
		join(stateHome, 'cockpit', project, environment, 'outbox.jsonl');
	return {
		list: id => {
			const lines = linesOf(place(id));
			const gone = new Set(lines.flatMap(line => ('gone' in line ? [line.gone] : [])));
			const waiting = lines.flatMap(line => ('late' in line && !gone.has(line.late.id) ? [line.late] : []));
			if (lines.length > 0 && waiting.length === 0) removeOld(place(id));
			return waiting;
		},
		add: (id, late) => append(place(id), {late}),
		remove: (id, late) => append(place(id), {gone: late}),
	};
};
