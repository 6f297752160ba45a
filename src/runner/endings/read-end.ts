import {posix} from 'node:path';
import {renderCommand} from '../../commands/shell.ts';
import {maskSecrets} from '../../domain/logs/mask.ts';
import {parseServiceStates, type EndHealth, type EndState, type ServiceState} from '../../domain/runs/run-end.ts';
import {sanitise} from '../jobs/job-output.ts';
import type {RunBook} from '../run-book.ts';
import type {RunContext} from '../run-context.ts';
import {readLive} from './read-live.ts';

const answerTimeoutMs = 5000;
const servicesTimeoutMs = 30_000;
const longestAnswer = 200;

/** By the name of the release, which is unique: what the host prints is resolved, and a parent may be a symlink. */
export const isSame = (live: string | undefined, release: string): boolean =>
	live !== undefined && posix.basename(live) === posix.basename(release);

/**
 * What is so on the host and for users now: to be asked behind the last thing a run does. Throws when the link is gone for
 * good.
 */
export const readEnd = async (context: RunContext, book: RunBook): Promise<EndState> => {
	const [live, health] = [await readLive(context), await readHealth(context)];
	const services = book.isPastSwap ? await readServices(context) : undefined;
	return {...placeIn(context.pipeline, book, live), health, ...(services ? {services} : {})};
};

/** What is live, as the host has just said it, against what the run found and what it would have made live. */
export const placeIn = (
	{words, record}: Pick<RunContext['pipeline'], 'record' | 'words'>,
	book: RunBook,
	live: string | undefined,
): Pick<EndState, 'is' | 'live'> => {
	const {found} = book;
	if (live === undefined) return {is: 'unknown'};
	const isNew = isSame(live, book.liveAfterSwap());
	// What such a run changes is a file: the release stays what it was.
	if (words) return {is: isNew ? 'new' : 'before', ...(found === undefined ? {} : {live: found})};
	const isRelease = record.kind === 'adopt' ? isNew : record.kind !== 'adopt-undo' || !isNew;
	const name = isRelease ? {live: posix.basename(live)} : {};
	if (isNew) return {is: 'new', ...name};
	return {is: found === undefined || isSame(live, found) ? 'before' : 'other', ...name};
};

/** One request, as users make it. Never throws. */
export const readHealth = async ({pipeline, probe, signal}: RunContext): Promise<EndHealth> => {
	const {seen} = pipeline;
	if (!seen) return {state: 'not-asked', answer: 'the run knows no address'};
	if (signal.aborted) return {state: 'not-asked', answer: 'the cockpit was left'};
	try {
		const {outcome} = await probe.get(seen.url, {timeoutMs: answerTimeoutMs, signal});
		if ('status' in outcome)
			return {state: outcome.status === seen.status ? 'good' : 'bad', answer: String(outcome.status)};
		if (signal.aborted) return {state: 'not-asked', answer: 'the cockpit was left'};
		return {state: 'bad', answer: oneLine(outcome.error)};
	} catch (error) {
		return {state: 'not-asked', answer: oneLine(error instanceof Error ? error.message : String(error))};
	}
};

const oneLine = (text: string): string =>
	maskSecrets(sanitise(text.replaceAll(/\s+/g, ' '))).text.slice(0, longestAnswer);

/** What of the app runs. A host that does not say leaves it out: the run ends all the same. */
const readServices = async ({pipeline, session, signal}: RunContext): Promise<readonly ServiceState[] | undefined> => {
	const {readServices: commands = []} = pipeline;
	if (commands.length === 0) return undefined;
	const said: ServiceState[] = [];
	for (const command of commands) {
		try {
			const options = {lane: 'run', timeoutMs: servicesTimeoutMs, signal} as const;
			said.push(...parseServiceStates(sanitised((await session.exec(renderCommand(command), options)).stdout)));
		} catch {
			return said.length === 0 ? undefined : said;
		}
	}
	return said.length === 0 ? undefined : said;
};

const sanitised = (text: string): string => text.split('\n').map(sanitise).join('\n');
