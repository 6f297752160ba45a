import {posix} from 'node:path';
import {parseOwnWords, type OwnWords} from '../../commands/logs/own-words.ts';
import type {LogRead} from '../../commands/logs/read-logs.ts';
import {renderCommand} from '../../commands/shell.ts';
import {targetOf} from '../../domain/environments/environment.ts';
import {hasCode, type DeployError} from '../../domain/errors.ts';
import {createEntryReader, createLineSplitter} from '../../domain/logs/entries.ts';
import type {LogEntry, LogSource} from '../../domain/logs/log.ts';
import {entryWords, topOfTrace, unitWords} from '../../domain/logs/words.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunContext} from '../run-context.ts';

const traceLines = 3;
const unitLines = 5;

/**
 * How far a run had come. `swapping`: the swap had begun, and live did not change. `before`: what the log says since then may
 * be of live alone, so that only what names the release being prepared counts.
 */
export type Stage = 'before' | 'swapping' | 'swapped';

/**
 * Puts what the app says itself behind why a run failed, unasked: the last error in its log, where it came from, and the
 * path of the log on a line of its own. Asked once; a host that does not answer leaves the error as it is.
 */
export const withOwnWords = async (context: RunContext, error: DeployError, stage: Stage): Promise<DeployError> => {
	const {pipeline, session, signal} = context;
	const {ownWords} = pipeline;
	if (!ownWords || !hasCode(error, 'step-failed', 'job-lost', 'timeout', 'remote-signal')) return error;
	const {sources} = ownWords;
	const command = stage === 'before' ? ownWords.before : ownWords.command;
	// Nothing of it has run on this host yet.
	if (sources.length === 0 && stage === 'before') return error;
	let answer: OwnWords;
	try {
		const {stdout} = await session.exec(renderCommand(command), {lane: 'run', timeoutMs: 15_000, signal});
		answer = parseOwnWords(stdout, sources.length);
	} catch {
		return error;
	}
	const words = [...systemWords(answer), ...logWords(pipeline, sources, answer, stage)];
	return words.length === 0 ? error : error.with({why: [error.why, ...words].join('\n')});
};

const systemWords = ({units}: OwnWords): readonly string[] =>
	[...Map.groupBy(units, ({unit}) => unit)].flatMap(([unit, said]) => [
		...unitWords(
			said.map(({line}) => line),
			unitLines,
		),
		`Its log: journalctl -u ${unit}`,
	]);

/** The first log that tells of an error since the swap; where none does, that the app's own does not. */
const logWords = (
	pipeline: Pipeline,
	sources: readonly LogSource[],
	{logs, units, time, zoneMinutes}: OwnWords,
	stage: Stage,
): readonly string[] => {
	const read = sources.flatMap((source, at) => {
		const log = logs[at];
		// Where it ended at the swap is not known: what stands there may be of any day.
		if (!log || log.isUnnoted || log.fault !== undefined) return [];
		return [{source, log, entries: entriesOf(source, log, {time, zoneMinutes})}];
	});
	const counts = (entry: LogEntry): boolean => isError(entry) && (stage !== 'before' || names(entry, pipeline));
	const down = new Set(units.map(({unit}) => unit));
	// Whatever else is wrong, what does not run comes first.
	const ordered = read.toSorted(
		(one, other) => Number(down.has(other.source.title)) - Number(down.has(one.source.title)),
	);
	const telling = ordered.find(({entries}) => entries.some(counts));
	if (telling) return errorWords(pipeline, telling.log, telling.entries.filter(counts), stage);
	if (stage !== 'swapped') return [];
	const [own] = read;
	const path = own?.log.chunks.at(-1)?.path;
	return path === undefined ? [] : ['Its log has no error since the swap:', path];
};

/** Of a release nobody else runs: its directory has its name alone. */
const names = ({text, trace}: LogEntry, {liveAfterSwap}: Pipeline): boolean =>
	[text, ...trace].some(line => line.includes(`${liveAfterSwap}/`));

const isError = ({level}: LogEntry): boolean => level === 'error';

const entriesOf = (
	source: LogSource,
	{chunks}: LogRead,
	{time, zoneMinutes}: {readonly time: number; readonly zoneMinutes: number},
): readonly LogEntry[] => {
	const reader = createEntryReader(source);
	return chunks.flatMap(({bytes, skipped, changedAt}) => {
		const splitter = createLineSplitter();
		const lines = [...splitter.feed(bytes), ...splitter.finish()].slice(skipped > 0 ? 1 : 0);
		return [...reader.read(lines, {zoneMinutes, changedAt, now: time}), ...reader.flush()];
	});
};

/** The last error, with the top of its trace, how often it was there before, and where to read on. */
const errorWords = (
	pipeline: Pipeline,
	{chunks}: LogRead,
	errors: readonly LogEntry[],
	stage: Stage,
): readonly string[] => {
	const last = errors.at(-1);
	const path = chunks.findLast(({bytes}) => bytes.length > 0)?.path ?? '';
	if (!last) return [];
	const same = errors.filter(({signature}) => signature === last.signature).length - 1;
	const isMore = chunks.some(({skipped}) => skipped > 0);
	const plain = inRelease(pipeline);
	const trace = topOfTrace(last.trace.map(plain), traceLines);
	const more = [
		...(last.trace.length > trace.length ? [`${last.trace.length - trace.length} more lines of trace`] : []),
		...(same > 0 ? [`same error ${same} ${same === 1 ? 'time' : 'times'}${isMore ? ' or more' : ''} above`] : []),
	];
	const {timeZone} = pipeline.environment;
	return [
		`${posix.basename(path)} says ${stage === 'before' ? 'of this release' : 'since the swap'}:`,
		entryWords(last, {timeZone, plain}),
		...trace,
		...(more.length > 0 ? [`  ${more.join(', ')}`] : []),
		path,
	];
};

/** Paths as people have them in their sources: without the directory of the release. */
const inRelease = ({liveAfterSwap, environment, app}: Pipeline): ((line: string) => string) => {
	const live = targetOf(environment, app)?.path;
	const roots = [liveAfterSwap, ...(live === undefined ? [] : [live])];
	return line => roots.reduce((text, root) => text.replaceAll(`${root}/`, ''), line);
};
