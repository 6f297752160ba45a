import type {Command} from '../../domain/command.ts';
import type {SharedPaths} from '../../domain/environments/environment.ts';
import {anywhere} from '../../domain/environments/excludes.ts';
import {countMembers} from './archive.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import {program} from '../shell.ts';

/*
 * Written as .part, locked while somebody writes it, and renamed only after it has been read back whole. tar's exit 1
 * says that a file changed while it was read (an upload in progress): the archive is complete, so that is noted, not a
 * failure. What is known of the release is copied in: the archive may outlive the release's own record.
 */
const writeArchive = `
${countMembers}
write_archive() {
	release=$1 base=$2 file=$3 owner=$4 about=$5 state=$6
	shift 6
	name=$(basename -- "$file")
	note=\${file%.tar.gz}.json
	changed=false
	set -- "$@" -C "$release" .
	if sudo -n -u "$owner" -- test -d "$base/shared"; then set -- "$@" -C "$base" shared; fi
	code=$({ { code=0; sudo -n -u "$owner" -- tar --create --file=- --anchored "$@" || code=$?; echo "$code" >&3; } | gzip -1 >"$file.part"; } 3>&1) || return
	case $code in
		0) ;;
		1) changed=true ;;
		*) return "$code" ;;
	esac
	sync -d -- "$file.part" || return
	count=$(count_members "$file.part") || return
	sha256=$(sha256sum <"$file.part" | cut -c 1-64)
	is=$(stat -c '%s,"modified":%Y' -- "$file.part")
	id=$(basename -- "$release")
	known=$state/releases/\${name%%_*}/$id.json
	known_as() { [ -f "$known" ] && head -n 1 -- "$known" | sed -n "s/.*\\"$1\\":\\"\\([0-9a-f]\\{7,64\\}\\)\\".*/\\"$1\\":\\"\\1\\",/p"; }
	printf '{"file":"%s","origin":"cockpit","sizeBytes":%s,"sha256":"%s","entries":%s,"changedWhileRead":%s,"release":"%s",%s"at":"%s",%s}\\n' \\
		"$name" "$is" "$sha256" "$((count))" "$changed" "$id" "$(known_as commit)$(known_as digest)" \\
		"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$note.part" || return
	mv -- "$note.part" "$note" && mv -- "$file.part" "$file" || return
	printf 'verified %s entries, %s bytes\\n' "$((count))" "\${is%%,*}"
}
`.trim();

/* Arguments as above, but the live link in place of a release. */
const begin = `
umask 077
live=$1 file=$3
shift
mkdir -p -- "$(dirname -- "$file")" || exit 1
[ -L "$live" ] || { echo 'nothing is live yet: no backup'; exit 0; }
release=$(readlink -f -- "$live") || exit 1
exec 9>>"$file.part" && flock -w 10 9 || { echo "somebody else writes $file" >&2; exit 1; }
`.trim();

const backUp = `
${writeArchive}
${begin}
write_archive "$release" "$@" && exit 0
code=$?
rm -f -- "$file.part"
exit "$code"
`;

/* The lock goes over to the writer with fd 9. What fails leaves an empty .part: seen as never finished, takes no room. */
const behind = `
${writeArchive}
write_archive "$@" || { code=$?; : >"$3.part"; exit "$code"; }
`.trim();

const backUpBehind = `
text=$1
shift
${begin}
setsid sh -c "$text" write-archive "$release" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
echo "$(basename -- "$file") is written meanwhile"
`;

type Archive = {
	readonly live: string;
	readonly base: string;
	/** Absolute path ending in `.tar.gz`. */
	readonly file: string;
	readonly owner: string;
	/** Inner root of the archive: the last part of the live path. */
	readonly root: string;
	readonly excludes: readonly string[];
	readonly shared: SharedPaths;
	/** Where the records of releases are. */
	readonly stateDirectory: string;
	/** Kept beside it: app, run, by, why. */
	readonly about: Readonly<Record<string, unknown>>;
};

/**
 * Archives the live release with what belongs to the environment in its place, under the inner root the old scripts
 * used, mode 0600, with a `.json` beside it. Source: workflow, "Rollback Protection"; design, "Words", backup.
 */
export const backUpLiveRelease = (options: Archive): Command => ({
	...program('archive the live release', backUp, parametersFor(options)),
	sudo: [`${options.owner}: test`, `${options.owner}: tar`],
});

/**
 * The same for the release that is live when this begins, behind everything else: it returns at once, and the archive is
 * pending until it is whole. For a rollback, which waits for nobody.
 */
export const archiveRelease = (options: Archive): Command => ({
	...program('archive the live release behind the run', backUpBehind, [behind, ...parametersFor(options)]),
	sudo: [`${options.owner}: test`, `${options.owner}: tar`],
});

const parametersFor = (options: Archive): string[] => {
	const links = [...options.shared.files, ...options.shared.directories].map(
		path => `--exclude=./${escapeGlob(path)}`,
	);
	const excluded = options.excludes.flatMap(path => {
		const name = anywhere(path);
		return name === undefined
			? [`--exclude=./${escapeGlob(path)}`, `--exclude=shared/${escapeGlob(path)}`]
			: ['--no-anchored', `--exclude=${escapeGlob(name)}`, '--anchored'];
	});
	const root = options.root.replaceAll(/[\\&,]/g, String.raw`\$&`);
	const transform = [String.raw`flags=rSh;s,^\.$,${root},;s,^\./,${root}/,;s,^shared,${root},`];
	return [
		options.live,
		options.base,
		options.file,
		options.owner,
		jsonMembers(options.about),
		options.stateDirectory,
		...links,
		...excluded,
		...transform.map(expression => `--transform=${expression}`),
	];
};

const escapeGlob = (path: string): string => path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
