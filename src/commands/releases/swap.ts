import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {Service} from '../../domain/environments/environment.ts';
import {askMarker, claimParameters, type Claim} from '../lock/marker.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/** Makes the new symlink beside the live one. Root, because the directory above the app belongs to nobody's app. */
export const prepareLink = (layout: ReleaseLayout, release: string): Command => ({
	argv: ['ln', '-sfn', '--', linkTarget(layout, release), layout.nextLink],
	as: 'root',
	label: 'make the new link',
});

const swap = `
${askMarker}
marker_resumes= marker_urgent=
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
shift 6
exec sudo -n -- "$@"
`;

/**
 * The swap: one rename of a symlink. No reader ever sees a missing or mixed directory.
 * Whose the live path is, is
 * asked in the same breath. Source: design, "Hosts: one layout, one transfer".
 */
export const swapLink = (claim: Claim): Command => ({
	...program('swap', swap, [...claimParameters(claim), ...renameLink(claim.layout)]),
	sudo: ['root: mv'],
});

/** What the swap calls as root. */
export const renameLink = ({nextLink, live}: ReleaseLayout): Command['argv'] => ['mv', '-fT', '--', nextLink, live];

/** Prints what the live path points to, resolved; nothing when there is no such path. */
export const readLive = ({live}: ReleaseLayout): Command => ({
	argv: ['readlink', '-f', '--', live],
	label: 'read what is live',
});

const remember = `
umask 077
target=$(readlink -- "$1") || exit 0
printf '%s\\n' "\${target##*/}" >"$2/jobs/$3/previous"
`;

/** Writes down which release is live before the swap: the snapshot to go back to. */
export const rememberPrevious = (layout: ReleaseLayout, stateDirectory: string, run: string): Command =>
	program('remember the release to go back to', remember, [layout.live, stateDirectory, run]);

const back = `
${askMarker}
set -eu
live=$1 next=$7 releases=$8 memory=$9
marker_resumes= marker_urgent=
read -r previous <"$memory" || { echo 'no release to go back to was recorded' >&2; exit 1; }
[ -d "$(dirname -- "$live")/$releases/$previous" ] || { echo "release $previous is not on this host any more" >&2; exit 1; }
sudo -n -- ln -sfn -- "$releases/$previous" "$next"
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6"
sudo -n -- mv -fT -- "$next" "$live"
echo "live is $previous again"
`;

/** Puts the release live again that `rememberPrevious` wrote down in this run. */
export const swapBack = (claim: Claim, run: string): Command => ({
	...program('swap back', back, [
		...claimParameters(claim),
		claim.layout.nextLink,
		posix.dirname(linkTarget(claim.layout, 'x')),
		`${claim.stateDirectory}/jobs/${run}/previous`,
	]),
	sudo: ['root: ln', 'root: mv'],
});

/** Proves a service's configuration before anything is touched, e.g. `nginx -t`. */
export const testService = ({test}: Service): readonly Command[] => (test ? [{argv: test, as: 'root'}] : []);

const restart = `
set -u
unit=$1 verb=$2
sudo -n -- systemctl "$verb" "$unit" && exit 0
code=$?
echo "systemctl $verb $unit exited with $code: starting $unit again" >&2
sudo -n -- systemctl start "$unit" || true
systemctl is-active "$unit" || true
exit "$code"
`;

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

const states = `
bad=0
for unit in "$@"; do
	state=$(systemctl is-active "$unit" 2>/dev/null)
	printf '%s %s\\n' "$unit" "\${state:-unknown}"
	[ "$state" = active ] || bad=1
done
exit "$bad"
`;

/** Prints `UNIT STATE` for each unit and fails when one is not active. */
export const serviceStates = (services: readonly Service[]): Command =>
	program(
		'service states',
		states,
		services.map(({unit}) => unit),
	);
