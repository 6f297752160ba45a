import {notedAt, parseHostFacts, type askForChecks} from '../../commands/host/host-facts.ts';
import {prepareLink, renameLink, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import type {ReadAction, Refusal, Step} from '../../domain/runs/pipeline.ts';
import {takeRunLock} from '../run/lock.ts';
import {notesOf} from './expected-values.ts';
import type {DeployValues} from './plan.ts';

/** What the swap calls as root; a right that is missing there would be found out far too late. */
const asRoot = ({layout, release, target: {services}}: DeployValues): Command['argv'][] => [
	prepareLink(layout, release).argv,
	renameLink(layout),
	...services.flatMap(testService).map(({argv}) => argv),
	...services
		.filter(({after}) => after !== 'nothing')
		.flatMap(({unit, after}): Command['argv'][] => [
			['systemctl', after, unit],
			['systemctl', 'start', unit],
		]),
];

/** What a host is asked for the checks of any app. */
export const hostQuestion = <Target extends AppTarget>(
	plan: DeployValues<Target>,
): Omit<Parameters<typeof askForChecks>[0], 'versions' | 'more' | 'target'> & {readonly target: Target} => ({
	stateDirectory: plan.state.directory,
	app: plan.state.app,
	layout: plan.layout,
	backups: plan.environment.backups.directory,
	target: plan.target,
	asRoot: asRoot(plan),
});

/**
 * Proves everything a deploy depends on, then takes the lock. Nothing is changed before both. `ask`: the one question
 * to the host that all checks share; `check` and `summary` read its answer. `more`: what is found out beside.
 */
export const preFlightChecks = (
	plan: DeployValues,
	recipe: {
		readonly ask: Command;
		readonly check: (answer: string) => Refusal | undefined;
		readonly more?: readonly ReadAction[];
		readonly summary: (answer: string) => string | undefined;
	},
): Step => ({
	id: 'pre-flight-checks',
	title: 'Pre-flight checks',
	touches: 'nothing',
	after: [],
	actions: [
		{
			kind: 'read',
			id: 'ask-host',
			command: recipe.ask,
			...(plan.expected?.isRehearsal === true ? {} : {noted: notedAt}),
			check: results => recipe.check(results['ask-host'] ?? ''),
		},
		...(recipe.more ?? []),
		takeRunLock(plan, {data: {release: plan.release}}),
	],
	summary: results => {
		const answer = results['ask-host'] ?? '';
		// What is no reason to stop is said here, where nobody has seen a review.
		const noted = notesOf(plan, parseHostFacts(answer));
		return [recipe.summary(answer), ...noted].filter(text => text !== undefined).join('; ') || undefined;
	},
});
