import {sectionsFor} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import {guidePlaces} from '../../domain/guides/guide-places.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import {draft, listOf, sentences, shellLine, shellLines, type Draft} from './blocks.ts';
import {handHost, scriptLine, sshTo} from './by-hand.ts';
import {productionsIn, withHosts, type GuideSources} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';
import {rollbackLine, stepsOf} from './guide-steps.ts';
import {underWayDrafts} from './run-under-way.ts';
import {snapshotDrafts} from './snapshot-chapter.ts';
import type {HandPlace, HandStep} from './hand-steps.ts';
import {backOnPlainHost, putBackOnPlainHost} from './plain-host-by-hand.ts';
import {backFromArchive, backToRelease} from './releases-by-hand.ts';

type Way = {
	readonly number: string;
	readonly title: string;
	readonly about: string;
	readonly steps: (place: HandPlace) => readonly HandStep[];
};

const ways: readonly Way[] = [
	{
		number: '4.4',
		title: 'By hand, to a release that is on the host',
		about: 'INSTEAD of the script, where that is missing. The live path is a symlink, and the release before lies beside it, whole: this takes seconds. To put back what was live: the same lines, with RELEASE=THE-NAME that the swap printed as "live was".',
		steps: backToRelease,
	},
	{
		number: '4.5',
		title: 'By hand, from a backup, on a host that was taken over',
		about: 'The live path is a symlink. The backup becomes one more release beside the others; the cockpit names it as one that it does not know, until its next run. What was live stays a release: to put it back, 4.4 with RELEASE=THE-NAME that the swap printed as "live was".',
		steps: backFromArchive,
	},
	{
		number: '4.6',
		title: 'By hand, from a backup, on a host that was never taken over',
		about: 'The live path is a plain directory: as the old scripts left it. What was live is moved aside, whole; 4.9 puts it back.',
		steps: backOnPlainHost,
	},
];

const putBack: Way = {
	number: '4.9',
	title: 'Put back what was live, on a host that was never taken over',
	about: 'Where 4.6 has made it worse, or was left in the middle. Where the live path is a symlink, 4.4 does it.',
	steps: putBackOnPlainHost,
};

const placesIn = (environments: readonly Environment[]) =>
	withHosts(environments).flatMap(environment => appsOf(environment).map(app => ({environment, app})));

const handDrafts = ({number, title, about, steps}: Way, environments: readonly Environment[]): readonly Draft[] => {
	const places = placesIn(environments);
	return places.length === 0
		? []
		: [
				draft(
					2,
					`${number} ${title}`,
					sentences(
						about,
						'Paste the lines one after the other into one shell on the host, and read what each says. One that fails says STOP, why, and what is live; the lines behind it then change nothing. A directory called ..._unpacked_TIME that is left by then may be removed.',
					),
				),
				...places.map((place, index) => {
					const {environment, app} = place;
					const [host] = environment.hosts;
					return draft(
						3,
						`${number}.${index + 1} ${app} on ${environment.title}`,
						host && shellLines('here', [sshTo(host)]),
						...steps(place).flatMap((step, at) => [
							sentences(`Step ${at + 1}: ${step.title}.`),
							shellLines(handHost(environment), step.lines),
						]),
					);
				}),
			];
};

const whenToGoBack = ({environments, checklists}: GuideSources): Draft => {
	const triggers = sectionsFor(checklists, 'rollback-triggers').flatMap(({items}) => items);
	return draft(
		2,
		'4.1 When to roll back',
		sentences(
			triggers.length === 0
				? 'Whenever users are worse off than before the deploy. Go back first, look for the reason afterwards.'
				: `One of these seen is enough. Go back first, look for the reason afterwards.`,
		),
		listOf(triggers.map(({title, how}) => `${title}: ${how.trim()}`)),
		listOf(
			productionsIn(environments).map(
				environment =>
					`${environment.title} is watched for ${watchTerms(environment).minutes} min behind each run: screen 5, or cockpit watch --env ${environment.name}.`,
			),
		),
	);
};

const byTheCockpit = ({environments}: GuideSources): readonly Draft[] => [
	draft(
		2,
		guidePlaces.rollback.heading,
		sentences(
			`At any hour; no gate is asked, but the lock is: where a run holds it, 4.8 first. It asks for ${rollbackWord}.`,
			'Go back with the app that is bad, and once: what was left as failed is not what comes before. With previous it goes to the release before, which is on the host; with the name of a backup, as the list has it, to that, by these steps.',
		),
	),
	...placesIn(environments).map(({environment, app}, index) => {
		const {titles, closing} = stepsOf(environments, {environment, app, kind: 'rollback'});
		return draft(
			3,
			`4.2.${index + 1} ${app} on ${environment.title}`,
			shellLines('here', [
				shellLine`cockpit backups list --env ${environment.name}`,
				rollbackLine(app, environment),
			]),
			listOf([...titles, ...closing], true),
		);
	}),
];

const byTheScript = ({environments}: GuideSources): readonly Draft[] => [
	draft(
		2,
		'4.3 By the script on the host',
		sentences(
			'INSTEAD of 4.2, never behind it: a second way back would go on from where the first has come to. One line, for the app that is bad.',
			'Each deploy leaves a plain script on its host that goes back to the release before, without the cockpit, and says from which release to which. Does a run hold the lock, 4.8 comes first. Another release: COCKPIT_RELEASE=NAME in front of it.',
			'The next run of the cockpit, by anybody, finds out what is live by then.',
		),
	),
	...withHosts(environments).map((environment, index) => {
		const [host] = environment.hosts;
		return draft(
			3,
			`4.3.${index + 1} On ${environment.title}`,
			host && shellLines('here', [sshTo(host)]),
			shellLines(
				handHost(environment),
				appsOf(environment).map(app => scriptLine(environment, app)),
			),
		);
	}),
];

/** Every way back, also for who has no cockpit. Source: workflow, "Rollback Scripts". */
export const rollbackDrafts = (sources: GuideSources): readonly Draft[] => [
	draft(
		1,
		'4 Rollback procedures',
		sentences(
			'4.2 to 4.6 are ways to the same end, the quickest first: take ONE of them. Is a run under way, or was one cut off? Then 4.8 comes first. What is live is kept whatever way is taken; databases are not touched by any of them but 4.7.',
		),
	),
	whenToGoBack(sources),
	...byTheCockpit(sources),
	...(placesIn(sources.environments).length === 0 ? [] : byTheScript(sources)),
	...ways.flatMap(way => handDrafts(way, sources.environments)),
	...snapshotDrafts(sources),
	...underWayDrafts(sources),
	...handDrafts(putBack, sources.environments),
];
