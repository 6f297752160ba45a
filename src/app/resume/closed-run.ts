import {readLiveLink} from '../../commands/releases/swap.ts';
import {releaseLayout} from '../../commands/release-layout.ts';
import {targetOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {moment} from '../../domain/format.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {answerTo} from '../known.ts';
import {tellLedger} from '../ledger/ledger-lines.ts';

/** How a run ended that there is nothing left of to drive on. What could not be found out is absent. */
export type ClosedRun = {
	readonly run: string;
	readonly environment: string;
	/** `done`, `failed`, `abandoned`: as its host keeps it. */
	readonly outcome: string;
	/** Server time, ISO 8601 UTC. */
	readonly at?: string;
	readonly by?: string;
	/** What the ledger says of it: `deployed backend 7f3a9c2`. */
	readonly told?: string;
	/** Name of what is live now, of the app the run was about. */
	readonly live?: string;
};

/** Asks the ledger how a run ended, and the host what is live. Never throws for what does not answer. */
export const describeClosed = async (
	services: Pick<AppServices, 'ledgers' | 'sessions'>,
	environment: Environment,
	{run, outcome}: {readonly run: string; readonly outcome: string},
): Promise<ClosedRun> => {
	const read = await answerTo(() => services.ledgers.read(environment));
	const entries = 'value' in read ? read.value.entries : [];
	const line = tellLedger(environment.name, entries).findLast(one => one.run === run && one.kind === 'run');
	// A run is named after its app: its ledger may not answer.
	const app = line?.apps[0] ?? (/-(backend|frontend)-/.exec(run)?.[1] as AppName | undefined);
	const live = app && (await readLiveName(services, environment, app));
	return cleanText({
		run,
		environment: environment.name,
		outcome,
		...(line ? {at: new Date(line.entry.at).toISOString(), by: line.who, told: line.text} : {}),
		...(live === undefined ? {} : {live: `${app} ${live}`}),
	});
};

const readLiveName = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
): Promise<string | undefined> => {
	const target = targetOf(environment, app);
	if (!target) return undefined;
	const answer = await answerTo(() => execOn(services, environment, readLiveLink(releaseLayout(target))));
	const path = 'value' in answer && answer.value.code === 0 ? answer.value.stdout.trim() : '';
	return path === '' ? undefined : path.slice(path.lastIndexOf('/') + 1);
};

/** `Run R ended: done. deployed backend 7f3a9c2, by Ravi, 10 Feb 11:23 IST. Live is backend 20260210T055341Z-7f3a9c2.` */
export const closedText = (
	{run, outcome, at, by, told, live}: ClosedRun,
	{timeZone}: Pick<Environment, 'timeZone'>,
): string =>
	[
		`Run ${run} ended: ${outcome}.`,
		...(told === undefined || at === undefined
			? ['When, and by whom, its ledger did not say.']
			: [`It ${told}, by ${by}, ${moment(Date.parse(at), timeZone)}.`]),
		live === undefined ? 'What is live now the host did not say.' : `Live is ${live}.`,
	].join(' ');
