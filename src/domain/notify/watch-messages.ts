import type {Environment} from '../environments/environment.ts';
import {clockTime} from '../format.ts';
import type {Trigger, Watch} from '../watch/watch.ts';
import type {Message} from './message.ts';

type Place = Pick<Environment, 'name' | 'title' | 'timeZone'>;

const buildOf = ({app, commit, release}: Watch): string => `${app} ${commit?.slice(0, 7) ?? release ?? ''}`.trim();

const wayBack = ({app}: Watch, {name}: Place): string =>
	`Way back: cockpit rollback ${app} --env ${name} --to previous --confirm ROLLBACK`;

const common = (watch: Watch, {name}: Place, key: string) => ({
	environment: name,
	app: watch.app,
	run: watch.run,
	key,
});

/** A trigger fired, or stands no longer. `key`: the same for the same change. */
export const triggerMessage = (
	watch: Watch,
	place: Place,
	{title, state, text, since}: Trigger,
	key: string,
): Message =>
	state === 'fired'
		? {
				...common(watch, place, key),
				event: 'unhealthy',
				title: `${buildOf(watch)} on ${place.title}: ${title}`,
				lines: [
					`${text}${since === undefined ? '' : `, since ${clockTime(since, place.timeZone)}`}`,
					`The watch goes on until ${clockTime(watch.endsAt, place.timeZone)}.`,
					wayBack(watch, place),
				],
			}
		: {
				...common(watch, place, key),
				event: 'healthy',
				title: `${buildOf(watch)} on ${place.title}: no longer ${title}`,
				lines: [text],
			};

/** Something is worse than before the swap. */
export const worseMessage = (
	watch: Watch,
	place: Place,
	{title, text, key}: {readonly title: string; readonly text: string; readonly key: string},
): Message => ({
	...common(watch, place, key),
	event: 'worse',
	title: `${buildOf(watch)} on ${place.title}: ${title} is worse than before`,
	lines: [
		text,
		wayBack(watch, place),
		`Or accept it: cockpit watch accept --env ${place.name} --app ${watch.app} --reason REASON`,
	],
});
