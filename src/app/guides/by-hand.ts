import {linkTarget, releaseLayout} from '../../commands/release-layout.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {quote} from '../../commands/shell.ts';
import {
	primaryHost,
	type AppName,
	type AppTarget,
	type Environment,
	type Host,
	type LaravelTarget,
	type NextTarget,
} from '../../domain/environments/environment.ts';
import {targetIn} from '../target-of.ts';
import {shellLine} from './blocks.ts';

/*
 * How a person goes back on a host without the cockpit: lines to be pasted one after the other into one shell there, as
 * the login, which may use sudo. Source: workflow, "Rollback Scripts". Whatever can fail on a bad archive comes before
 * anything stops.
 */

/** Lines under one heading, in order. */
export type HandStep = {readonly title: string; readonly lines: readonly string[]};

/** The line that opens a shell on a host; a key below a home is named from there. */
export const sshTo = (host: Host): string =>
	sshLine(host).replaceAll(/'~\/([\w@+:,./-]+)'/g, (_, rest: string) => `~/${rest}`);

export const statePath = ({stateDirectory}: Pick<Environment, 'stateDirectory'>, file: string): string =>
	`${stateDirectory.startsWith('/') ? '' : '~/'}${stateDirectory}/${file}`;

/** The script that each deploy leaves on its host. */
export const scriptLine = (environment: Environment, app: AppName): string =>
	shellLine`sh ${statePath(environment, `rollback-${app}.sh`)}`;

/** Answers 200, or what else it answers. */
export const healthLine = (url: string): string => shellLine`curl -sS -o /dev/null -w '%{http_code}\\n' ${url}`;

type Place = {readonly environment: Environment; readonly app: AppName};

const phpUnits = ({services}: LaravelTarget): readonly string[] =>
	services.filter(({unit, after}) => after !== 'nothing' && unit.includes('php')).map(({unit}) => unit);

const asPm2User = ({pm2User}: NextTarget): string =>
	pm2User === undefined ? '' : shellLine`sudo -H -u ${pm2User} -- `;

/** The process under whichever of its names it has. */
export const pm2Line = (target: NextTarget, verb: 'stop' | 'start' | 'reload'): string =>
	target.pm2Names
		.map(name => asPm2User(target) + shellLine`${target.pm2} ` + verb + shellLine` ${name}`)
		.join(' || ');

const stopLines = (target: AppTarget): readonly string[] =>
	target.recipe === 'laravel'
		? phpUnits(target).map(unit => shellLine`sudo systemctl stop ${unit}`)
		: [pm2Line(target, 'stop')];

const startLines = (target: AppTarget): readonly string[] => {
	const stopped = target.recipe === 'laravel' ? phpUnits(target) : [];
	return [
		...stopped.map(unit => shellLine`sudo systemctl start ${unit}`),
		...(target.recipe === 'nextjs' ? [pm2Line(target, 'start')] : []),
		...refreshLines({...target, services: target.services.filter(({unit}) => !stopped.includes(unit))}),
		...stateLines(target),
	];
};

/** Makes services see what live is now. */
export const refreshLines = ({services}: Pick<AppTarget, 'services'>): readonly string[] =>
	services
		.filter(({after}) => after !== 'nothing')
		.map(({unit, after, test}) => {
			const verb = shellLine`sudo systemctl ${after} ${unit}`;
			return test === undefined ? verb : `${shellLine`sudo ${test}`} && ${verb}`;
		});

const stateLines = ({services}: AppTarget): readonly string[] =>
	services.length === 0 ? [] : [shellLine`systemctl is-active ${services.map(({unit}) => unit)}`];

/**
 * An app that was just started may take a while to answer. What was read before is left out behind it: curl can't begin
 * /dev/null anew.
 */
const patientCurl = ({health: {withinMs}}: AppTarget, url: string): string =>
	`${shellLine`curl -sS -w '\\n%{http_code}\\n' --retry 30 --retry-delay 2 --retry-connrefused --retry-max-time ${String(Math.ceil(withinMs / 1000))}`} ${url} | tail -n 1`;

const healthLines = ({environment, app}: Place): readonly string[] => {
	const target = targetIn(environment, app);
	const chunks = `${environment.urls.site.replace(/\/+$/, '')}/_next/static`;
	return [
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
	];
};

const health = (place: Place): HandStep => ({
	title: `Health check: ${targetIn(place.environment, place.app).health.status} and nothing else`,
	lines: healthLines(place),
});

const verify = ({environment, app}: Place): HandStep => {
	const {directory} = environment.backups;
	return {
		title: 'Verify the backup. The third line takes the newest one, which may be of the release that is live: the second says which release each is of. Name the one you want in its place',
		lines: [
			shellLine`ls -lh ${`${directory}/`}`,
			`grep -o '"release":"[^"]*"' ${quote(directory)}/${app}_*.json || echo 'no notes beside the backups'`,
			`BACKUP=$(ls -1 ${quote(directory)}/${app}_*.tar.gz | tail -n 1); echo "$BACKUP"`,
			`sudo gzip -t "$BACKUP" && sudo tar -tzf "$BACKUP" >/dev/null && echo 'the backup is whole'`,
		],
	};
};

/** In another shell than the one before nothing is found, and an empty name would mean the root of the host. */
const ifFound = 'test -n "$NEW" && ';

/** Archives hold the app at their root or in a directory; what was kept of shared files beside it is left out. */
const unpack = ({environment, app}: Place): HandStep => {
	const target = targetIn(environment, app);
	const beside = quote(`${target.path}_unpacked_`);
	const [levels, mark] = target.recipe === 'laravel' ? [1, 'artisan'] : [2, 'BUILD_ID'];
	const find =
		target.recipe === 'laravel'
			? `sudo find "$UNPACKED" -maxdepth 3 -name ${mark} -type f`
			: `sudo find "$UNPACKED" -maxdepth 4 -path '*/.next/${mark}' -type f`;
	return {
		title: 'Unpack it beside live: nothing has stopped yet',
		lines: [
			`UNPACKED=${beside}"$NOW"`,
			'sudo mkdir -- "$UNPACKED" && sudo tar -xzf "$BACKUP" -C "$UNPACKED" --anchored --exclude=shared',
			`FOUND=$(${find} | head -n 1)`,
			`test -n "$FOUND" && NEW=$(${'dirname "$('.repeat(levels - 1)}dirname "$FOUND"${')"'.repeat(levels - 1)}) && echo "$NEW"`,
		],
	};
};

/** Named by the clock of the environment, as all backups are. */
const now = ({timeZone}: Environment): string => `NOW=$(${shellLine`TZ=${timeZone} date`} +%Y%m%d_%H%M%S); echo "$NOW"`;

const backUpLive = ({environment, app}: Place): HandStep => {
	const target = targetIn(environment, app);
	const excluded =
		target.recipe === 'laravel'
			? ['./vendor', './node_modules', './storage/logs']
			: ['./node_modules', './.next/cache'];
	return {
		title: 'Pre-rollback backup of what is live',
		lines: [
			now(environment),
			`(umask 077; ${shellLine`sudo tar -czf ${`${environment.backups.directory}/${app}_`}`}"$NOW".tar.gz ${shellLine`${excluded.map(path => `--exclude=${path}`)} -C ${`${target.path}/`} .`})`,
		],
	};
};

const composer = (target: LaravelTarget, directory: string): string =>
	`${shellLine`sudo -H -u ${target.owner} ${target.composer} install --no-dev --optimize-autoloader --no-interaction`} --working-dir=${directory}`;

const caches = (target: LaravelTarget, directory: string): readonly string[] =>
	['config:cache', 'route:cache', 'view:cache'].map(
		name => `${shellLine`sudo -u ${target.owner} ${target.php}`} ${directory}/artisan ${name}`,
	);

const npmLine = (target: NextTarget, directory: string): string =>
	`test "$PACKAGES" = keep || ${shellLine`sudo -H -u ${target.owner} ${target.npm} ci --omit=dev --prefix`} ${directory}`;

/** Packages are fetched only where the backup names others; an old one that names none keeps those there are. */
const packagesLine = (target: NextTarget): string =>
	`PACKAGES=keep; sudo test -e "$NEW"/package-lock.json && ! sudo cmp -s "$NEW"/package-lock.json ${quote(`${target.path}/package-lock.json`)} && PACKAGES=install; echo "$PACKAGES"`;

const ownLine = ({owner, group}: AppTarget, directory: string): string =>
	`${shellLine`sudo chown -Rh ${`${owner}:${group}`}`} ${directory}`;

/** Only what is by then in its place is left of it. */
const tidy: HandStep = {title: 'Tidy up', lines: ['sudo rm -rf -- "$UNPACKED"']};

/** On a host as the old scripts left it: live is a plain directory. */
const plainLaravel = (place: Place, target: LaravelTarget): readonly HandStep[] => {
	const live = quote(target.path);
	const failed = `${quote(`${target.path}_failed_`)}"$NOW"`;
	const {files, directories} = target.shared;
	return [
		{title: 'Stop: from here users wait', lines: stopLines(target)},
		{title: 'Move live aside', lines: [`sudo mv -T -- ${live} ${failed}`]},
		{
			title: 'Put the backup in its place, with what belongs to the environment and not to a release',
			lines: [
				`sudo mv -T -- "$NEW" ${live}`,
				...files.map(file => `sudo cp -a -- ${failed}${quote(`/${file}`)} ${quote(`${target.path}/${file}`)}`),
				...directories.map(directory => {
					const [from, to] = [`${failed}${quote(`/${directory}`)}`, quote(`${target.path}/${directory}`)];
					return `sudo test ! -e ${from} || { sudo rm -rf -- ${to} && sudo mkdir -p -- ${to} && sudo mv -T -- ${from} ${to}; }`;
				}),
				`sudo test -e ${live}/vendor || sudo cp -a -- ${failed}/vendor ${live}/vendor`,
				ownLine(target, live),
			],
		},
		{title: 'Install composer dependencies', lines: [composer(target, live)]},
		{title: 'Clear and rebuild caches', lines: caches(target, live)},
		{title: 'Start', lines: startLines(target)},
		health(place),
	];
};

const plainNext = (place: Place, target: NextTarget): readonly HandStep[] => {
	const live = quote(target.path);
	return [
		{title: 'See whether packages differ', lines: [packagesLine(target)]},
		{title: 'Stop: from here users wait', lines: stopLines(target)},
		{title: 'Move .next aside', lines: [`sudo mv -T -- ${live}/.next ${live}/.next_failed_"$NOW"`]},
		{
			title: 'Put the backup in its place',
			lines: [
				...sharedOf(target).map(path => `${ifFound}sudo rm -rf -- "$NEW"${quote(`/${path}`)}`),
				`${ifFound}sudo cp -a -- "$NEW"/. ${live}/`,
				ownLine(target, live),
				npmLine(target, live),
				`sudo cat ${live}/.next/BUILD_ID; echo`,
			],
		},
		{title: 'Start', lines: startLines(target)},
		health(place),
	];
};

const sharedOf = ({shared}: AppTarget): readonly string[] => [...shared.files, ...shared.directories];

/** By hand, from a backup, where live is a plain directory still. */
export const backOnPlainHost = (place: Place): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	return [
		verify(place),
		backUpLive(place),
		unpack(place),
		...(target.recipe === 'laravel' ? plainLaravel(place, target) : plainNext(place, target)),
		tidy,
	];
};

/** Makes another release live. `release`: shell text of its name, in quotes. */
const swapLine = (target: AppTarget, release: string): string => {
	const layout = releaseLayout(target);
	return [
		`test -n ${release}`,
		`sudo test -d ${quote(`${layout.releases}/`)}${release}`,
		`sudo ln -sfn -- ${quote(linkTarget(layout, ''))}${release} ${quote(layout.nextLink)}`,
		`sudo mv -fT -- ${quote(layout.nextLink)} ${quote(layout.live)}`,
	].join(' && ');
};

/** By hand, to a release that is on the host still. */
export const backToRelease = (place: Place): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	const layout = releaseLayout(target);
	return [
		{
			title: 'See what is live and what there is; the last line names the release that was live before',
			lines: [
				shellLine`readlink ${layout.live}`,
				shellLine`ls -1t ${layout.releases}`,
				`RELEASE=$(${shellLine`cat ${statePath(place.environment, `previous-${place.app}`)}`}); echo "$RELEASE"`,
			],
		},
		{title: 'Swap', lines: [swapLine(target, '"$RELEASE"')]},
		{
			title: 'Make everything see it',
			lines: [
				...refreshLines(target),
				...(target.recipe === 'nextjs'
					? [pm2Line(target, 'reload').replaceAll(/(?= \|\| |$)/g, ' --force')]
					: []),
				...stateLines(target),
			],
		},
		health(place),
	];
};

/** By hand, from a backup, where live is a release: it becomes one more of them. */
export const backFromArchive = (place: Place): readonly HandStep[] => {
	const target = targetIn(place.environment, place.app);
	const layout = releaseLayout(target);
	const release = '"$RELEASE"';
	const candidate = `${quote(`${layout.releases}/`)}"$RELEASE"`;
	const links = sharedOf(target).map(path => {
		const to = `${candidate}${quote(`/${path}`)}`;
		return `sudo rm -rf -- ${to} && sudo mkdir -p -- "$(dirname ${to})" && sudo ln -sr -- ${quote(`${layout.shared}/${path}`)} ${to}`;
	});
	const prepare: readonly HandStep[] =
		target.recipe === 'laravel'
			? [
					{
						title: 'Make it a release, with what belongs to the environment linked in',
						lines: [
							`RELEASE=by-hand-"$NOW"; sudo mv -T -- "$NEW" ${candidate}`,
							...links,
							`sudo mkdir -p -- ${candidate}/bootstrap/cache ${candidate}/storage/framework/views`,
							`sudo test -e ${candidate}/vendor || sudo cp -a -- ${quote(`${layout.live}/vendor`)} ${candidate}/vendor`,
							ownLine(target, candidate),
						],
					},
					{title: 'Install composer dependencies', lines: [composer(target, candidate)]},
					{title: 'Clear and rebuild caches', lines: caches(target, candidate)},
				]
			: [
					{
						title: 'Make it a release, with the packages of live and what belongs to the environment',
						lines: [
							packagesLine(target),
							...sharedOf(target).map(path => `${ifFound}sudo rm -rf -- "$NEW"${quote(`/${path}`)}`),
							`RELEASE=by-hand-"$NOW"; sudo cp -a -- ${quote(`${layout.live}/.`)} ${candidate}`,
							`${ifFound}sudo rm -rf -- ${candidate}/.next && sudo cp -a -- "$NEW"/. ${candidate}/`,
							...links,
							ownLine(target, candidate),
							npmLine(target, candidate),
							`sudo cat ${candidate}/.next/BUILD_ID; echo`,
						],
					},
				];
	return [
		verify(place),
		{
			title: 'Name the time: what is live stays where it is, whole',
			lines: [now(place.environment), shellLine`readlink -f ${layout.live}`],
		},
		unpack(place),
		...prepare,
		{title: 'Stop: from here users wait', lines: stopLines(target)},
		{title: 'Swap', lines: [swapLine(target, release)]},
		{title: 'Start', lines: startLines(target)},
		health(place),
		tidy,
	];
};

/** Whose shell lines by hand are for. */
export const handHost = (environment: Environment): string => primaryHost(environment).name;
