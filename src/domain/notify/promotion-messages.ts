import {shortCommit} from '../build.ts';
import type {AppName, Environment} from '../environments/environment.ts';
import {clockTime, moment} from '../format.ts';
import type {Message} from './message.ts';

type Place = Pick<Environment, 'name' | 'title' | 'timeZone'>;

/** A build that is on its way, and since which entry it soaks. */
type OnItsWay = {readonly app: AppName; readonly commit: string; readonly seq: number};

/** A build has soaked: once for each time it was made live there. */
export const soakMessage = ({app, commit, seq}: OnItsWay, from: Place, to: Place): Message => ({
	event: 'soak-complete',
	environment: from.name,
	app,
	title: `${app} ${shortCommit(commit)} has soaked on ${from.title}`,
	lines: [`What is still asked for: cockpit gate ${app} --env ${to.name}`],
	key: `soak-complete ${from.name} ${app} ${seq}`,
});

/** A build that could go, and the title of where it is. */
export type Waiting = {readonly app: AppName; readonly commit: string; readonly from: string};

/** The hours have begun in which a deploy may start: once for each of them. `waiting`: what could go, where that is known. */
export const windowMessage = (to: Place, until: number, waiting: readonly Waiting[] = []): Message => ({
	event: 'window-open',
	environment: to.name,
	title: `The window of ${to.title} is open until ${clockTime(until, to.timeZone)}`,
	lines: [
		...waiting.map(({app, commit, from}) => `Waits on ${from}: ${app} ${shortCommit(commit)}`),
		`May it go: cockpit gate ${waiting[0]?.app ?? 'backend'} --env ${to.name}`,
	],
	key: `window-open ${to.name} ${until}`,
});

/** Nothing stands in the way any more: once for each build and window. */
export const gatesMessage = (
	{app, commit, seq}: OnItsWay,
	from: Place,
	to: Place,
	until: number | undefined,
): Message => ({
	event: 'gates-met',
	environment: to.name,
	app,
	title: `GO: ${app} ${shortCommit(commit)} may go from ${from.title} to ${to.title}`,
	lines: [
		...(until === undefined ? [] : [`The window closes ${moment(until, to.timeZone)}.`]),
		`cockpit deploy ${app} --env ${to.name}`,
	],
	key: `gates-met ${to.name} ${app} ${seq} ${until ?? ''}`,
});
