import {posix} from 'node:path';
import {linkTarget, releaseLayout} from '../../commands/release-layout.ts';
import {quote} from '../../commands/shell.ts';
import type {
	AppName,
	AppTarget,
	Environment,
	LaravelTarget,
	NextTarget,
} from '../../domain/environments/environment.ts';
import {targetIn} from '../target-of.ts';
import {shellLine} from './blocks.ts';
import {artisanLine, asPm2User, pm2Line, queueLines, refreshLines, stateLines, statePath} from './by-hand.ts';

/*
 * How a person goes back on a host without the cockpit: lines to be pasted one after the other into one shell there, as
 * the login, which may use sudo. Source: workflow, "Rollback Scripts". Whatever can fail on a bad archive comes before
 * anything stops. A line that changes something asks first whether the one before it has done its part, so that whoever
 * pastes on behind a failure, or in another shell, changes nothing.
 */

/** Lines under one heading, in order. */
export type HandStep = {readonly title: string; readonly lines: readonly string[]};

export type HandPlace = {readonly environment: Environment; readonly app: AppName};

/** How far the lines have come, by name; each is reached only from the one before it. */
type Stage =
	| 'begun'
	| 'free'
	| 'checked'
	| 'kept'
	| 'plain'
	| 'unpacked'
	| 'made'
	| 'installed'
	| 'ready'
	| 'stopped'
	| 'aside'
	| 'swapped'
	| `made-${number}`;

const untouched = 'live is untouched';

/** A line that does its part behind another one, or says what is wrong and what is live. */
const behind = (
	after: Stage,
	{does, done, or}: {readonly does: string; readonly done: Stage; readonly or: string},
): string => `test "$DONE" = ${after} && ${does} && DONE=${done} || stop ${quote(or)}`;

/** The same in several lines, each behind the one before it. */
const inOrder = (
	after: Stage,
	all: readonly string[],
	{done, or}: {readonly done: Stage; readonly or: string},
): readonly string[] =>
	all.map((does, index) =>
		behind(index === 0 ? after : `made-${index}`, {
			does,
			done: index === all.length - 1 ? done : `made-${index + 1}`,
			or,
		}),
	);

const lockOf = ({environment, app}: HandPlace): string => statePath(environment, `lock/${app}`);

/** Comes first in each shell: what the lines go by, and whether a run is at it. */
const begin = (place: HandPlace): HandStep => {
	const lock = shellLine`${lockOf(place)}`;
	return {
		title: 'Begin. A run that holds the lock comes first',
		lines: [
			'DONE=begun; DOWN=; stop() { echo "STOP: $*" >&2; false; }',
			behind('begun', {
				does: `{ test ! -e ${lock} || { cat ${lock}; false; }; }`,
				done: 'free',
				or: `a run holds the lock: read 4.8 first; ${untouched}. To go on all the same: DONE=free`,
			}),
		],
	};
};

const phpUnits = ({services}: LaravelTarget): readonly string[] =>
	services.filter(({unit, after}) => after !== 'nothing' && unit.includes('php')).map(({unit}) => unit);

const stopText = (target: AppTarget): string =>
	target.recipe === 'nextjs'
		? `{ ${pm2Line(target, 'stop')}; }`
		: phpUnits(target).length === 0
			? ':'
			: shellLine`sudo systemctl stop ${phpUnits(target)}`;

/** Users wait from this line to those of `start`. */
const stopStep = (target: AppTarget): HandStep => ({
	title: 'Stop: from here users wait. Behind this line do not leave before "Start"',
	lines: [
		behind('ready', {
			does: `DOWN=yes && ${stopText(target)}`,
			done: 'stopped',
			or: 'it does not stop: go on at Start; live is what it was',
		}),
	],
});

/** Starts what was stopped, whether the swap came to be or not. */
const start = (target: AppTarget): HandStep => {
	const stopped = target.recipe === 'laravel' ? phpUnits(target) : [];
	const starts = [
		...(stopped.length === 0 ? [] : [shellLine`sudo systemctl start ${stopped}`]),
		...(target.recipe === 'nextjs' ? [`{ ${pm2Line(target, 'start')}; }`] : []),
	];
	return {
		title: 'Start',
		lines: [
			...starts.map(
				line => `test "$DOWN" = yes && ${line} || stop 'nothing was stopped here, or it does not start'`,
			),
			...refreshLines({services: target.services.filter(({unit}) => !stopped.includes(unit))}),
			...queueLines(target),
			...stateLines(target),
		],
	};
};

/**
 * An app that was just started may take a while to answer. What was read before is left out behind it: curl can't begin
 * /dev/null anew.
 */
const patientCurl = ({health: {withinMs}}: AppTarget, url: string): string =>
	`${shellLine`curl -sS -w '\\n%{http_code}\\n' --retry 30 --retry-delay 2 --retry-connrefused --retry-max-time ${String(Math.ceil(withinMs / 1000))}`} ${url} | tail -n 1`;

const health = ({environment, app}: HandPlace): HandStep => {
	const target = targetIn(environment, app);
	const chunks = `${environment.urls.site.replace(/\/+$/, '')}/_next/static`;
	return {
		title: `Health check: ${target.health.status} and nothing else`,
		lines: [
			patientCurl(target, shellLine`${target.health.url}`),
			...(target.recipe === 'laravel'
				? []
				: [
						patientCurl(
							target,
							`${shellLine`${chunks}`}/"$(${shellLine`sudo cat ${`${target.path}/.next/BUILD_ID`}`})"/_buildManifest.js`,
						),
						`${asPm2User(target)}${shellLine`${target.pm2} save`}`,
					]),
		],
	};
};

/**
 * Newest first, without those of the release that is live and of releases that were left as failed: both are newer than
 * what somebody wants back.
 */
const chooseBackup = ({environment, app}: HandPlace): string => {
	const names = `${quote(`${environment.backups.directory}/`)}${app}_*.tar.gz`;
	const failed = shellLine`${statePath(environment, `failed/${app}`)}`;
	const release = `sed -n 's/.*"release":"\\([^"]*\\)".*/\\1/p' "\${FILE%.tar.gz}.json" 2>/dev/null`;
	return `BACKUP=$(for FILE in $(ls -1r ${names}); do OF=$(${release}); test "$OF" = "$LIVE" || test -f ${failed}/"$OF" || echo "$FILE"; done | head -n 1); echo "$BACKUP"`;
};

const verify = (place: HandPlace): HandStep => {
	const {environment, app} = place;
	const {directory} = environment.backups;
	const {path} = targetIn(environment, app);
	return {
		title: 'Verify the backup. The line that begins with BACKUP takes the newest that is neither of what is live nor of what was left as failed; the line before says what each is of and why it was made. One without a note may be of what was left by hand. For another: BACKUP=ITS-PATH instead of that line',
		lines: [
			shellLine`ls -lh ${`${directory}/`}`,
			`LIVE=$(${shellLine`readlink ${path}`} || echo none); LIVE=\${LIVE##*/}; echo "live: $LIVE"`,
			`grep -oE '"(release|why|by)":"[^"]*"' ${quote(directory)}/${app}_*.json || echo 'no notes beside the backups'`,
			chooseBackup(place),
			behind('free', {
				does: `test -n "$BACKUP" && sudo gzip -t "$BACKUP" && sudo tar -tzf "$BACKUP" >/dev/null`,
				done: 'checked',
				or: `no backup, or one that can not be read to its end: name another; ${untouched}`,
			}),
		],
	};
};

/** Where the parts of an app lie that it can't live without. */
const marksOf = (target: AppTarget): readonly string[] =>
	target.recipe === 'laravel'
		? ['artisan', 'vendor/autoload.php', 'public/index.php']
		: ['.next/BUILD_ID', 'package.json', 'node_modules'];

/** `directory`: shell text. */
const isWhole = (target: AppTarget, directory: string): string =>
	marksOf(target)
		.map(mark => `sudo test -e ${directory}/${mark}`)
		.join(' && ');

/** Archives hold the app at their root or in a directory; what was kept of shared files beside it is left out. */
const unpack = ({environment, app}: HandPlace, after: Stage): HandStep => {
	const target = targetIn(environment, app);
	const [levels, mark] = target.recipe === 'laravel' ? [1, 'artisan'] : [2, 'BUILD_ID'];
	const find =
		target.recipe === 'laravel'
			? `sudo find "$UNPACKED" -maxdepth 3 -name ${mark} -type f`
			: `sudo find "$UNPACKED" -maxdepth 4 -path '*/.next/${mark}' -type f`;
	return {
		title: 'Unpack it beside live: nothing has stopped yet',
		lines: [
			`UNPACKED=${asideOf(target, 'unpacked')}`,
			`test "$DONE" = ${after} && sudo mkdir -- "$UNPACKED" && sudo tar -xzf "$BACKUP" -C "$UNPACKED" --anchored --exclude=shared || stop ${quote(`it can not be unpacked; ${untouched}`)}`,
			`FOUND=$(${find} | head -n 1)`,
			behind(after, {
				does: `test -n "$FOUND" && NEW=$(${'dirname "$('.repeat(levels - 1)}dirname "$FOUND"${')"'.repeat(levels - 1)}) && echo "$NEW"`,
				done: 'unpacked',
				or: `the backup holds no ${app}: name another; ${untouched}`,
			}),
		],
	};
};

/**
 * Named by the clock of the environment, as all backups are. A second that names something already is waited out: who
 * begins again at once would meet what the try before has left.
 *
 * @param names - Each is shell text of a path, as it stands once `NOW` has a value.
 */
const now = ({timeZone}: Environment, names: readonly string[]): string =>
	`while NOW=$(${shellLine`TZ=${timeZone} date`} +%Y%m%d_%H%M%S); ${names.map(name => `sudo test -e ${name}`).join(' || ')}; do sleep 1; done; echo "$NOW"`;

const asideOf = ({path}: AppTarget, word: 'unpacked' | 'failed' | 'left'): string =>
	`${quote(`${path}_${word}_`)}"$NOW"`;

const backUpLive = ({environment, app}: HandPlace): HandStep => {
	const target = targetIn(environment, app);
	const backup = `${quote(`${environment.backups.directory}/${app}_`)}"$NOW".tar.gz`;
	const excluded =
		target.recipe === 'laravel'
			? ['./vendor', './node_modules', './storage/logs']
			: ['./node_modules', './.next/cache'];
	return {
		title: 'Pre-rollback backup of what is live',
		lines: [
			now(environment, [backup, asideOf(target, 'unpacked'), asideOf(target, 'failed')]),
			behind('checked', {
				does: `sudo test -d ${quote(target.path)} && sudo test ! -L ${quote(target.path)}`,
				done: 'plain',
				or: `live is a link, no plain directory: 4.4 or 4.5 is for this host; ${untouched}`,
			}),
			behind('plain', {
				does: `(umask 077; sudo tar -czf ${backup} ${shellLine`${excluded.map(path => `--exclude=${path}`)} -C ${`${target.path}/`} .`})`,
				done: 'kept',
				or: `what is live can not be backed up: see df -h; ${untouched}`,
			}),
		],
	};
};

const sharedOf = ({shared}: AppTarget): readonly string[] => [...shared.files, ...shared.directories];

/** Packages as live has them, where the backup brings none or names none. `live`, `to`: shell text. */
const packages = (target: AppTarget, live: string, to: string): string =>
	target.recipe === 'laravel'
		? `{ sudo test -e ${to}/vendor || sudo cp -a -- ${live}/vendor ${to}/vendor; }`
		: `{ sudo test -e ${to}/node_modules || sudo cp -a -- ${live}/node_modules ${to}/node_modules; }`;

const composer = (target: LaravelTarget, directory: string): string =>
	`${shellLine`sudo -H -u ${target.owner} ${target.composer} install --no-dev --optimize-autoloader --no-interaction`} --working-dir=${directory}`;

/** Packages are fetched only where the backup names others; an old one that names none keeps those there are. */
const npmLine = (target: NextTarget, directory: string): string => {
	const lock = `${directory}/package-lock.json`;
	return `{ sudo test ! -e ${lock} || sudo cmp -s ${lock} ${quote(`${target.path}/package-lock.json`)} || ${shellLine`sudo -H -u ${target.owner} ${target.npm} ci --omit=dev --prefix`} ${directory}; }`;
};

const install = (target: AppTarget, directory: string): HandStep => ({
	title: target.recipe === 'laravel' ? 'Install composer dependencies' : 'Install packages, where they differ',
	lines: [
		behind('made', {
			does: `${target.recipe === 'laravel' ? composer(target, directory) : npmLine(target, directory)} && ${isWhole(target, directory)}`,
			done: target.recipe === 'laravel' ? 'installed' : 'ready',
			or: `packages are missing, or parts of the app: read what was said above; ${untouched}`,
		}),
		...(target.recipe === 'nextjs' ? [`sudo cat ${directory}/.next/BUILD_ID; echo`] : []),
	],
});

const cacheText = (target: LaravelTarget, directory: string): string =>
	['config:cache', 'route:cache', 'view:cache'].map(name => artisanLine(target, directory, name)).join(' && ');

const ownText = ({owner, group}: AppTarget, directory: string): string =>
	`${shellLine`sudo chown -Rh ${`${owner}:${group}`}`} ${directory}`;

/** Only what is by then in its place is left of it. */
const tidy: HandStep = {
	title: 'Tidy up',
	lines: [
		`test "$DONE" = swapped && sudo rm -rf -- "$UNPACKED" || stop 'it is not live: look before anything is removed'`,
	],
};

/** Makes the directory a path of an app lies in, where it lies in one. */
const directoryFor = (app: string, path: string): string =>
	path.includes('/') ? `sudo mkdir -p -- ${app}${quote(`/${posix.dirname(path)}`)}` : ':';

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
		packages(target, live, '"$NEW"'),
		ownText(target, '"$NEW"'),
	];
	return [
		{
			title: 'Make it whole beside live: the values of the environment, and packages',
			lines: inOrder(
				'unpacked',
				made.map(line => `test -n "$NEW" && ${line}`),
				{done: 'made', or: `it can not be made whole; ${untouched}`},
			),
		},
		install(target, '"$NEW"'),
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
		start(target),
	];
};

/** By hand, from a backup, where live is a plain directory still. */
export const backOnPlainHost = (place: HandPlace): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	return [
		begin(place),
		verify(place),
		backUpLive(place),
		unpack(place, 'kept'),
		...beside(target),
		health(place),
		tidy,
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
				now(environment, [asideOf(target, 'left')]),
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
		start(target),
		health({environment, app}),
	];
};

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
		begin(place),
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
		health(place),
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
					packages(target, live, candidate),
				]
			: [
					...sharedOf(target).map(path => `sudo rm -rf -- "$NEW"${quote(`/${path}`)}`),
					`sudo cp -a -- ${quote(`${layout.live}/.`)} ${candidate}`,
					`sudo rm -rf -- ${candidate}/.next && sudo cp -a -- "$NEW"/. ${candidate}/`,
					...links,
				];
	return [
		begin(place),
		verify(place),
		{
			title: 'Name the time: what is live stays where it is, whole',
			lines: [
				now(place.environment, [`${quote(`${layout.releases}/by-hand-`)}"$NOW"`, asideOf(target, 'unpacked')]),
				behind('checked', {
					does: `RELEASE=by-hand-"$NOW" && sudo test -L ${live} && readlink ${live}`,
					done: 'kept',
					or: `live is no link: 4.6 is for this host; ${untouched}`,
				}),
			],
		},
		unpack(place, 'kept'),
		{
			title: 'Make it a release, with what belongs to the environment linked in',
			lines: inOrder(
				'unpacked',
				[...made, ownText(target, candidate)].map(line => `test -n "$NEW" && test -n "$RELEASE" && ${line}`),
				{done: 'made', or: `it can not be made a release; ${untouched}`},
			),
		},
		install(target, candidate),
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
		start(target),
		health(place),
		tidy,
	];
};
