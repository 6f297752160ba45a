import {guidePlaces} from '../../domain/guides/guide-places.ts';
import {appsOf, targetIn} from '../target-of.ts';
import {draft, listOf, sentences, shellLine, shellLines, tableOf, type Draft} from './blocks.ts';
import {handHost, sshTo, statePath} from './by-hand.ts';
import {withHosts, type GuideSources} from './guide-facts.ts';
import type {HandPlace} from './hand-steps.ts';

/** Which run holds an app, and whether it has come to its swap, by the files it leaves. Changes nothing. */
const lookLines = ({environment, app}: HandPlace): readonly string[] => {
	const lock = shellLine`${statePath(environment, `lock/${app}`)}`;
	const jobs = `${shellLine`${statePath(environment, 'jobs/')}`}"$RUN"`;
	return [
		`cat ${lock} || echo 'no run holds the ${app}'`,
		`RUN=$(head -n 1 ${lock} 2>/dev/null | cut -d ' ' -f 1); echo "run: $RUN"`,
		`test -n "$RUN" && for JOB in ${jobs}/*/lock; do flock -n -s "$JOB" true || echo "works now: $JOB"; done`,
		`test -n "$RUN" && { test -e ${jobs}/swap/started && echo 'the swap has BEGUN' || echo 'the swap has NOT begun: live is untouched'; }`,
		`test -n "$RUN" && cat ${jobs}/previous`,
		shellLine`readlink ${targetIn(environment, app).path}`,
	];
};

/** What a lock that is held means, and the ways past it. */
export const underWayDrafts = ({environments}: GuideSources): readonly Draft[] => {
	const hosted = withHosts(environments);
	const [first] = hosted;
	const last = hosted.at(-1);
	return [
		draft(
			2,
			guidePlaces.cutOff.heading,
			sentences(
				'A run holds the lock of its app from its beginning to its end. A lock that is held means that somebody is at it now, or that their cockpit is gone; then what was begun on the host goes on to the end of that job, and nothing further begins. Until it is resumed or ended, no other run and no rollback of that app begins (exit 6).',
				'Ask who holds it before anything else. Never remove the lock by hand: a job may still be writing.',
			),
			shellLines(
				'here',
				hosted.map(({name}) => shellLine`cockpit status --env ${name}`),
			),
			tableOf(
				['where the run is', 'what is live', 'what to do'],
				[
					[
						'somebody drives it',
						'what their screen says',
						'ask them; c on their screen stops it before the swap',
					],
					[
						'cut off, the swap has not begun',
						'what was live before, untouched',
						`nothing is to go back from. End it: cockpit resume RUN --env NAME --abandon. Or go on: cockpit resume RUN --env NAME, which makes the NEW build live`,
					],
					[
						'cut off, the swap has begun',
						'the old or the new one: the lines below say which',
						`--abandon is refused. First cockpit resume RUN --env NAME, which ends it; then 4.2, where the new one is bad`,
					],
					[
						'cut off, and somebody went back by hand',
						'what they made live',
						`cockpit resume RUN --env NAME: it looks what is live, says so, and ends. Read what it says was left`,
					],
				],
			),
			listOf([
				'resume drives the run on from the job it had come to; RUN stands in the lock, in cockpit status, and in the error.',
				'resume --abandon ends it where it stands, with live as it is, and gives the lock back: only before the swap.',
				'Where no cockpit is at hand: 4.3, which says what it finds, or 4.4. Take them only when the swap has begun and no job works any more. Before the swap the good one is live, and they would go one release too far back.',
			]),
			first && last ? sentences('On the host, without the cockpit; these lines change nothing.') : undefined,
		),
		...hosted
			.flatMap(environment => appsOf(environment).map(app => ({environment, app})))
			.map((place, index) => {
				const {environment, app} = place;
				const [host] = environment.hosts;
				return draft(
					3,
					`4.8.${index + 1} ${app} on ${environment.title}`,
					host && shellLines('here', [sshTo(host)]),
					shellLines(handHost(environment), lookLines(place)),
					sentences(
						'The last two lines name what was live before the run, and what is live now: where they are the same release, the swap has not happened. Where the line before the last finds no file, the run had not come that far.',
					),
				);
			}),
	];
};
