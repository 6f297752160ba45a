import {linkTarget, releaseLayout} from '../../commands/release-layout.ts';
import {quote} from '../../commands/shell.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {targetIn} from '../target-of.ts';
import {shellLine} from './blocks.ts';
import {artisanLine, pm2Line, queueLines, refreshLines, stateLines, statePath} from './by-hand.ts';
import {
	untouched,
	behind,
	eachBehind,
	beginStep,
	stopStep,
	startStep,
	healthStep,
	verifyStep,
	isWhole,
	unpackStep,
	nowLine,
	asideOf,
	sharedOf,
	packagesText,
	installStep,
	cacheText,
	ownText,
	tidyStep,
	directoryFor,
	type HandPlace,
	type HandStep,
} from './hand-steps.ts';

/** Makes another release live. */
const swapText = (target: AppTarget): string => {
	const layout = releaseLayout(target);
	return [
		'test -n "$RELEASE"',
		`WAS=$(${shellLine`readlink ${layout.live}`})`,
		isWhole(target, `${quote(`${layout.releases}/`)}"$RELEASE"`),
		`sudo ln -sfn -- ${quote(linkTarget(layout, ''))}"$RELEASE" ${quote(layout.nextLink)}`,
		`sudo mv -fT -- ${quote(layout.nextLink)} ${quote(layout.live)}`,
		'echo "live was ${WAS##*/}, is $RELEASE"',
	].join(' && ');
};

/** For cockpit status, and for whoever comes next: what was made live by hand, from what, when, by whom. */
const noteLine = ({environment, app}: HandPlace): string => {
	const notes = shellLine`${statePath(environment, 'by-hand')}`;
	return `test "$DONE" = swapped && (umask 077; mkdir -p ${notes} && printf '%s %s %s %s\n' "$RELEASE" "\${WAS##*/}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(id -un)" >${notes}/${app}) || stop 'not written down: tell the team'`;
};

/** By hand, to a release that is on the host still. */
export const backToRelease = (place: HandPlace): readonly HandStep[] => {
	const {environment, app} = place;
	const target = targetIn(environment, app);
	const layout = releaseLayout(target);
	const candidate = `${quote(`${layout.releases}/`)}"$RELEASE"`;
	const failed = shellLine`${statePath(environment, `failed/${app}`)}`;
	return [
		beginStep(place),
		{
			title: 'See what is live, what there is, and what was left as failed. The line that begins with RELEASE takes what was live before; for another: RELEASE=ITS-NAME instead of it',
			lines: [
				shellLine`readlink ${layout.live}`,
				shellLine`ls -1t ${layout.releases}`,
				`ls -1t ${failed} 2>/dev/null || echo 'none was left as failed'`,
				`RELEASE=$(${shellLine`cat ${statePath(environment, `previous-${app}`)}`}); echo "$RELEASE"`,
				behind('free', {
					does: `test -n "$RELEASE" && test "$RELEASE" != "$(${shellLine`basename -- "$(readlink ${layout.live})`}")" && ${isWhole(target, candidate)}`,
					done: 'checked',
					or: `no release is named, it is live already, or it is not whole: name another; ${untouched}`,
				}),
				behind('checked', {
					does: `test ! -e ${failed}/"$RELEASE"`,
					done: target.recipe === 'laravel' ? 'installed' : 'ready',
					or: `this release was left as failed: name an older one; ${untouched}. To take it all the same: DONE=${target.recipe === 'laravel' ? 'installed' : 'ready'}`,
				}),
			],
		},
		...(target.recipe === 'laravel'
			? [
					{
						title: 'Give it the values that .env has now: its own cache is of the day it was made',
						lines: [
							behind('installed', {
								does: artisanLine(target, candidate, 'config:cache'),
								done: 'ready' as const,
								or: `its values can not be read; ${untouched}. To go with those of its own day: DONE=ready`,
							}),
						],
					},
				]
			: []),
		{
			title: 'Swap',
			lines: [
				behind('ready', {does: swapText(target), done: 'swapped', or: `not swapped; ${untouched}`}),
				noteLine(place),
			],
		},
		{
			title: 'Make everything see it',
			lines: [
				...refreshLines(target),
				...(target.recipe === 'nextjs'
					? [pm2Line(target, 'reload').replaceAll(/(?= \|\| |$)/g, ' --force')]
					: []),
				...queueLines(target),
				...stateLines(target),
			],
		},
		healthStep(place),
	];
};

/** By hand, from a backup, where live is a release: it becomes one more of them. */
export const backFromArchive = (place: HandPlace): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	const layout = releaseLayout(target);
	const candidate = `${quote(`${layout.releases}/`)}"$RELEASE"`;
	const live = quote(layout.live);
	const links = sharedOf(target).map(path => {
		const to = `${candidate}${quote(`/${path}`)}`;
		return `sudo rm -rf -- ${to} && ${directoryFor(candidate, path)} && sudo ln -sr -- ${quote(`${layout.shared}/${path}`)} ${to}`;
	});
	const made =
		target.recipe === 'laravel'
			? [
					`sudo mv -T -- "$NEW" ${candidate}`,
					...links,
					`sudo mkdir -p -- ${candidate}/bootstrap/cache ${candidate}/storage/framework/views`,
					packagesText(target, live, candidate),
				]
			: [
					...sharedOf(target).map(path => `sudo rm -rf -- "$NEW"${quote(`/${path}`)}`),
					`sudo cp -a -- ${quote(`${layout.live}/.`)} ${candidate}`,
					`sudo rm -rf -- ${candidate}/.next && sudo cp -a -- "$NEW"/. ${candidate}/`,
					...links,
				];
	return [
		beginStep(place),
		verifyStep(place),
		{
			title: 'Name the time: what is live stays where it is, whole',
			lines: [
				nowLine(place.environment, [
					`${quote(`${layout.releases}/by-hand-`)}"$NOW"`,
					asideOf(target, 'unpacked'),
				]),
				behind('checked', {
					does: `RELEASE=by-hand-"$NOW" && sudo test -L ${live} && readlink ${live}`,
					done: 'kept',
					or: `live is no link: 4.6 is for this host; ${untouched}`,
				}),
			],
		},
		unpackStep(place, 'kept'),
		{
			title: 'Make it a release, with what belongs to the environment linked in',
			lines: eachBehind(
				'unpacked',
				[...made, ownText(target, candidate)].map(line => `test -n "$NEW" && test -n "$RELEASE" && ${line}`),
				{done: 'made', or: `it can not be made a release; ${untouched}`},
			),
		},
		installStep(target, candidate),
		...(target.recipe === 'laravel'
			? [
					{
						title: 'Clear and rebuild caches',
						lines: [
							behind('installed', {
								does: cacheText(target, candidate),
								done: 'ready' as const,
								or: `caches can not be made; ${untouched}`,
							}),
						],
					},
				]
			: []),
		stopStep(target),
		{
			title: 'Swap',
			lines: [
				behind('stopped', {
					does: swapText(target),
					done: 'swapped',
					or: 'not swapped: go on at Start; live is what it was',
				}),
				noteLine(place),
			],
		},
		startStep(target),
		healthStep(place),
		tidyStep,
	];
};
