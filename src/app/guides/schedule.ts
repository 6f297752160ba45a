import type {Environment} from '../../domain/environments/environment.ts';
import type {GuideBlock} from '../../domain/guides/guide.ts';
import {listOf, sentences, tableOf} from './blocks.ts';
import {counted, holidaysIn, allInWords, neverInWords, windowInWords, withHosts} from './guide-facts.ts';

export const scheduleTable = (environments: readonly Environment[]): GuideBlock | undefined =>
	tableOf(
		['environment', 'when', 'never'],
		withHosts(environments).map(environment => [
			environment.title,
			windowInWords(environment.window, environment.timeZone),
			neverInWords(environment),
		]),
	);

const emergencyInWords = ({title, timeZone, emergency}: Environment): string | undefined =>
	emergency &&
	`In an emergency, ${title} goes by: ${emergency.soakHours} h of soak, ${counted(emergency.approvals, 'signature')} of others, ${windowInWords(emergency.window, timeZone)}, a reason, and a review within ${emergency.reviewWithinHours} h (cockpit deploy --emergency REASON).`;

export const emergencyList = (environments: readonly Environment[]): GuideBlock | undefined =>
	listOf(withHosts(environments).map(emergencyInWords));

/** Which days are closed, from which list, and until when it is known. */
export const holidayBlocks = (environments: readonly Environment[]): readonly (GuideBlock | undefined)[] =>
	holidaysIn(environments).flatMap(({holidays: {file, covers, source, days}, titles}) => [
		sentences(
			`environments/${file}, for ${allInWords(titles)}: complete from ${covers.from} to ${covers.until}; every day beyond counts as a holiday.`,
			`Taken from: ${source.trim()}.`,
		),
		tableOf(
			['day', 'holiday'],
			days.map(({date, name}) => [date, name]),
		),
	]);
