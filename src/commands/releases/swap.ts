import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {Service} from '../../domain/environments/environment.ts';
import {askLiveMoved} from '../live/live-moved.ts';
import askMarker from '../lock/marker/marker.sh';
import {claimParameters, type Claim} from '../lock/marker/marker.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import swap from './swap.sh';
import back from './swap-back.sh';
import restart from './refresh-service.sh';
import states from './service-states.sh';

/** Makes the new symlink beside the live one. Root, because the directory above the app belongs to nobody's app. */
export const prepareLink = (layout: ReleaseLayout, release: string): Command => ({
	argv: ['ln', '-sfn', '--', linkTarget(layout, release), layout.nextLink],
	as: 'root',
	label: 'make the new link',
});

/**
 * The swap: one rename of a symlink. No reader ever sees a missing or mixed directory.
 * Whose the live path is, is asked in the same breath, and of a run whether live is what it was when the run began.
 * Source: design, "Hosts: one layout, one transfer".
 */
export const swapLink = (claim: Claim, run = ''): Command => ({
	...program('swap', [askMarker, askLiveMoved, swap], [...claimParameters(claim), run, ...renameLink(claim.layout)]),
	sudo: ['root: mv'],
});

/** What the swap calls as root. */
export const renameLink = ({nextLink, live}: ReleaseLayout): Command['argv'] => ['mv', '-fT', '--', nextLink, live];

/** Prints what the live path points to, resolved; nothing when there is no such path. */
export const readLiveLink = ({live}: ReleaseLayout): Command => ({
	argv: ['readlink', '-f', '--', live],
	label: 'read what is live',
});

/** Puts the release live again that `rememberPrevious` wrote down in this run, and the previous one as it was before. */
export const swapBack = (claim: Claim, run: string): Command => ({
	...program(
		'swap back',
		[askMarker, back],
		[...claimParameters(claim), claim.layout.nextLink, posix.dirname(linkTarget(claim.layout, 'x')), run],
	),
	sudo: ['root: ln', 'root: mv'],
});

/** Proves a service's configuration before anything is touched, e.g. `nginx -t`. */
export const testService = ({test}: Service): readonly Command[] => (test ? [{argv: test, as: 'root'}] : []);

/** Makes a service see the new release. When that fails the service is started again before the step fails. */
export const refreshService = ({unit, after}: Service): readonly Command[] =>
	after === 'nothing'
		? []
		: [
				{
					...program(`${after} ${unit}`, restart, [unit, after]),
					sudo: [`root: systemctl ${after} ${unit}`, `root: systemctl start ${unit}`],
				},
			];

/** Prints `UNIT STATE` for each unit and fails when one is not active. */
export const serviceStates = (services: readonly Service[]): Command =>
	program(
		'service states',
		states,
		services.map(({unit}) => unit),
	);
