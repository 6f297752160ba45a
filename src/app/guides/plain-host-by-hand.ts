import {quote} from '../../commands/shell.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {targetIn} from '../target-of.ts';
import {artisanLine} from './by-hand.ts';
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
	backUpStep,
	packagesText,
	installStep,
	cacheText,
	ownText,
	tidyStep,
	directoryFor,
	type HandPlace,
	type HandStep,
} from './hand-steps.ts';

/**
 * Where live is a plain directory, the whole app is made beside it and changes places with it; directories of the
 * environment move along, so that nothing is lost that users save meanwhile.
 */
const beside = (target: AppTarget): readonly HandStep[] => {
	const live = quote(target.path);
	const {files, directories} = target.shared;
	const made = [
		...(target.recipe === 'laravel'
			? ['sudo mkdir -p -- "$NEW"/bootstrap/cache "$NEW"/storage/framework/views']
			: []),
		...files.map(file => {
			const from = quote(`${target.path}/${file}`);
			return `{ sudo test ! -e ${from} || { ${directoryFor('"$NEW"', file)} && sudo cp -a -- ${from} "$NEW"${quote(`/${file}`)}; }; }`;
		}),
		packagesText(target, live, '"$NEW"'),
		ownText(target, '"$NEW"'),
	];
	return [
		{
			title: 'Make it whole beside live: the values of the environment, and packages',
			lines: eachBehind(
				'unpacked',
				made.map(line => `test -n "$NEW" && ${line}`),
				{done: 'made', or: `it can not be made whole; ${untouched}`},
			),
		},
		installStep(target, '"$NEW"'),
		...(target.recipe === 'laravel'
			? [
					{
						title: 'See that its values can be read',
						lines: [
							behind('installed', {
								does: artisanLine(target, '"$NEW"', 'config:cache'),
								done: 'ready' as const,
								or: `its values can not be read; ${untouched}`,
							}),
						],
					},
				]
			: []),
		stopStep(target),
		{
			title: 'Move live aside, and the backup into its place',
			lines: [
				`FAILED=${asideOf(target, 'failed')}`,
				behind('stopped', {
					does: `sudo mv -T -- ${live} "$FAILED"`,
					done: 'aside',
					or: 'live does not move: go on at Start; live is what it was',
				}),
				behind('aside', {
					does: `test -n "$NEW" && sudo mv -T -- "$NEW" ${live}`,
					done: 'swapped',
					or: 'nothing is live now: put back what was: 4.9',
				}),
				...directories.map(directory => {
					const [from, to] = [`"$FAILED"${quote(`/${directory}`)}`, quote(`${target.path}/${directory}`)];
					return `test "$DONE" = swapped && { sudo test ! -e ${from} || { sudo rm -rf -- ${to} && sudo mkdir -p -- ${to} && sudo mv -T -- ${from} ${to}; }; } || stop ${quote(`${directory} is not in its place: it is in the directory that was moved aside`)}`;
				}),
			],
		},
		...(target.recipe === 'laravel'
			? [
					{
						title: 'Clear and rebuild caches: they hold the path the app is live under',
						lines: [
							`test "$DONE" = swapped && ${cacheText(target, live)} || stop 'caches are of another path: go on at Start, then 4.9'`,
						],
					},
				]
			: []),
		startStep(target),
	];
};

/** By hand, from a backup, where live is a plain directory still. */
export const backOnPlainHost = (place: HandPlace): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	return [
		beginStep(place),
		verifyStep(place),
		backUpStep(place),
		unpackStep(place, 'kept'),
		...beside(target),
		healthStep(place),
		tidyStep,
	];
};

/** Puts back what lines on a plain host moved aside last. */
export const putBackOnPlainHost = ({environment, app}: HandPlace): readonly HandStep[] => {
	const target = targetIn(environment, app);
	const live = quote(target.path);
	const {directories} = target.shared;
	return [
		{
			title: 'Name what was moved aside: the newest, or another',
			lines: [
				'DONE=begun; DOWN=; stop() { echo "STOP: $*" >&2; false; }',
				nowLine(environment, [asideOf(target, 'left')]),
				`FAILED=$(ls -1d ${quote(`${target.path}_failed_`)}* | tail -n 1); echo "$FAILED"`,
				behind('begun', {
					does: `sudo test ! -L ${live} && test -n "$FAILED" && sudo test ! -L "$FAILED" && ${isWhole(target, '"$FAILED"')}`,
					done: 'ready',
					or: `live is a link (4.4 then), or nothing whole was moved aside; ${untouched}`,
				}),
			],
		},
		stopStep(target),
		{
			title: 'Put it back, with what users saved meanwhile; what is live now is kept as well',
			lines: [
				behind('stopped', {
					does: `{ sudo test ! -e ${live} || sudo mv -T -- ${live} ${asideOf(target, 'left')}; } && sudo mv -T -- "$FAILED" ${live}`,
					done: 'swapped',
					or: 'it does not move: see ls -la beside live; go on at Start',
				}),
				...directories.map(directory => {
					const [from, to] = [
						`${asideOf(target, 'left')}${quote(`/${directory}`)}`,
						quote(`${target.path}/${directory}`),
					];
					return `test "$DONE" = swapped && { sudo test ! -e ${from} || sudo test -e ${to} || sudo mv -T -- ${from} ${to}; } || stop ${quote(`${directory} is not in its place`)}`;
				}),
			],
		},
		startStep(target),
		healthStep({environment, app}),
	];
};
