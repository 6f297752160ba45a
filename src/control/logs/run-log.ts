import {repeat} from '../../app/repeat.ts';
import type {AppServices} from '../../app/app-services.ts';
import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import {createEntryReader, createLineSplitter} from '../../domain/logs/entries.ts';
import type {LogSource} from '../../domain/logs/log.ts';
import {runLogId} from '../../store/logs/logs.ts';
import type {PlanView} from '../../store/runs/run.ts';

/** What is read of the log of a run at most, from its end. */
const tailBytes = 128 * 1024;
const pauseMs = 1000;

/** The log of a run, as it lies on this machine. */
export const runLogOf = ({logPath}: PlanView): LogSource => ({
	id: runLogId,
	host: 'this machine',
	kind: 'plain',
	title: 'this run',
	path: logPath,
});

/** An end that may begin within a line, from its first whole line on. */
const wholeLines = (text: string): string =>
	Buffer.byteLength(text) < tailBytes ? text : text.slice(text.indexOf('\n') + 1);

/** What a text has that the one before had not; both are ends of the same file. */
const added = (before: string, now: string): string => {
	if (before === '') return wholeLines(now);
	if (now.startsWith(before)) return now.slice(before.length);
	const last = before.slice(-4096);
	const at = now.lastIndexOf(last);
	return at < 0 ? wholeLines(now) : now.slice(at + last.length);
};

/** How far the log of a run was read, for whoever reads on later. */
export const createRunLogPlace = () => ({
	reader: createEntryReader({id: runLogId, kind: 'plain'}),
	splitter: createLineSplitter(),
	/** Its end, as last read. */
	text: '',
});
type RunLogPlace = ReturnType<typeof createRunLogPlace>;

/** Reads the log of a run on, once a second as long as somebody looks; times are told by the clock of its host. */
export const followRunLog = async (
	{runs, clock}: Pick<AppServices, 'runs' | 'clock'>,
	id: {readonly project: string; readonly environment: string; readonly run: string},
	{clockAheadMs = 0}: Pick<PlanView, 'clockAheadMs'>,
	options: {
		readonly signal: AbortSignal;
		readonly onEntries: (entries: readonly FollowedEntry[]) => void;
		/** Whether there is one. */
		readonly onLook: (isThere: boolean) => void;
		/** Where it was left the last time; absent: it begins with its end. */
		readonly place?: RunLogPlace;
	},
): Promise<void> => {
	const {signal, onEntries, onLook, place = createRunLogPlace()} = options;
	const {reader, splitter} = place;
	const following = repeat(clock, async () => {
		const log = runs.log(id);
		const now = log?.tail(tailBytes) ?? '';
		if (now === place.text && now !== '') return pauseMs;
		const lines = splitter.feed(Buffer.from(added(place.text, now)));
		place.text = now;
		onLook(log !== undefined);
		const about = {zoneMinutes: 0, changedAt: clock.now(), now: clock.now()};
		const entries = [...reader.read(lines, about), ...reader.flush()];
		if (entries.length > 0)
			onEntries(
				entries.map(entry => ({...entry, at: entry.at + clockAheadMs, isSinceSwap: false, isNew: false})),
			);
		return pauseMs;
	});
	signal.addEventListener('abort', () => void following.stop(), {once: true});
	if (signal.aborted) await following.stop();
	await following.ended;
};
