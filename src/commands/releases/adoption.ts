import type {Command} from '../../domain/command.ts';
import type {AppName, AppTarget} from '../../domain/environments/environment.ts';
import {beginReceiving, endReceiver, type Driver} from '../lock/fence.ts';
import {askMarker, claimParameters, type Claim} from '../lock/marker.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

const inventory = `
live=$1 owner=$2 backups=$3 base=$4 app=$5
shift 5
say() { printf '%s\\t%s\\n' "$1" "$2"; }
if [ -L "$live" ]; then say layout releases; say live "$(readlink -f -- "$live")"
elif [ -d "$live" ]; then say layout directory
elif [ -e "$live" ]; then say layout other
else say layout none; fi
say owner "$(stat -c %U:%G -- "$live" 2>/dev/null)"
say mode "$(stat -c %a -- "$live" 2>/dev/null)"
say sudo "$(sudo -n -- true 2>&1 && echo ok)"
say kib "$(sudo -n -- du -sk -- "$live" 2>/dev/null | cut -f 1)"
say foreign "$(sudo -n -- find "$live" ! -user "$owner" 2>/dev/null | wc -l)"
say free "$(df -P -k -- "$(dirname -- "$live")" | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })"
[ "$(stat -c %d -- "$live" 2>/dev/null)" = "$(stat -c %d -- "$(dirname -- "$live")")" ] || say mount "$live"
# A release lies deeper than the directory it replaces: relative links that lead out of the app would break.
up=
for depth in 1 2 3 4 5 6 7 8; do
	up=$up../
	sudo -n -- find "$live" -mindepth "$depth" -maxdepth "$depth" -type l \\( -lname "$up*" -o -lname "\${up%/}" \\) -printf 'escape\\t%P\\n' 2>/dev/null
done
if mv --help 2>/dev/null | grep -q -- --exchange; then say exchange mv
elif perl -e 1 2>/dev/null; then say exchange perl; fi
for path in "$@"; do
	[ -e "$live/$path" ] && say shared "$path $(sudo -n -- find "$live/$path" -type f 2>/dev/null | wc -l)"
done
for archive in "$backups/$app"_*.tar.gz; do
	[ -e "$archive" ] || continue
	say backup "$(basename -- "$archive") $(stat -c %s -- "$archive") $(tar -tzf "$archive" 2>/dev/null | head -n 1)"
done
for site in /etc/nginx/sites-enabled/* /etc/nginx/conf.d/*; do
	[ -e "$site" ] && grep -Fq -- "$live" "$site" && say vhost "$site"
done
exit 0
`;

/** Reads a host as the old scripts left it. Changes nothing. Prints `name<TAB>value` lines. */
export const takeInventory = (options: {
	readonly app: AppName;
	readonly layout: ReleaseLayout;
	readonly target: Pick<AppTarget, 'owner' | 'shared'>;
	readonly backups: string;
}): Command =>
	program('take inventory', inventory, [
		options.layout.live,
		options.target.owner,
		options.backups,
		options.layout.base,
		options.app,
		...options.target.shared.directories,
		...options.target.shared.files,
	]);

const carryOver = `
# Which inode stands at which path, taken when the hard links are made; a newline in a name would end a pattern.
inodes() { # directory, file, item...
	(
		cd -- "$1"
		file=$2
		shift 2
		umask 077
		for item; do
			path=./\${item#*:}
			if [ -e "$path" ] || [ -L "$path" ]; then find "$path" ! -type d -printf '%i %p\\0'; fi
		done | tr '\\n\\0' '\\001\\n' >"$file"
	)
}
# from, to, file of inodes, item...: what was written to the old place since. A path with another inode than noted was
# written there; where it was written in both places, the later one stays. Dates of files say nothing: uploads keep theirs.
carry_over() {
	(
		cd -- "$1"
		to=$2 noted=$3
		shift 3
		for item; do
			path=./\${item#*:}
			if ! [ -e "$path" ] && ! [ -L "$path" ]; then continue; fi
			find "$path" -type d -exec sh -c '
				to=$1; shift
				for directory; do
					[ -d "$to/$directory" ] && continue
					mkdir -p -- "$to/$directory" && chown --reference="$directory" -- "$to/$directory" && chmod --reference="$directory" -- "$to/$directory" || exit 1
				done' directories "$to" {} +
			find "$path" ! -type d -exec sh -c '
				to=$1 noted=$2; shift 2
				was() { printf "%s %s" "$(stat -c %i -- "$1")" "$2" | tr "\\n" "\\001" | grep -qxFf - -- "$noted"; }
				for file; do
					[ "$(stat -c %d:%i -- "$file")" = "$(stat -c %d:%i -- "$to/$file" 2>/dev/null)" ] && continue
					was "$file" "$file" && continue
					if ! [ -e "$to/$file" ] && ! [ -L "$to/$file" ] || was "$to/$file" "$file" || [ -n "$(find "$file" -prune -newercc "$to/$file")" ]; then
						cp -a -- "$file" "$to/$file.part" && mv -fT -- "$to/$file.part" "$to/$file" && echo "carried over $file" || exit 1
					fi
				done' files "$to" "$noted" {} +
		done
	)
}
`.trim();

/* RENAME_EXCHANGE: the two names change places in one step, so that no reader finds neither. */
const exchangeFunction = `
exchange() {
	if mv --help 2>/dev/null | grep -q -- --exchange; then mv --exchange --no-copy -T -- "$1" "$2"; return; fi
	perl -e '
		my %number = (x86_64 => 316, aarch64 => 276, arm64 => 276);
		my $call = $number{$ARGV[2]} or die "renameat2 is not known for $ARGV[2]\\n";
		syscall($call, -100, $ARGV[0], -100, $ARGV[1], 2) == 0 or die "renameat2: $!\\n";
	' -- "$1" "$2" "$(uname -m)"
}
`.trim();

/** Takes the parameters of a claim; `asked FUNCTION` asks with them and ends the program where live is not its own. */
const asClaimed = `
live=$1 base=$2 state=$3 project=$4 environment=$5 app=$6
shift 6
asked() { "$1" "$live" "$base" "$state" "$project" "$environment" "$app" || exit $?; }
`.trim();

const prepare = `
${askMarker}
${carryOver}
set -eu
marker_resumes= marker_urgent=
${asClaimed}
release=$1 owner=$2 group=$3 mode=$4
shift 4
[ -d "$live" ] && ! [ -L "$live" ] || { echo "$live is not a plain directory" >&2; exit 1; }
asked look_at_marker
rm -rf -- "$base/releases/$release" "$base/releases/$release.part"
install -d -o "$owner" -g "$group" -m "$mode" -- "$base" "$base/releases" "$base/shared"
asked claim_to_adopt
cp -al -- "$live" "$base/releases/$release.part"
# Only directories that are made here get an owner: what was found keeps its own.
directories() {
	[ -d "$1" ] && return
	directories "$(dirname -- "$1")"
	install -d -o "$owner" -g "$group" -m "$mode" -- "$1"
}
cd -- "$base/releases/$release.part"
for item in "$@"; do
	path=\${item#*:}
	rm -rf -- "$base/shared/$path"
	directories "$(dirname -- "$base/shared/$path")"
	directories "$(dirname -- "./$path")"
	if [ -L "$path" ]; then
		# Its text may count from where it is; what it leads to stays where it is.
		rm -- "$path"
		ln -s -- "$(readlink -m -- "$live/$path")" "$base/shared/$path"
		chown -h --reference="$live/$path" -- "$base/shared/$path"
	elif [ -e "$path" ]; then mv -T -- "$path" "$base/shared/$path"
	else case $item in directory:*) directories "$base/shared/$path" ;; *) continue ;; esac; fi
	ln -snr -- "$base/shared/$path" "$path"
	chown -h "$owner:$group" -- "$path"
done
inodes "$base/shared" "$base/inodes" "$@"
mv -T -- "$base/releases/$release.part" "$base/releases/$release"
`;

type Adoption = {
	readonly claim: Claim;
	readonly release: string;
	readonly target: Pick<AppTarget, 'owner' | 'group' | 'directoryMode' | 'shared'>;
};

const sharedItems = ({shared}: Adoption['target']): string[] => [
	...shared.directories.map(path => `directory:${path}`),
	...shared.files.map(path => `file:${path}`),
];

/**
 * Builds the first release beside live out of hard links: nothing is copied, nothing live changes, and uploads keep
 * their inodes. What belongs to the environment moves to `shared`.
 */
export const prepareAdoption = (adoption: Adoption): Command => {
	const {claim, release, target} = adoption;
	return program(
		'prepare the first release',
		prepare,
		[
			...claimParameters(claim),
			release,
			target.owner,
			target.group,
			target.directoryMode.toString(8),
			...sharedItems(target),
		],
		'root',
	);
};

const swapIn = `
${askMarker}
${exchangeFunction}
${carryOver}
set -eu
${asClaimed}
target=$1
shift
if [ -L "$live" ]; then echo "$live is already a link" >&2; exit 1; fi
ln -sfn -- "$target" "$base/next"
asked require_marker
exchange "$base/next" "$live"
mv -T -- "$base/next" "$base/before-adoption"
carry_over "$base/before-adoption" "$base/shared" "$base/inodes" "$@"
`;

/** Puts the symlink in the place of the directory by one atomic exchange, then carries over what was written meanwhile. */
export const exchangeForLink = (adoption: Adoption): Command =>
	program(
		'exchange directory and link',
		swapIn,
		[
			...claimParameters(adoption.claim),
			linkTarget(adoption.claim.layout, adoption.release),
			...sharedItems(adoption.target),
		],
		'root',
	);

const removeOld = `
set -eu
base=$1
shift
${carryOver}
[ -d "$base/before-adoption" ] || exit 0
carry_over "$base/before-adoption" "$base/shared" "$base/inodes" "$@"
rm -rf -- "$base/before-adoption" "$base/inodes"
`;

/**
 * Removes the old directory, kept aside until the adopted release has proven healthy. A worker started before the
 * exchange still wrote there, so what it wrote is carried over once more.
 */
export const removeOldDirectory = ({claim, target}: Pick<Adoption, 'claim' | 'target'>): Command =>
	program('remove the old directory', removeOld, [claim.layout.base, ...sharedItems(target)], 'root');

const abandon = `
${askMarker}
set -eu
${asClaimed}
if [ -L "$live" ]; then echo "$live is a link already: left as it is" >&2; exit 1; fi
# Whoever was refused before anything was made gives the lock back.
[ -e "$base" ] || exit 0
asked look_at_marker
rm -rf -- "$base"
`;

/** Removes what an adoption prepared, as long as live is still the plain directory. */
export const abandonAdoption = (claim: Claim): Command =>
	program('remove what was prepared', abandon, claimParameters(claim), 'root');

const keepBaseline = `
${endReceiver}
set -eu
umask 077
state=$1 app=$2 run=$3 attempt=$4 release=$5
allowed=sealed
${beginReceiving}
cat >"$jobs/baseline.part"
mkdir -p -- "$state/manifests/$app"
mv -- "$jobs/baseline.part" "$state/manifests/$app/$release"
`;

/**
 * Keeps a manifest, from standard input, as what a release holds. Exits 97 when the driver has not got the lock: nothing
 * is written then.
 */
export const keepManifest = ({directory, app, run, attempt}: Driver, release: string): Command =>
	program('keep the baseline manifest', keepBaseline, [directory, app, run, String(attempt), release]);

const swapOut = `
${askMarker}
${exchangeFunction}
${carryOver}
set -eu
${asClaimed}
if ! [ -L "$live" ]; then echo "$live is not a link: nothing to undo" >&2; exit 1; fi
rm -rf -- "$base/undo"
cp -al -- "$(readlink -f -- "$live")" "$base/undo"
for item in "$@"; do
	path=\${item#*:}
	[ -e "$base/shared/$path" ] || [ -L "$base/shared/$path" ] || continue
	rm -rf -- "$base/undo/$path"
	cp -al -- "$base/shared/$path" "$base/undo/$path"
done
inodes "$base/shared" "$base/inodes" "$@"
asked require_marker
exchange "$base/undo" "$live"
carry_over "$base/shared" "$live" "$base/inodes" "$@"
rm -f -- "$base/undo"
`;

/** Puts a plain directory with everything in it back in the place of the link. */
export const exchangeForDirectory = (adoption: Adoption): Command =>
	program(
		'exchange link and directory',
		swapOut,
		[...claimParameters(adoption.claim), ...sharedItems(adoption.target)],
		'root',
	);

const removeAll = `
${askMarker}
${carryOver}
set -eu
${asClaimed}
if [ -L "$live" ]; then echo "$live is a link: its releases are left as they are" >&2; exit 1; fi
asked look_at_marker
if [ -d "$base/shared" ]; then carry_over "$base/shared" "$live" "$base/inodes" "$@"; fi
find "$base" -mindepth 1 -maxdepth 1 ! -name left-out -exec rm -rf -- {} +
rmdir -- "$base" 2>/dev/null || echo "noted: $base/left-out stays: files that releases left out"
`;

/**
 * Removes releases and shared once a plain directory is live again. Until php-fpm was reloaded it went on writing
 * below the release's own path, so what it wrote is carried over once more. What releases left out stays.
 */
export const removeReleases = ({claim, target}: Pick<Adoption, 'claim' | 'target'>): Command =>
	program('remove releases and shared', removeAll, [...claimParameters(claim), ...sharedItems(target)], 'root');
