import type {Command} from '../domain/command.ts';
import type {SharedPaths} from '../domain/environment.ts';
import {anywhere} from '../domain/excludes.ts';
import {jsonMembers} from './ledger.ts';
import {program} from './shell.ts';

/*
 * Written as .part and renamed only after it has been read back whole. tar's exit 1 says that a file changed while
 * it was read (an upload in progress): the archive is complete, so that is noted, not a failure.
 */
const backUp = `
set -eu
umask 077
live=$1 base=$2 file=$3 owner=$4 about=$5
shift 5
mkdir -p -- "$(dirname -- "$file")"
if ! [ -L "$live" ]; then echo 'nothing is live yet: no backup'; exit 0; fi
release=$(readlink -f -- "$live")
changed=false
status=$({ { sudo -n -u "$owner" -- tar --create --file=- --anchored "$@" -C "$release" . -C "$base" shared; echo $? >&3; } | gzip -1 >"$file.part"; } 3>&1)
case $status in
	0) ;;
	1) changed=true ;;
	*) exit "$status" ;;
esac
sync -d -- "$file.part"
# Into a file: behind a pipe the end of a cut archive would count as read.
trap 'rm -f -- "$file.list"' EXIT
tar --list --gzip --file="$file.part" >"$file.list"
count=$(($(wc -l <"$file.list")))
size=$(stat -c %s -- "$file.part")
digest=$(sha256sum <"$file.part" | cut -c 1-64)
printf '{"file":"%s","sizeBytes":%s,"sha256":"%s","entries":%s,"changedWhileRead":%s,"release":"%s","at":"%s",%s}\\n' \\
	"$(basename -- "$file")" "$size" "$digest" "$count" "$changed" "$(basename -- "$release")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"\${file%.tar.gz}.json.part"
mv -- "\${file%.tar.gz}.json.part" "\${file%.tar.gz}.json"
mv -- "$file.part" "$file"
printf 'verified %s entries, %s bytes\\n' "$count" "$size"
`;

/**
 * Archives the live release with what belongs to the environment in its place, under the inner root the old scripts
 * used, mode 0600, with a `.json` beside it. Source: workflow, "Rollback Protection"; design, "backup".
 */
export const backUpLiveRelease = (options: {
	readonly live: string;
	readonly base: string;
	/** Absolute path ending in `.tar.gz`. */
	readonly file: string;
	readonly owner: string;
	/** Inner root of the archive: the last part of the live path. */
	readonly root: string;
	readonly excludes: readonly string[];
	readonly shared: SharedPaths;
	readonly about: Readonly<Record<string, unknown>>;
}): Command => {
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
	const command = program('archive the live release', backUp, [
		options.live,
		options.base,
		options.file,
		options.owner,
		jsonMembers(options.about),
		...links,
		...excluded,
		...transform.map(expression => `--transform=${expression}`),
	]);
	return {...command, sudo: [`${options.owner}: tar`]};
};

const escapeGlob = (path: string): string => path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
