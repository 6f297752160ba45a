import type {Command} from '../domain/command.ts';
import type {LaravelTarget} from '../domain/environment.ts';
import {linkTarget, type ReleaseLayout} from './release-layout.ts';
import {program} from './shell.ts';

const inventory = `
live=$1 owner=$2 backups=$3 base=$4
shift 4
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
if mv --help 2>/dev/null | grep -q -- --exchange; then say exchange mv
elif perl -e 1 2>/dev/null; then say exchange perl; fi
for path in "$@"; do
	[ -e "$live/$path" ] && say shared "$path $(sudo -n -- find "$live/$path" -type f 2>/dev/null | wc -l)"
done
for archive in "$backups"/backend_*.tar.gz; do
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
	readonly layout: ReleaseLayout;
	readonly target: Pick<LaravelTarget, 'owner' | 'shared'>;
	readonly backups: string;
}): Command =>
	program('take inventory', inventory, [
		options.layout.live,
		options.target.owner,
		options.backups,
		options.layout.base,
		...options.target.shared.directories,
		...options.target.shared.files,
	]);

const prepare = `
set -eu
live=$1 base=$2 release=$3 owner=$4 group=$5 mode=$6
shift 6
[ -d "$live" ] && ! [ -L "$live" ] || { echo "$live is not a plain directory" >&2; exit 1; }
rm -rf -- "$base/releases/$release" "$base/releases/$release.part"
install -d -o "$owner" -g "$group" -m "$mode" -- "$base" "$base/releases" "$base/shared"
cp -al -- "$live" "$base/releases/$release.part"
cd -- "$base/releases/$release.part"
for item in "$@"; do
	path=\${item#*:}
	rm -rf -- "$base/shared/$path"
	mkdir -p -- "$(dirname -- "$base/shared/$path")" "$(dirname -- "$path")"
	if [ -e "$path" ]; then mv -- "$path" "$base/shared/$path"
	else case $item in directory:*) mkdir -p -- "$base/shared/$path" ;; *) continue ;; esac; fi
	ln -snr -- "$base/shared/$path" "$path"
	chown -h "$owner:$group" -- "$path"
done
find "$base/shared" -maxdepth 2 -type d -user root -exec chown "$owner:$group" -- {} +
mv -T -- "$base/releases/$release.part" "$base/releases/$release"
`;

type Adoption = {
	readonly layout: ReleaseLayout;
	readonly release: string;
	readonly target: Pick<LaravelTarget, 'owner' | 'group' | 'directoryMode' | 'shared'>;
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
	const {layout, release, target} = adoption;
	return program(
		'prepare the first release',
		prepare,
		[
			layout.live,
			layout.base,
			release,
			target.owner,
			target.group,
			target.directoryMode.toString(8),
			...sharedItems(target),
		],
		'root',
	);
};

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
carry_over() { # from, to: what was written to the old place meanwhile
	find . \\( -type f -o -type l \\) -exec sh -c '
		to=$1; shift
		for file; do
			[ "$file" -ef "$to/$file" ] && continue
			if ! [ -e "$to/$file" ] || [ "$file" -nt "$to/$file" ]; then
				mkdir -p -- "$(dirname -- "$to/$file")"
				cp -a -- "$file" "$to/$file.part" && mv -fT -- "$to/$file.part" "$to/$file" && echo "carried over $file"
			fi
		done' carry "$1" {} +
}
`.trim();

const swapIn = `
set -eu
live=$1 base=$2 target=$3
shift 3
${exchangeFunction}
if [ -L "$live" ]; then echo "$live is already a link" >&2; exit 1; fi
ln -sfn -- "$target" "$base/next"
exchange "$base/next" "$live"
mv -T -- "$base/next" "$base/before-adoption"
for item in "$@"; do
	path=\${item#*:}
	if [ -d "$base/before-adoption/$path" ]; then (cd -- "$base/before-adoption/$path" && carry_over "$base/shared/$path"); fi
done
`;

/** Puts the symlink in the place of the directory by one atomic exchange, then carries over what was written meanwhile. */
export const exchangeForLink = (adoption: Adoption): Command =>
	program(
		'exchange directory and link',
		swapIn,
		[
			adoption.layout.live,
			adoption.layout.base,
			linkTarget(adoption.layout, adoption.release),
			...sharedItems(adoption.target),
		],
		'root',
	);

/** The old directory, kept aside until the adopted release has proven healthy. */
export const removeOldDirectory = ({base}: ReleaseLayout): Command => ({
	argv: ['rm', '-rf', '--', `${base}/before-adoption`],
	as: 'root',
	label: 'remove the old directory',
});

const abandon = `
set -eu
if [ -L "$1" ]; then echo "$1 is a link already: left as it is" >&2; exit 1; fi
rm -rf -- "$2"
`;

/** Removes what an adoption prepared, as long as live is still the plain directory. */
export const abandonAdoption = ({live, base}: ReleaseLayout): Command =>
	program('remove what was prepared', abandon, [live, base], 'root');

const keepBaseline = `
set -eu
umask 077
mkdir -p -- "$1/manifests/$2"
cat >"$1/manifests/$2/$3.part"
mv -- "$1/manifests/$2/$3.part" "$1/manifests/$2/$3"
`;

/** Keeps a manifest, from standard input, as what a release holds. */
export const keepManifest = (stateDirectory: string, app: string, release: string): Command =>
	program('keep the baseline manifest', keepBaseline, [stateDirectory, app, release]);

const swapOut = `
set -eu
live=$1 base=$2 owner=$3 group=$4
shift 4
${exchangeFunction}
if ! [ -L "$live" ]; then echo "$live is not a link: nothing to undo" >&2; exit 1; fi
rm -rf -- "$base/undo"
cp -al -- "$(readlink -f -- "$live")" "$base/undo"
for item in "$@"; do
	path=\${item#*:}
	[ -e "$base/shared/$path" ] || continue
	rm -rf -- "$base/undo/$path"
	cp -al -- "$base/shared/$path" "$base/undo/$path"
done
exchange "$base/undo" "$live"
for item in "$@"; do
	path=\${item#*:}
	if [ -d "$base/shared/$path" ]; then (cd -- "$base/shared/$path" && carry_over "$live/$path"); fi
done
rm -f -- "$base/undo"
`;

/** Puts a plain directory with everything in it back in the place of the link. */
export const exchangeForDirectory = (adoption: Adoption): Command =>
	program(
		'exchange link and directory',
		swapOut,
		[
			adoption.layout.live,
			adoption.layout.base,
			adoption.target.owner,
			adoption.target.group,
			...sharedItems(adoption.target),
		],
		'root',
	);

/** Removes releases and shared once a plain directory is live again. */
export const removeReleases = ({live, base}: ReleaseLayout): Command =>
	program('remove releases and shared', abandon, [live, base], 'root');
