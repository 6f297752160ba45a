import type {Command} from '../../domain/command.ts';
import type {BackupOrigin} from '../../domain/backups/backup.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {inspectArchive} from './archive.ts';
import {program} from '../shell.ts';

const verify = `
umask 077
file=$1 app=$2
${inspectArchive}
recorded=
[ -f "\${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "\${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" || exit
printf '%s\\n' "$found"
echo "bytes $(stat -c %s -- "$file")"
echo "modified $(stat -c %Y -- "$file")"
echo "sha256 $sha256"
if [ "$app" = frontend ]; then
	member=$(unquoted "$(printf '%s\\n' "$found" | sed -n 's/^root //p')")
	read_archive "$file" 2>/dev/null | tar --extract --gzip --to-stdout --no-unquote --no-wildcards --file=- -- "\${member%.}.next/BUILD_ID" |
		head -c 200 | head -n 1 | tr -dc '[:graph:]' | { read -r id; echo "build-id $id"; }
fi
`;

/**
 * Reads a whole archive and says whether the app could be restored from it: ends of gzip and tar, the sha256 beside it,
 * no member that leads out, the app's root in it. Prints `entries N`, `unpacked N`, `bytes N`, `modified SECONDS`,
 * `sha256 HEX`, `root PREFIX`, `strip N`, `has PATH` for what matters, `whole` when it is more than a build, and
 * `build-id ID` of a frontend. Exits 1
 * with the reason in the first line of standard error; 2 when it could not be read at all. Writes nothing.
 */
export const verifyBackup = (options: {readonly file: string; readonly app: AppName}): Command => ({
	...program('verify the backup', verify, [options.file, options.app]),
	sudo: ['root: cat'],
});

/** What `verifyBackup` found. */
export type BackupVerification = {
	readonly entries: number;
	readonly bytes: number;
	readonly unpackedBytes: number;
	/** Epoch seconds of the last change of the file. */
	readonly modified: number;
	readonly sha256: string;
	/** Prefix of the app in the archive, as tar quotes it: empty or ending in `/`. */
	readonly root: string;
	readonly strip: number;
	readonly has: readonly string[];
	/** False for an archive of a build alone. */
	readonly isWhole: boolean;
	readonly buildId?: string;
};

/** Reads what `verifyBackup` printed. Undefined for anything else. */
export const parseVerification = (text: string): BackupVerification | undefined => {
	const one = (name: string): string | undefined => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
	const sha256 = one('sha256');
	if (sha256 === undefined) return undefined;
	const buildId = one('build-id');
	return {
		entries: Number(one('entries')),
		bytes: Number(one('bytes')),
		unpackedBytes: Number(one('unpacked')),
		modified: Number(one('modified')),
		sha256,
		root: one('root') ?? '',
		strip: Number(one('strip')),
		has: [...text.matchAll(/^has (.*)$/gm)].map(([, path = '']) => path),
		isWhole: /^whole$/m.test(text),
		...(buildId ? {buildId} : {}),
	};
};

/*
 * One line of JSON, ended with the verdict: what is there stays, an earlier verdict goes. Braces in the verdict's texts
 * are escaped, so that its end can be found.
 */
const record = `
set -eu
umask 077
file=$1 verdict=$2 size=$3 modified=$4 origin=$5
note=\${file%.tar.gz}.json
[ "$(stat -c '%s %Y' -- "$file")" = "$size $modified" ] || { echo 'it was changed meanwhile' >&2; exit 1; }
known=
[ -f "$note" ] && known=$(head -n 1 -- "$note" | sed 's/,"verdict":{[^{}]*}//')
case $known in
	'{"'*'}') known=\${known%?} ;;
	*) known="{\\"file\\":\\"$(basename -- "$file")\\",\\"origin\\":\\"$origin\\"" ;;
esac
printf '%s,"verdict":{"at":"%s",%s}}\\n' "$known" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$verdict" >"$note.part"
mv -- "$note.part" "$note"
`;

/**
 * Writes down beside a backup what verifying it found: for the file of that size and time only, and by the host's
 * clock. `found`: of a good one; `reason`: why it is bad.
 */
export const recordVerdict = (options: {
	readonly file: string;
	/** Of the file that was read: from the list for a bad one. */
	readonly size: number;
	readonly modified: number;
	readonly by: string;
	/** Of one that nothing was written about yet. */
	readonly origin?: BackupOrigin;
	readonly verdict: {readonly found: BackupVerification} | {readonly reason: string};
}): Command => {
	const {verdict, size, modified, by, origin = 'old script'} = options;
	const result =
		'found' in verdict
			? {
					ok: true,
					sha256: verdict.found.sha256,
					entries: verdict.found.entries,
					unpacked: verdict.found.unpackedBytes,
				}
			: {ok: false, reason: verdict.reason};
	const members = JSON.stringify({...result, size, modified, by}).slice(1, -1);
	const flat = members.replaceAll('{', String.raw`\u007b`).replaceAll('}', String.raw`\u007d`);
	return program('write down what was found', record, [options.file, flat, String(size), String(modified), origin]);
};
