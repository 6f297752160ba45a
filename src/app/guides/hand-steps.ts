import {posix} from 'node:path';
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

export const untouched = 'live is untouched';

/** A line that does its part behind another one, or says what is wrong and what is live. */
export const behind = (
	after: Stage,
	{does, done, or}: {readonly does: string; readonly done: Stage; readonly or: string},
): string => `test "$DONE" = ${after} && ${does} && DONE=${done} || stop ${quote(or)}`;

/** The same in several lines, each behind the one before it. */
export const eachBehind = (
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
export const beginStep = (place: HandPlace): HandStep => {
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
export const stopStep = (target: AppTarget): HandStep => ({
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
export const startStep = (target: AppTarget): HandStep => {
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

export const healthStep = ({environment, app}: HandPlace): HandStep => {
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

export const verifyStep = (place: HandPlace): HandStep => {
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
export const isWhole = (target: AppTarget, directory: string): string =>
	marksOf(target)
		.map(mark => `sudo test -e ${directory}/${mark}`)
		.join(' && ');

/** Archives hold the app at their root or in a directory; what was kept of shared files beside it is left out. */
export const unpackStep = ({environment, app}: HandPlace, after: Stage): HandStep => {
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
export const nowLine = ({timeZone}: Environment, names: readonly string[]): string =>
	`while NOW=$(${shellLine`TZ=${timeZone} date`} +%Y%m%d_%H%M%S); ${names.map(name => `sudo test -e ${name}`).join(' || ')}; do sleep 1; done; echo "$NOW"`;

export const asideOf = ({path}: AppTarget, word: 'unpacked' | 'failed' | 'left'): string =>
	`${quote(`${path}_${word}_`)}"$NOW"`;

export const backUpStep = ({environment, app}: HandPlace): HandStep => {
	const target = targetIn(environment, app);
	const backup = `${quote(`${environment.backups.directory}/${app}_`)}"$NOW".tar.gz`;
	const excluded =
		target.recipe === 'laravel'
			? ['./vendor', './node_modules', './storage/logs']
			: ['./node_modules', './.next/cache'];
	return {
		title: 'Pre-rollback backup of what is live',
		lines: [
			nowLine(environment, [backup, asideOf(target, 'unpacked'), asideOf(target, 'failed')]),
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

export const sharedOf = ({shared}: AppTarget): readonly string[] => [...shared.files, ...shared.directories];

/** Packages as live has them, where the backup brings none or names none. `live`, `to`: shell text. */
export const packagesText = (target: AppTarget, live: string, to: string): string =>
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

export const installStep = (target: AppTarget, directory: string): HandStep => ({
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

export const cacheText = (target: LaravelTarget, directory: string): string =>
	['config:cache', 'route:cache', 'view:cache'].map(name => artisanLine(target, directory, name)).join(' && ');

export const ownText = ({owner, group}: AppTarget, directory: string): string =>
	`${shellLine`sudo chown -Rh ${`${owner}:${group}`}`} ${directory}`;

/** Only what is by then in its place is left of it. */
export const tidyStep: HandStep = {
	title: 'Tidy up',
	lines: [
		`test "$DONE" = swapped && sudo rm -rf -- "$UNPACKED" || stop 'it is not live: look before anything is removed'`,
	],
};

/** Makes the directory a path of an app lies in, where it lies in one. */
export const directoryFor = (app: string, path: string): string =>
	path.includes('/') ? `sudo mkdir -p -- ${app}${quote(`/${posix.dirname(path)}`)}` : ':';
