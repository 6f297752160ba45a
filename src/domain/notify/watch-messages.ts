import type {Environment} from '../environments/environment.ts';
import {clockSecond, clockTime} from '../format.ts';
import type {Trigger, Watch} from '../watch/watch.ts';
import type {Message} from './message.ts';

type Place = Pick<Environment, 'name' | 'title' | 'timeZone'>;

const buildOf = ({app, commit, release}: Watch): string => `${app} ${commit?.slice(0, 7) ?? release ?? ''}`.trim();

const wayBack = ({app}: Watch, {name}: Place): string =>
	`Way back: cockpit rollback ${app} --env ${name} --to previous --confirm ROLLBACK`;

/** `key`: the same for the same change. `at`: when it was seen, epoch milliseconds by the host. */
type Change = {readonly key: string; readonly at: number};

const common = (watch: Watch, {name}: Place, {key}: Change, about: string) => ({
	environment: name,
	app: watch.app,
	run: watch.run,
	key,
	about,
});

const seenAt = ({at}: Change, {timeZone}: Place): string => `Seen at ${clockSecond(at, timeZone)}.`;

/** A trigger fired, or stands no longer. */
export const triggerMessage = (
	watch: Watch,
	place: Place,
	{id, title, state, text, since}: Trigger,
	change: Change,
): Message =>
	state === 'fired'
		? {
				...common(watch, place, change, `trigger ${id}`),
				event: 'unhealthy',
				title: `${buildOf(watch)} on ${place.title}: ${title}`,
				lines: [
					`${text}${since === undefined ? '' : `, since ${clockSecond(since, place.timeZone)}`}`,
					seenAt(change, place),
					`The watch goes on until ${clockTime(watch.endsAt, place.timeZone)}.`,
					wayBack(watch, place),
				],
			}
		: {
				...common(watch, place, change, `trigger ${id}`),
				event: 'healthy',
				title: `${buildOf(watch)} on ${place.title}: no longer ${title}`,
				lines: [text, seenAt(change, place)],
			};

/** Something is worse than before the swap. */
export const worseMessage = (
	watch: Watch,
	place: Place,
	{probe, title, text, ...change}: Change & {readonly probe: string; readonly title: string; readonly text: string},
): Message => ({
	...common(watch, place, change, `probe ${probe}`),
	event: 'worse',
	title: `${buildOf(watch)} on ${place.title}: ${title} is worse than before`,
	lines: [
		text,
		seenAt(change, place),
		wayBack(watch, place),
		`Or accept it: cockpit watch accept --env ${place.name} --app ${watch.app} --reason REASON`,
	],
});
