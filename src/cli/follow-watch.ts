import {keepWatch, type WatchUpdate} from '../app/watch/keep-watch.ts';
import type {AppName, Environment} from '../domain/environments/environment.ts';
import {exitCodes} from '../domain/errors.ts';
import type {Watch} from '../domain/watch/watch.ts';
import type {WatchReport} from '../domain/watch/watch-report.ts';
import type {Cockpit} from './cli-context.ts';
import {createWatchPrinter} from './watch-printer.ts';
import type {Terminal} from './terminal.ts';

type Outcome = 'good' | 'bad' | 'unclear' | 'replaced';

/** How a watch stands that is over: as the ledger says, else as was found here. Undefined while it goes on. */
export const endOf = ({watch, now, outcome}: WatchReport, problem: string | undefined, own?: Watch) => {
	const found = outcome?.text ?? '';
	if (watch.ended) {
		const isOurs = watch.ended.outcome === outcome?.outcome;
		return {outcome: watch.ended.outcome, text: isOurs ? found : ''};
	}
	// Where nothing can be written down, its end is known here alone.
	const isAlone = watch.run === own?.run || problem !== undefined;
	return isAlone && now >= watch.endsAt && outcome ? outcome : undefined;
};

/**
 * Follows the watches that are on until each has ended, and those that take their place. Answers with an exit code: 7
 * where the last of an app was bad, or could not be judged.
 */
export const followWatch = async (
	terminal: Terminal,
	{services, checklists}: Cockpit,
	{
		environment,
		app,
		own,
		json,
	}: {
		readonly environment: Environment;
		readonly app?: AppName | undefined;
		/** A watch that no run has begun. */
		readonly own?: Watch | undefined;
		readonly json: boolean;
	},
): Promise<number> => {
	const printer = createWatchPrinter(terminal, environment, json);
	const followed = new Set<string>();
	const ended = new Map<string, {readonly app: AppName; readonly outcome: Outcome}>();
	const {promise, resolve, reject} = Promise.withResolvers<number>();
	let last: readonly WatchReport[] = [];

	const hear = (update: WatchUpdate): void => {
		const reports = update.reports.filter(
			({watch}) =>
				(app ?? watch.app) === watch.app &&
				!ended.has(watch.run) &&
				(own === undefined ? followed.has(watch.run) || !watch.ended : watch.run === own.run),
		);
		printer.update({...update, reports});
		last = reports;
		for (const report of reports) {
			const {watch} = report;
			followed.add(watch.run);
			const end = endOf(report, update.problem, own);
			if (!end) continue;
			printer.close(report, end);
			ended.set(watch.run, {app: watch.app, outcome: end.outcome});
		}
		if (followed.size > 0 && [...followed].every(run => ended.has(run))) resolve(exitCodeFor([...ended.values()]));
	};

	const kept = keepWatch({
		services,
		environment,
		checklists,
		isLooked: () => true,
		...(own ? {own} : {}),
		onUpdate: hear,
		onFault: reject,
	});
	const stopListening = terminal.onSignal(() => {
		printer.leave(last, {isOwn: own !== undefined});
		resolve(exitCodes.cancelled);
	});
	try {
		return await promise;
	} finally {
		stopListening();
		await kept.stop();
	}
};

/** Of each app the watch that ended last counts: what replaced another one is what is live. */
const exitCodeFor = (ended: readonly {readonly app: AppName; readonly outcome: Outcome}[]): number => {
	const last = new Map(ended.map(({app, outcome}) => [app, outcome]));
	return [...last.values()].some(outcome => outcome === 'bad' || outcome === 'unclear')
		? exitCodes['checked-bad']
		: 0;
};
