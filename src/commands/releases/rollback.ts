import {adoptedSince} from '../backups/adopted-since.ts';
import type {Command} from '../../domain/command.ts';
import {contentsProgram, moveAside, type ContentsOf} from './contents.ts';
import {installedRoots} from '../../domain/releases/own-files.ts';
import {describeHolder, parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {HostState} from '../host-state.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/*
 * Writes nothing, not even a scratch file: it must answer on a full disk. Names of backups come NUL-ended, since anybody
 * may have put anything there.
 */
const look = `
${describeHolder}
${adoptedSince}
state=$1 app=$2 live=$3 releases=$4 backups=$5
say() { printf '%s\\t%s\\n' "$1" "$2"; }
say time "$(date -u +%s)"
if [ -L "$live" ]; then target=$(readlink -- "$live"); say live "\${target##*/}"
elif [ -d "$live" ]; then say layout directory
else say layout none; fi
previous=
[ -e "$state/previous-$app" ] && read -r previous <"$state/previous-$app"
[ -n "$previous" ] && say previous "$previous"
for release in "$releases"/*; do [ -d "$release" ] && say release "\${release##*/}"; done
for failed in "$state/failed/$app"/*; do [ -e "$failed" ] && say failed "\${failed##*/}"; done
[ -e "$state/lock/$app" ] && say lock "$(describe_holder "$state" "$app" | tr '\\n' '\\v')"
say since "$(adopted_since "$state" "$app")"
# By a note of this product, or a verdict of somebody on this very file.
noted() {
	[ -f "\${1%.tar.gz}.json" ] && IFS= read -r note <"\${1%.tar.gz}.json" || return 1
	case $note in
		*'"origin":"cockpit"'*) ;;
		*'"verdict":{'*'"ok":true'*"\\"size\\":$2,\\"modified\\":$3,"*) ;;
		*) return 1 ;;
	esac
}
for file in "$backups"/*; do
	[ -f "$file" ] || continue
	size=$(stat -c '%s %Y' -- "$file")
	modified=\${size#* } size=\${size%% *}
	known=unnoted
	noted "$file" "$size" "$modified" && known=noted
	printf 'backup\\t%s\\t%s\\t%s\\t%s\\0\\n' "$size" "$modified" "$known" "\${file##*/}"
done
exit 0
`;

/** Asks what there is to go back to. Changes nothing and writes nothing. */
export const lookBack = (options: {
	readonly stateDirectory: string;
	readonly app: string;
	readonly layout: ReleaseLayout;
	readonly backups: string;
}): Command =>
	program('look what there is to go back to', look, [
		options.stateDirectory,
		options.app,
		options.layout.live,
		options.layout.releases,
		options.backups,
	]);

/** What a host has to go back to. */
export type WaysBack = {
	/** Epoch seconds of the host. */
	readonly time: number;
	/** `directory`: not adopted. */
	readonly layout: 'releases' | 'directory' | 'none';
	readonly live: string | undefined;
	readonly previous: string | undefined;
	readonly releases: readonly string[];
	/** Releases that failed once. */
	readonly failed: readonly string[];
	readonly lock: LockHolder | undefined;
	/** Every file of the directory, with any name. */
	readonly backups: readonly {
		readonly file: string;
		readonly sizeBytes: number;
		/** Epoch seconds of the last change of the file. */
		readonly modified: number;
		/** Whether this product made it, or somebody accepted it by name. */
		readonly isNoted: boolean;
	}[];
	/** Epoch milliseconds by the host's clock: since when the app is adopted, where that can be told. */
	readonly adoptedAt: number | undefined;
};

/** Reads what `lookBack` printed. */
export const parseWaysBack = (text: string): WaysBack => {
	const files = [...text.matchAll(/^backup\t(\d+)\t(\d+)\t(noted|unnoted)\t([^\0]*)\0$/gm)];
	const lines = text.replaceAll(/^backup\t\d+\t\d+\t\w+\t[^\0]*\0$/gm, '').split('\n');
	const all = (name: string): string[] =>
		lines.flatMap(line => (line.startsWith(`${name}\t`) ? [line.slice(name.length + 1)] : []));
	const live = all('live')[0];
	const since = Date.parse(all('since')[0] ?? '');
	return {
		time: Number(all('time')[0]),
		layout: live === undefined ? ((all('layout')[0] ?? 'none') as WaysBack['layout']) : 'releases',
		live,
		previous: all('previous')[0],
		releases: all('release'),
		failed: all('failed'),
		lock: parseLockHolder((all('lock')[0] ?? '').replaceAll('\v', '\n').trimEnd()),
		backups: files.map(([, size, modified, known, file = '']) => ({
			file,
			sizeBytes: Number(size),
			modified: Number(modified),
			isNoted: known === 'noted',
		})),
		adoptedAt: Number.isNaN(since) ? undefined : since,
	};
};

/*
 * The name is kept with the run: once it is live, "previous" means another release. What differs from its manifest is
 * counted and told, and keeps nobody from going back to it.
 */
const settle = `
set -eu
umask 077
state=$1 app=$2 run=$3 releases=$4 wanted=$5
shift 5
if [ -s "$state/jobs/$run/target" ]; then read -r release <"$state/jobs/$run/target"
elif [ "$wanted" = previous ]; then
	[ -s "$state/previous-$app" ] || { echo 'no earlier release is written down on this host' >&2; exit 1; }
	read -r release <"$state/previous-$app"
else release=$wanted; fi
case $release in '' | . | .. | */*) echo "not the name of a release: $release" >&2; exit 1 ;; esac
[ -d "$releases/$release" ] || { echo "release $release is not on this host any more" >&2; exit 1; }
for needed; do
	[ -e "$releases/$release/$needed" ] || { echo "release $release is not whole: $needed is missing" >&2; exit 1; }
done
printf '%s\\n' "$release" >"$state/jobs/$run/target"
echo "target $release"
manifest=$state/manifests/$app/$release
if [ -s "$manifest" ]; then
	# Mode, digest, path, each record ended by NUL; links have no content of their own.
	records() { tr '\\n\\000' '\\001\\n' <"$manifest" | sed -n '/[\\\\\\x01]/d; s/^100[0-9]* \\([0-9a-f]*\\) /\\1  /p'; }
	count=$(records | grep -c . || true)
	bad=$(records | { cd -- "$releases/$release" && sha256sum --check --quiet 2>/dev/null || true; } | grep -c . || true)
	echo "files $count differ $bad"
else
	echo 'files unknown'
fi
`;

/**
 * Settles which release a rollback goes to and that it is whole. `release`: `previous`, or its id. `needed`: relative
 * paths without which it could not run. Prints `target RELEASE` and how many files differ from what was deployed.
 */
export const settleTarget = (
	{directory, app, run}: HostState,
	options: {readonly layout: ReleaseLayout; readonly release: string; readonly needed: readonly string[]},
): Command =>
	program('settle what to go back to', settle, [
		directory,
		app,
		run,
		options.layout.releases,
		options.release,
		...options.needed,
	]);

const prepareLinkTo = `
set -eu
read -r release <"$1"
sudo -n -- ln -sfn -- "$2/$release" "$3"
`;

/** Makes the new symlink, to the release `settleTarget` has written down. */
export const prepareLinkToTarget = ({directory, run}: HostState, layout: ReleaseLayout): Command => ({
	...program('make the new link', prepareLinkTo, [
		`${directory}/jobs/${run}/target`,
		linkTarget(layout, '').replace(/\/$/, ''),
		layout.nextLink,
	]),
	sudo: ['root: ln'],
});

const orStart = `
units=$1
shift
"$@" && exit 0
code=$?
for unit in $units; do
	sudo -n -- systemctl start "$unit" || echo "could not start $unit again" >&2
	printf '%s %s\\n' "$unit" "$(systemctl is-active "$unit")" >&2
done
exit "$code"
`;

/** Whatever fails while services are stopped: they are started again, and their state is shown. */
export const orStartAgain = (units: readonly string[], command: Command): Command => {
	const {argv, as, ...rest} = command;
	const words = as === undefined ? argv : (['sudo', '-n', '-u', as, '--', ...argv] as const);
	const label = command.label ?? argv[0];
	return {
		...rest,
		...program(label, orStart, [units.join(' '), ...words]),
		label,
		sudo: [
			...(command.sudo ?? []),
			...(as === undefined ? [] : [`${as}: ${argv[0]}`]),
			...units.map(unit => `root: systemctl start ${unit}`),
		],
	};
};

/** Stops a unit for the moment of the swap. */
export const stopService = (unit: string): Command => ({
	argv: ['systemctl', 'stop', unit],
	as: 'root',
	label: `stop ${unit}`,
});

const start = `
set -u
unit=$1
sudo -n -- systemctl start "$unit" && exit 0
code=$?
echo "systemctl start $unit exited with $code: once more" >&2
sudo -n -- systemctl start "$unit" && exit 0
systemctl is-active "$unit" || true
exit "$code"
`;

export const startService = (unit: string): Command => ({
	...program(`start ${unit}`, start, [unit]),
	sudo: [`root: systemctl start ${unit}`],
});

const reuse = `
set -eu
releases=$1 candidate=$2
[ -e "$candidate/vendor/autoload.php" ] && { echo 'the archive brings its own vendor'; exit 0; }
[ -e "$candidate/composer.lock" ] || { echo 'no composer.lock in the archive'; exit 0; }
for release in $(ls -1 -- "$releases" | LC_ALL=C sort -r); do
	[ "$releases/$release" = "$candidate" ] && continue
	[ -e "$releases/$release/vendor/autoload.php" ] && cmp -s -- "$releases/$release/composer.lock" "$candidate/composer.lock" || continue
	cp -a --reflink=auto -- "$releases/$release/vendor" "$candidate/vendor.part"
	mv -T -- "$candidate/vendor.part" "$candidate/vendor"
	echo "packages as in $release: nothing to fetch"
	exit 0
done
echo 'no release here has the same composer.lock: packages are fetched'
`;

/** Takes the packages from a release with the same lock file, so that going back needs no registry. */
export const reusePackages = (layout: ReleaseLayout, candidate: string, owner: string): Command =>
	program('take over the packages', reuse, [layout.releases, candidate], owner);

const reuseNodeModules = `
set -eu
releases=$1 candidate=$2 live=$3 owner=$4
shift 4
lock=package-lock.json
as_owner() { sudo -n -u "$owner" -- "$@"; }
[ -f "$candidate/$lock" ] || { echo 'no package-lock.json in the archive: keeps the packages of live'; exit 0; }
if [ -e "$candidate/node_modules" ] && cmp -s -- "$live/$lock" "$candidate/$lock"; then echo 'packages as in live: nothing to fetch'; exit 0; fi
for release in $(ls -1 -- "$releases" | LC_ALL=C sort -r); do
	[ "$releases/$release" = "$candidate" ] && continue
	[ -e "$releases/$release/node_modules" ] && cmp -s -- "$releases/$release/$lock" "$candidate/$lock" || continue
	as_owner rm -rf -- "$candidate/node_modules"
	as_owner cp -al -- "$releases/$release/node_modules" "$candidate/node_modules"
	echo "packages as in $release: nothing to fetch"
	exit 0
done
"$@"
`;

/** Takes node_modules from a release with the same lock file; else runs `install`. Going back needs no registry then. */
export const reuseModules = (
	options: {
		readonly layout: ReleaseLayout;
		readonly candidate: string;
		readonly owner: string;
	},
	install: Command,
): Command => {
	const {layout, candidate, owner} = options;
	const words = install.as === undefined ? install.argv : ['sudo', '-n', '-u', install.as, '--', ...install.argv];
	return {
		...program('take over the packages', reuseNodeModules, [
			layout.releases,
			candidate,
			layout.live,
			owner,
			...words,
		]),
		sudo: [`${owner}: rm`, `${owner}: cp`, `${owner}: ${install.argv[0]}`],
	};
};

const addChunks = `
set -eu
run=$1 releases=$2 release=$3
shift 3
[ -n "$release" ] || read -r release <"$state/jobs/$run/target"
from=$(readlink -f -- "$live")
[ -d "$from/.next/static" ] || exit 0
sudo -n -u "$owner" -- sh -c 'mkdir -p -- "$2/.next/static" && tar --create --file=- -C "$1" .next/static | tar --extract --file=- --skip-old-files --no-same-owner --preserve-permissions -C "$2"' add "$from" "$releases/$release"
echo 'static files of the build that goes stay for pages that are open'
# They are made in it from now on, as far as they are written down: they came from another release's build.
lists=$state/manifests/$app/$release
[ -s "$lists" ] && [ -e "$lists.made" ] || exit 0
umask 077
for list in "$state/manifests/$app/\${from##*/}" "$state/manifests/$app/\${from##*/}.made"; do
	[ ! -e "$list" ] || only '\\.next/static/' <"$list"
done >"$scratch/chunks"
sort -z -- "$lists" >"$scratch/brought"
merge "$lists.made" "$lists" "$scratch/chunks" | comm -z -23 - "$scratch/brought" >"$lists.made.part"
mv -- "$lists.made.part" "$lists.made"
`;

/** Adds the static files of the build that is left to the release that comes back, before it starts, and to its list. */
export const addChunksOfLive = (
	of: ContentsOf & {readonly state: HostState},
	{layout, release}: {readonly layout: ReleaseLayout; readonly release: string},
): Command =>
	contentsProgram('keep chunks of the build that goes', addChunks, of, [of.state.run, layout.releases, release]);

const tellAltered = `
set -eu
run=$1 releases=$2
shift 2
read -r id <"$state/jobs/$run/target"
target=$releases/$id
compare "$target" "$@" || { [ "$listed" = none ] || exit 1; echo "noted: what release $id was deployed with is not written down: it goes live as it is"; exit 0; }
differences | sed -z '/^added /d; s/^mode /mode of /' >"$scratch/altered"
total=$(count <"$scratch/altered")
[ "$total" = 1 ] && files='1 file is not as deployed and goes live' || files="$total files are not as deployed and go live"
[ "$total" -eq 0 ] || echo "noted: of release $id $files: $(first_of "$scratch/altered")"
total=$(count <"$scratch/added")
[ "$total" -gt 0 ] || exit 0
[ "$total" = 1 ] && files='1 file' || files="$total files"
names=$(first_of "$scratch/added")
if move_aside "$target" '' <"$scratch/added"; then echo "noted: left out: $files that no build brought: $names. Now in $base/left-out/$id"
else echo "noted: release $id goes live with $files that no build brought: $names"; fi
`;

/**
 * Tells what of the release that a rollback goes back to is not as deployed, by name, and puts aside what no build and no
 * installer brought. Nothing of that keeps anybody from going back.
 */
export const tellAlteredFiles = (
	of: ContentsOf & {readonly state: HostState},
	{releases}: Pick<ReleaseLayout, 'releases'>,
): Command =>
	contentsProgram('compare it with what was deployed', `${moveAside}\n${tellAltered.trim()}`, of, [
		of.state.run,
		releases,
	]);

const listRestored = `
set -eu
umask 077
candidate=$1 note=$2 packages=$3
shift 3
id=\${candidate##*/}
source=$(sed -n '1s/.*"release":"\\([0-9A-Za-z._-]*\\)".*/\\1/p' "$note" 2>/dev/null || true)
lists=$state/manifests/$app/$source
if [ -z "$source" ] || ! [ -s "$lists" ] || ! [ -e "$lists.made" ]; then
	echo "noted: what was deployed of what the archive holds is not written down: the next deploy sends and installs all of it"
	exit 0
fi
records_of "$candidate" "$@" >"$scratch/found"
sort -z -- "$lists" >"$scratch/brought"
comm -z -13 -- "$scratch/brought" "$scratch/found" >"$scratch/more"
release=$candidate
comm -z -12 -- "$scratch/brought" "$scratch/found" >"$scratch/same"
merge "$lists" "$lists.made" >"$scratch/named"
learn_pages
comm -z -23 -- "$scratch/brought" "$scratch/found" | compared | without_remade | paths | sort -z >"$scratch/altered"
total=$(count <"$scratch/altered")
[ "$total" = 1 ] && files='1 file is not as deployed and goes live' || files="$total files are not as deployed and go live"
[ "$total" -eq 0 ] || echo "noted: of what the archive holds $files: $(first_of "$scratch/altered")"
# Packages come from whatever release had them: what no list knows is not trusted for that, and what only an adoption found
# goes no further than here.
made_in() { for list; do [ ! -e "$list" ] || cat -- "$list"; done | sort -z -u | comm -z -12 - "$scratch/more"; }
made_in "$state/manifests/$app"/*.made >"$scratch/made"
installed_in() { for list; do case $list in *-adopted.made) ;; *) [ -e "\${list%.made}.found" ] || cat -- "$list" ;; esac; done | sort -z -u; }
[ "$(installed_in "$state/manifests/$app"/*.made | comm -z -13 -- - "$scratch/made" | only "$packages" | count)" -eq 0 ] || : >"$state/manifests/$app/$id.found"
only 'bootstrap/cache/' <"$scratch/more" >>"$scratch/made"
cat -- "$lists" "$scratch/made" | paths | sort -z -u >"$scratch/known"
without "$unlisted" <"$scratch/more" | sed -z '/^120000 0\\{64\\} /d' | compared | without_remade | paths | sort -z | comm -z -23 - "$scratch/known" >"$scratch/extra"
cp -- "$lists" "$state/manifests/$app/$id"
sort -z -u -- "$scratch/made" >"$state/manifests/$app/$id.made"
sudo -n -u "$owner" -- sh -c 'cd -- "$1" && xargs -0 -r rm -rf --' leave-out "$candidate" <"$scratch/extra"
total=$(count <"$scratch/extra")
[ "$total" -gt 0 ] || exit 0
[ "$total" = 1 ] && files='1 file' || files="$total files"
echo "noted: left out: $files that no build brought: $(first_of "$scratch/extra"). The archive keeps what it was"
`;

/**
 * Leaves out of a restored release what no list of the release it was archived from names, and lists the rest, so that the
 * next deploy knows what to take over. Where those lists are gone everything stays, and that is told.
 */
export const listRestoredFiles = (
	of: ContentsOf,
	{candidate, archive}: {readonly candidate: string; readonly archive: string},
): Command =>
	contentsProgram('list what was restored', listRestored, of, [
		candidate,
		archive.replace(/\.tar\.gz$/, '.json'),
		installedRoots(of.target),
	]);

const rememberRun = `
umask 077
state=$1 app=$2 run=$3 releases=$4 release=$5
[ -s "$state/jobs/$run/target" ] && read -r release <"$state/jobs/$run/target"
rm -f -- "$state/failed/$app/$release"
if [ -s "$state/jobs/$run/previous" ]; then
	cp -- "$state/jobs/$run/previous" "$state/previous-$app.part" && mv -- "$state/previous-$app.part" "$state/previous-$app"
fi
mkdir -p -- "$state/manifests/$app"
# A restored release has no manifest; an empty one says that this product made it.
[ -e "$state/manifests/$app/$release" ] || : >"$state/manifests/$app/$release"
`;

/** Writes down what is live now and what was before: the way forward again. */
export const rememberRollback = (
	{directory, app, run}: HostState,
	{layout, release}: {readonly layout: ReleaseLayout; readonly release: string},
): Command => program('remember what was live', rememberRun, [directory, app, run, layout.releases, release]);
