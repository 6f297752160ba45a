import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/** Where this run keeps the manifest it has sent. */
export const sentManifest = ({directory, run}: HostState): string => `${directory}/jobs/${run}/manifest`;

/** Where the manifest of a release is kept. */
export const keptManifest = ({directory, app}: HostState, release: string): string =>
	`${directory}/manifests/${app}/${release}`;

const copy = `
set -eu
live=$1 candidate=$2
rm -rf -- "$candidate.part"
mkdir -p -- "$candidate.part"
if [ -L "$live" ]; then
	cd -- "$(readlink -f -- "$live")"
	find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec cp -a --reflink=auto -t "$candidate.part" -- {} +
	if [ -L node_modules ]; then
		cp -a -- node_modules "$candidate.part/node_modules"
	elif [ -d node_modules ]; then
		# A second name for every file, so that nothing is copied: no step runs in this tree, it is replaced whole.
		cp -al -- node_modules "$candidate.part/node_modules" 2>/dev/null || {
			rm -rf -- "$candidate.part/node_modules"
			cp -a --reflink=auto -- node_modules "$candidate.part/node_modules"
		}
	fi
	rm -rf -- "$candidate.part/.next/cache"
fi
mv -T -- "$candidate.part" "$candidate"
`;

/**
 * Starts a release as a copy of all that is live, for a backup to be restored over it: a rollback asks nothing of live.
 * Installed packages are shared with it until they are replaced.
 */
export const copyLiveFrontend = (options: {
	readonly live: string;
	readonly candidate: string;
	readonly owner: string;
}): Command => program('copy the live release', copy, [options.live, options.candidate], options.owner);

/*
 * npm must never work in a tree whose files are also those of live, nor follow a link out of the release: what is
 * replaced is put aside first. Without a lockfile on live nobody knows what its node_modules came from: npm judges it.
 */
const install = `
set -eu
live=$1 candidate=$2 home=$3 npm=$4 node=$5 adopted=$6
case $node in */*) PATH=$(dirname -- "$node"):$PATH; export PATH ;; esac
release=$(readlink -f -- "$live" || true)
cd -- "$candidate"
mkdir -p -- "$home"
export HOME="$home" npm_config_cache="$home/cache" npm_config_update_notifier=false
lock=
for name in npm-shrinkwrap.json package-lock.json; do [ -f "$name" ] && lock=$name && break; done
modules=missing
if [ -L node_modules ]; then modules=link; elif [ -d node_modules ]; then modules=directory; fi
[ "$modules" != link ] || [ -d node_modules/. ] || modules=missing
keep() { echo "keeps node_modules of the live release: $1"; exit 0; }
if [ -z "$lock" ]; then
	[ "$modules" = missing ] || keep 'there is no package-lock.json'
	echo 'neither package-lock.json in the build nor node_modules on the host: nothing to run with' >&2
	exit 1
fi
if [ "$modules" = missing ]; then why='node_modules is missing'
elif ! [ -f "$release/$lock" ] && [ "$adopted" = anew ] && [ "\${release%-adopted}" != "$release" ]; then
	why="the live release has no $lock, and its node_modules was installed before it was adopted"
elif ! [ -f "$release/$lock" ]; then
	if "$npm" ls --omit=dev >/dev/null 2>&1; then keep "npm finds in it what $lock asks for"; fi
	why="the live release has no $lock, and its node_modules is not what $lock asks for"
elif cmp -s -- "$release/$lock" "$lock"; then keep "$lock is the same"
else why="$lock is another one than that of the live release"; fi
echo "npm ci: $why"
if [ -L node_modules ]; then rm -f -- node_modules
elif [ -e node_modules ]; then rm -rf -- .node_modules.aside; mv -T -- node_modules .node_modules.aside; fi
"$npm" ci --omit=dev --no-audit --no-fund </dev/null
rm -rf -- .node_modules.aside
# An app without dependencies gets none.
mkdir -p -- node_modules
`;

/**
 * Installs packages in the candidate, as its owner, where those of live are not the ones its lockfile names; says what
 * it decided and why. npm's cache is kept beside the releases.
 */
export const installPackages = (options: {
	readonly layout: ReleaseLayout;
	readonly candidate: string;
	readonly target: Pick<NextTarget, 'owner' | 'npm' | 'node'>;
	/** What an adoption found is good enough: going back asks no registry where it can do without. */
	readonly keepsAdopted?: boolean;
}): Command => {
	const {layout, candidate, target, keepsAdopted = false} = options;
	return program(
		'install packages',
		install,
		[layout.live, candidate, `${layout.base}/npm`, target.npm, target.node, keepsAdopted ? 'keep' : 'anew'],
		target.owner,
	);
};

/* The manifests are the SSH user's, the files the owner's: what is to be kept goes over by standard input. */
const carry = `
set -eu
state=$1 app=$2 live=$3 candidate=$4 owner=$5
[ -L "$live" ] || { echo 'nothing is live yet: no chunks to carry over'; exit 0; }
release=$(readlink -f -- "$live")
before=
[ -e "$state/previous-$app" ] && read -r before <"$state/previous-$app"
chunks() {
	for manifest in "$state/manifests/$app/\${release##*/}" "$state/manifests/$app/$before"; do
		[ -f "$manifest" ] && LC_ALL=C sed -z -n 's,^[0-9]* \\([0-9a-f]*\\) \\(\\.next/static/\\),\\1  ./\\2,p' "$manifest"
	done | LC_ALL=C sort -zu
}
all=no
[ -f "$state/manifests/$app/\${release##*/}" ] || all=yes
chunks | sudo -n -u "$owner" -- sh -c '
set -eu
from=$1 all=$2
cd -- "$3"
keep=$(mktemp) found=$(mktemp) own=$(mktemp)
trap "rm -f -- \\"$keep\\" \\"$found\\" \\"$own\\"" EXIT
cat >"$keep"
mkdir -p -- .next/static
find ./.next/static -type f -print0 | LC_ALL=C sort -z >"$own"
if [ -d "$from/.next/static" ]; then
	tar --create --file=- -C "$from" .next/static | tar --extract --file=- --skip-old-files --no-same-owner --preserve-permissions
fi
if [ "$all" = no ]; then
	# By content: what was put in the place of a chunk is no chunk.
	find ./.next/static ! -type d ! -type f -exec rm -f -- {} +
	find ./.next/static -type f -print0 | LC_ALL=C sort -z | LC_ALL=C comm -z -13 -- "$own" - | xargs -0 -r sha256sum -z -- | LC_ALL=C sort -z >"$found"
	LC_ALL=C comm -z -23 -- "$found" "$keep" | cut -z -c 67- | xargs -0 -r rm -f --
	find .next/static -mindepth 1 -type d -empty -delete
fi
count() { tr -dc "\\0" | wc -c; }
printf "%s files of earlier builds stay for pages that are open\\n" "$(($(find .next/static -type f -print0 | count) - $(count <"$own")))"
' carry "$release" "$all" "$candidate"
`;

/**
 * Brings static files of the builds before this one into the candidate, so that pages open in browsers go on: `next
 * start` knows only what is there when it starts. Kept: those of live and of the release before it, as their manifests
 * say; all of live's where it has none yet.
 */
export const carryOverChunks = (
	{directory, app}: HostState,
	options: {readonly live: string; readonly candidate: string; readonly owner: string},
): Command => ({
	...program('keep chunks of earlier builds', carry, [
		directory,
		app,
		options.live,
		options.candidate,
		options.owner,
	]),
	sudo: [`${options.owner}: sh`],
});

const readId = `
set -eu
cd -- "$1"
id=$(cat -- .next/BUILD_ID) || exit 1
[ -n "$id" ] || { echo ".next/BUILD_ID in $1 is empty" >&2; exit 1; }
[ -d ".next/static/$id" ] || { echo ".next/static/$id is missing in $1" >&2; exit 1; }
printf 'BUILD_ID %s\\n' "$id"
deployment=$(LC_ALL=C sed -n 's/.*"deploymentId":"\\([^"]*\\)".*/\\1/p' .next/required-server-files.json 2>/dev/null | head -n 1)
[ -z "$deployment" ] || printf 'deployment %s\\n' "$deployment"
`;

/** Prints `BUILD_ID x`, and `deployment y` where there is one, as `parseBuildId` reads it. Reads only. */
export const readBuildId = (options: {readonly directory: string; readonly owner: string}): Command =>
	program('read BUILD_ID', readId, [options.directory], options.owner);

const readIdOf = `
read -r release <"$1" || { echo 'no release is settled on' >&2; exit 1; }
sudo -n -u "$3" -- sh -c "$4" read-BUILD_ID "$2/$release"
`;

/** As `readBuildId`, of the release whose id stands in a file of the host. */
export const readBuildIdOf = (options: {
	readonly file: string;
	readonly releases: string;
	readonly owner: string;
}): Command => ({
	...program('read BUILD_ID', readIdOf, [options.file, options.releases, options.owner, readId.trim()]),
	sudo: [`${options.owner}: sh`],
});

const checkId = `
set -eu
directory=$1 owner=$2 manifest=$3 read=$4
sudo -n -u "$owner" -- sh -c "$read" read-BUILD_ID "$directory"
if ! [ -f "$manifest" ]; then echo 'no manifest to compare it with'; exit 0; fi
wanted=$(LC_ALL=C sed -z -n 's,^[0-9]* \\([0-9a-f]*\\) \\.next/BUILD_ID$,\\1,p' "$manifest" | tr -d '\\0')
found=$(sudo -n -u "$owner" -- cat -- "$directory/.next/BUILD_ID" | sha256sum | cut -c 1-64)
[ "$found" = "$wanted" ] || { echo "BUILD_ID in $directory is not the one of the build that was sent" >&2; exit 1; }
echo 'it is the one of the build that was sent'
`;

/** As `readBuildId`, and fails unless it is the one in `manifest` (a path on the host). Reads only. */
export const checkBuildId = (options: {
	readonly directory: string;
	readonly owner: string;
	readonly manifest: string;
}): Command => ({
	...program('verify BUILD_ID', checkId, [options.directory, options.owner, options.manifest, readId.trim()]),
	sudo: [`${options.owner}: sh`, `${options.owner}: cat`],
});

/** Reads what `readBuildId` or `checkBuildId` printed; the last one of an output. */
export const parseBuildId = (
	output: string,
): {readonly buildId: string; readonly deploymentId?: string} | undefined => {
	const lines = output.split('\n');
	const last = (name: string): string | undefined =>
		lines.findLast(line => line.startsWith(`${name} `))?.slice(name.length + 1);
	const buildId = last('BUILD_ID');
	const deploymentId = last('deployment');
	return buildId === undefined ? undefined : {buildId, ...(deploymentId === undefined ? {} : {deploymentId})};
};
