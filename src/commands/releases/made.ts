import type {Command} from '../../domain/command.ts';
import {installedRoots, lockFiles, ownFilesOf} from '../../domain/releases/own-files.ts';
import {contentsProgram, type ContentsOf} from './contents.ts';
import type {HostState} from '../host-state.ts';

/*
 * `refuse_foreign DIRECTORY MANIFEST SHARED...` ends the program where a release that is not live yet is not what was sent, or
 * holds something where nobody makes anything. Leaves in $scratch/brought what the manifest names and in $scratch/more what
 * else there is. Nothing runs in such a release, so that nothing is excused as written by the app: not even a cache of Next.
 */
const functions = `
refuse() {
	[ "$(count <"$2")" -eq 0 ] && return
	echo "the release being prepared $1: $(first_of "$2")" >&2
	exit 1
}
# Of two sorted lists of records: how the second differs from the first.
told_apart() {
	comm -z -23 -- "$1" "$2" | paths | sort -z >"$scratch/first"
	comm -z -13 -- "$1" "$2" | paths | sort -z >"$scratch/second"
	comm -z -13 -- "$scratch/first" "$scratch/second" | sed -z 's/^/added /'
	comm -z -12 -- "$scratch/first" "$scratch/second" | sed -z 's/^/changed /'
	comm -z -23 -- "$scratch/first" "$scratch/second" | sed -z 's/^/gone /'
}
refuse_foreign() {
	: >"$scratch/beside"
	candidate=$1 manifest=$2
	shift 2
	skipped=
	records_of "$candidate" "$@" >"$scratch/found"
	sort -z -- "$manifest" >"$scratch/brought"
	comm -z -13 -- "$scratch/brought" "$scratch/found" >"$scratch/more"
	told_apart "$scratch/brought" "$scratch/found" | sed -z '/^added /d' >"$scratch/altered"
	refuse 'is not what was sent' "$scratch/altered"
	refuse 'may be written by everybody, or runs as somebody else' "$scratch/loose"
	# Chunks are carried over from builds that a list names; where live has none, all of them are.
	release=$(readlink -f -- "$live" || true)
	if [ -e "$state/manifests/$app/\${release##*/}" ]; then
		for list in "$state/manifests/$app"/*; do only '\\.next/static/' <"$list"; done | sort -z -u >"$scratch/carried"
	else only '\\.next/static/' <"$scratch/more" >"$scratch/carried"; fi
	# What scripts of an installer made beside its packages was listed right behind it.
	[ ! -e "$installed.beside" ] || sort -z -- "$installed.beside" >"$scratch/beside"
	{
		sed -z -n '/^000000 /p' <"$scratch/more"
		comm -z -23 -- "$scratch/more" "$scratch/carried" | comm -z -23 -- - "$scratch/beside" | sed -z '/^000000 /d; /^120000 0\\{64\\} /d' | without "$prepared"
	} | paths | sort -z >"$scratch/foreign"
	refuse 'holds files that no build brought' "$scratch/foreign"
}
`;

const settings = `
set -eu
umask 077
directory=$1 manifest=$2 kept=$3 installed=$4 packages=$5 prepared=$6
shift 6
`;

const keep = `
# As its archive had it, an installer may leave a file that everybody may write.
sudo -n -u "$owner" -- sh -c 'cd -- "$1" && find . -type f -perm /6002 -exec chmod ug-s,o-w {} + && find . -type d -perm -0002 -exec chmod o-w {} +' modes "$directory"
refuse_foreign "$directory" "$manifest" "$@"
if [ -e "$installed" ]; then
	only "$packages" <"$scratch/more" >"$scratch/packages"
	told_apart "$installed" "$scratch/packages" >"$scratch/altered"
	refuse 'is not as its installer left it' "$scratch/altered"
fi
compared <"$scratch/more" >"$kept.part"
mv -- "$kept.part" "$kept"
echo "$(count <"$kept") files made here, by installers and for this host"
`;

const prove = `
refuse_foreign "$directory" "$manifest" "$@"
compared <"$scratch/more" >"$scratch/now"
told_apart "$kept" "$scratch/now" >"$scratch/altered"
refuse 'is not what was made in it any more' "$scratch/altered"
echo "$(count <"$scratch/found") files as they were sent and made"
`;

/** Where this run keeps the list of what was made in its candidate. */
export const keptByRun = ({directory, run}: HostState): string => `${directory}/jobs/${run}/made`;

/** Where this run keeps the list of its packages, as they were right behind their installer. */
export const installedByRun = ({directory, run}: HostState): string => `${directory}/jobs/${run}/installed`;

/** What is known of a release that is prepared: paths on the host. */
export type Lists = {
	/** The release that is prepared. */
	readonly directory: string;
	/** What the build brings to it. */
	readonly manifest: string;
	/** Where the list of what was made is kept. */
	readonly kept: string;
	/** What `installKept` listed. Absent: nothing. */
	readonly installed?: string;
};

const look = (label: string, text: string, of: ContentsOf, lists: Lists): Command =>
	contentsProgram(label, [settings.trim(), functions.trim(), text.trim()].join('\n'), of, [
		lists.directory,
		lists.manifest,
		lists.kept,
		lists.installed ?? '',
		installedRoots(of.target),
		ownFilesOf(of.target).prepared,
	]);

/**
 * Lists, with digests and in the form of a manifest, what stands in a directory and in no manifest: what composer, npm,
 * artisan and this product made in it. Fails where a path of the manifest is not as it was sent, where packages are not
 * as `installKept` left them, and where something stands that nobody makes there. Paths on the host.
 */
export const keepMade = (of: ContentsOf, lists: Lists): Command => look('list what was made', keep, of, lists);

/** The last look before the swap: fails where the candidate is not what was sent and, right behind that, made. */
export const proveMade = (of: ContentsOf, lists: Lists): Command =>
	look('compare with what was sent and made', prove, of, lists);

const install = `
set -eu
directory=$1 run=$2 packages=$3 own=$4 locks=$5 roots=$6 prepared=$7
shift 7
names() { as_owner 'cd -- "$1" && find . -mindepth 1 ! -type d -printf "%P\\0"' names "$directory" | sort -z; }
manifest=$state/jobs/$run/manifest taken=$state/jobs/$run/taken
list() { records_of "$directory" >"$scratch/found"; only "$packages" <"$scratch/found" >"$scratch/installed"; }
as_owner() { sudo -n -u "$owner" -- sh -c "$@"; }
: >"$scratch/locks"
[ ! -e "$taken" ] || only '[^/]*$' <"$taken" >"$scratch/locks"
sort -z -- "$manifest" | only "$locks" >"$scratch/locks-sent"
# With the same lock file no package changes: what does was changed by somebody else, between the copy of live and here.
changed_packages() {
	[ -s "$taken" ] && cmp -s -- "$scratch/locks" "$scratch/locks-sent" || return 1
	only "$own" <"$taken" >"$scratch/before"
	[ -s "$scratch/before" ] || return 1
	only "$own" <"$scratch/installed" | comm -z -3 -- "$scratch/before" - | sed -z 's/^\\t//' | paths | sort -z -u >"$scratch/altered"
	[ "$(count <"$scratch/altered")" -gt 0 ]
}
# An installer trusts what it finds: only what was taken over may be there.
for root in $roots; do
	cat -- "$manifest" "$taken" 2>/dev/null | only "$root(/|$)" | grep -q . || as_owner 'rm -rf -- "$1/$2"' remove "$directory" "$root"
done
names >"$scratch/there"
"$@"
list
if changed_packages; then
	echo "noted: packages were changed while this release was prepared, and are installed anew: $(first_of "$scratch/altered")"
	cut -z -d / -f 1 <"$scratch/altered" | sort -z -u | as_owner 'cd -- "$1" && xargs -0 -r rm -rf --' remove "$directory"
	"$@"
	list
fi
# A script of a package may make files beside the packages: they come with the release, and are named.
without "$prepared" <"$scratch/found" | sed -z '/^000000 /d' >"$scratch/outside"
paths <"$scratch/outside" | sort -z | comm -z -13 -- "$scratch/there" - >"$scratch/new"
tr '\\n\\000' '\\001\\n' <"$scratch/new" >"$scratch/lines"
tr '\\n\\000' '\\001\\n' <"$scratch/outside" | new="$scratch/lines" awk '
	BEGIN { while ((getline line <ENVIRON["new"]) > 0) wanted[line] = 1 }
	{ path = $0; sub(/^[0-9]* [0-9a-f]* /, "", path); if (path in wanted) print }
' | tr '\\001\\n' '\\n\\000' >"$scratch/installed.beside"
total=$(count <"$scratch/new")
[ "$total" -eq 0 ] || echo "noted: the installer made files beside its packages ($total): $(first_of "$scratch/new")"
( umask 077; cat -- "$scratch/installed" >"$state/jobs/$run/installed"; cat -- "$scratch/installed.beside" >"$state/jobs/$run/installed.beside" )
`;

/**
 * Runs an installer in the candidate and lists at once what packages it left there, so that nobody can change one later
 * unseen. Packages that were taken over, and are not those of live any more though the lock file is, are installed anew.
 */
export const installKept = (
	of: ContentsOf & {readonly state: HostState},
	directory: string,
	installer: Command,
): Command => {
	const {packages, installed, prepared} = ownFilesOf(of.target);
	const words =
		installer.as === undefined ? installer.argv : ['sudo', '-n', '-u', installer.as, '--', ...installer.argv];
	const command = contentsProgram(
		installer.label ?? installer.argv[0],
		install,
		{state: of.state, target: {...of.target, shared: {files: [], directories: []}}},
		[
			directory,
			of.state.run,
			installedRoots(of.target),
			packages,
			lockFiles,
			installed.join(' '),
			prepared,
			...words,
		],
	);
	return {
		...command,
		sudo: [
			...(command.sudo ?? []),
			...(installer.sudo ?? []),
			...(installer.as === undefined ? [] : [`${installer.as}: ${installer.argv[0]}`]),
		],
	};
};
