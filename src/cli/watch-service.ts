import {dirname, resolve} from 'node:path';
import {serveWatch} from '../app/watch/serve-watch.ts';
import type {WatchUpdate} from '../app/watch/keep-watch.ts';
import {quote} from '../commands/shell.ts';
import type {Environment} from '../domain/environments/environment.ts';
import {exitCodes} from '../domain/errors.ts';
import {clockTime} from '../domain/format.ts';
import {badProbes, looksBad} from '../domain/watch/observe.ts';
import {endOf} from './follow-watch.ts';
import {printError} from './print-error.ts';
import {printJson} from './print-json.ts';
import {createWatchPrinter} from './watch-printer.ts';
import {paint} from './terminal.ts';
import type {Place} from './verb.ts';

/** Prints when an environment stops being healthy, and when it is again. */
const createHealthPrinter = ({terminal, environment}: Place, json: boolean) => {
	let last: string | undefined;
	return ({round}: WatchUpdate): boolean => {
		const bad = looksBad(round.readings);
		const text = bad.join('; ');
		// What each of them says changes with every look: which they are is the news.
		const ids = bad.length === 0 ? '' : badProbes(round.readings).join(' ') || 'not known';
		if (ids !== last) {
			const isHealthy = bad.length === 0;
			if (json)
				printJson(terminal, {
					type: 'watch.health',
					at: new Date(round.at).toISOString(),
					environment: environment.name,
					isHealthy,
					bad,
				});
			else
				terminal.out(
					`${paint(terminal, 'muted', clockTime(round.at, environment.timeZone))}  ${isHealthy ? paint(terminal, 'success', '● healthy') : paint(terminal, 'danger', `✗ ${text}`)}\n`,
				);
		}
		last = ids;
		return bad.length === 0;
	};
};

/**
 * Of one look: 7 where something is bad that was named. A watch that has ended is in the ledger with its outcome, and what
 * it ended with is nothing that this look has found.
 */
export const codeOfLook = (
	{reports}: Pick<WatchUpdate, 'reports'>,
	{isHealthy}: {readonly isHealthy: boolean},
): number =>
	isHealthy && reports.every(({watch, isBad}) => !isBad || watch.ended !== undefined) ? 0 : exitCodes['checked-bad'];

/**
 * Looks at an environment until it is told to stop, or `once`. Answers with an exit code: of a single look 7 where
 * something was bad or nothing could be known, of a service that was asked to end 0.
 */
export const runWatchService = async (
	place: Place,
	{
		everyMs,
		once,
		json,
		onLook,
	}: {
		readonly everyMs: number;
		readonly once: boolean;
		readonly json: boolean;
		/** What else is kept fresh behind each look. */
		readonly onLook?: (() => Promise<void>) | undefined;
	},
): Promise<number> => {
	const {terminal, cockpit, services, environment} = place;
	const printer = createWatchPrinter(terminal, environment, json);
	const printHealth = createHealthPrinter(place, json);
	/** Of each watch that was on while this looked, whether its end was told. */
	const followed = new Map<string, boolean>();
	const printWatches = (update: WatchUpdate): void => {
		const reports = update.reports.filter(({watch}) =>
			watch.ended ? followed.get(watch.run) === false : !(followed.get(watch.run) ?? false),
		);
		printer.update({...update, reports});
		for (const report of reports) {
			const end = endOf(report, update.problem);
			followed.set(report.watch.run, end !== undefined);
			if (end) printer.close(report, end);
		}
	};
	const {promise, resolve} = Promise.withResolvers<number>();
	let found: number = exitCodes['checked-bad'];
	const served = serveWatch({
		services,
		environment,
		environments: cockpit.environments,
		checklists: cockpit.checklists,
		everyMs,
		once,
		onUpdate: update => {
			printWatches(update);
			found = codeOfLook(update, {isHealthy: printHealth(update)});
		},
		onLook: async () => {
			await onLook?.();
			if (once) resolve(found);
		},
		onFault: error => printError(terminal, error),
	});
	const stopListening = terminal.onSignal(() => resolve(once ? exitCodes.cancelled : 0));
	const code = await promise;
	stopListening();
	await served.stop();
	return code;
};

/** One word of a unit, as systemd reads it: in quotes, with nothing to be filled in. Of the program it reads `$` as it is. */
const inUnit = (word: string, index: number): string => {
	const quoted = word.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%');
	return `"${index === 0 ? quoted : quoted.replaceAll('$', '$$$$')}"`;
};

/** What runs the service from anywhere: every path in it is absolute. */
const argumentsOf = (
	{file, name}: Environment,
	more: readonly string[],
	html: string | undefined,
): readonly string[] => [
	'--config',
	resolve(dirname(dirname(file))),
	'watch',
	'--env',
	name,
	...more,
	...(html === undefined ? [] : ['--html', resolve(html)]),
];

/** A unit that systemd can run as it is. `every`: as it was typed. `html`: file of the page it keeps fresh. */
export const unitText = (
	command: readonly string[],
	environment: Environment,
	{every, html}: {readonly every: string; readonly html?: string | undefined},
): string =>
	[
		'[Unit]',
		`Description=Release Cockpit watches ${environment.name} of ${environment.project}`,
		'Wants=network-online.target',
		'After=network-online.target',
		'',
		'[Service]',
		`ExecStart=${[...command, ...argumentsOf(environment, ['--every', every], html)].map(inUnit).join(' ')}`,
		'# Whose key logs in, and whose name stands in the ledger:',
		'#User=cockpit',
		`#Environment=COCKPIT_ACTOR=${environment.name}-watch`,
		'# What messages are sent with, NAME=value a line, mode 0600:',
		`EnvironmentFile=-/etc/cockpit/${environment.project}.env`,
		'Restart=always',
		'RestartSec=30',
		'',
		'[Install]',
		'WantedBy=multi-user.target',
		'',
	].join('\n');

/** A line for a crontab. Minutes that do not divide an hour are rounded down to some that do. */
export const cronText = (
	command: readonly string[],
	environment: Environment,
	{everyMs, html}: {readonly everyMs: number; readonly html?: string | undefined},
): string => {
	const minutes = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1].find(step => step * 60_000 <= everyMs) ?? 1;
	const words = [...command, ...argumentsOf(environment, ['--every', `${minutes}m`, '--once'], html)];
	const line = words.map(quote).join(' ');
	// Cron ends a command at a percent sign.
	return `*/${minutes} * * * * ${line.replaceAll('%', String.raw`\%`)}\n`;
};
