import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/*
 * Everything the pre-flight checks need, in one exec that changes nothing: `name<TAB>value` lines, then the manifest
 * of the live release as it is. The slow version questions run beside each other. Lists of parameters end with `--`.
 * `more`: source text that asks further things of a recipe, with parameters of its own.
 */
const factsWith = (more: string): string => `
state=$1 app=$2 live=$3 base=$4 backups=$5 owner=$6
shift 6
newline='
'
say() { printf '%s\\t%s\\n' "$1" "$2"; }
scratch=$(mktemp -d) || exit 94
trap 'rm -rf -- "$scratch"' EXIT
# On a full disk the answers below would be empty, and read as missing tools.
printf '%4096s' '' >"$scratch/room" || { echo "No space left on device: $scratch" >&2; exit 94; }
while [ "$1" != -- ]; do
	(
		IFS=$newline
		set -f
		set -- $1
		file=$scratch/answer-$1
		shift
		"$@" 2>/dev/null </dev/null | head -n 1 >"$file"
	) &
	shift
done
shift
{ sudo -n -u "$owner" -- true 2>"$scratch/owner" && echo ok >"$scratch/owner"; } &
say time "$(date -u +%s)"
say machine "$(cat /etc/machine-id 2>/dev/null || hostname)"
for tool in tar gzip flock setsid sha256sum find xargs sudo; do
	command -v "$tool" >/dev/null || say missing "$tool"
done
command -v zstd >/dev/null && say codec zstd
while [ "$1" != -- ]; do
	# One word a line: no word of a command in an environment file holds a newline.
	(IFS=$newline; set -f; sudo -n -l -- $1 >/dev/null 2>&1) || say denied "$(printf %s "$1" | tr '\\n' ' ')"
	shift
done
shift
if [ -L "$live" ]; then
	say layout releases
	release=$(readlink -f -- "$live")
	release=\${release##*/}
	say live "$release"
elif [ -d "$live" ]; then say layout directory
elif [ -e "$live" ]; then say layout other
elif [ -d "$base/releases" ]; then say layout empty
else say layout none
fi
[ -s "$base/shared/.env" ] || sudo -n -u "$owner" -- test -s "$base/shared/.env" || say missing-env "$base/shared/.env"
free() { df -k "--output=$1" -- "$2" 2>/dev/null | tail -n 1 | tr -d ' '; }
space() {
	say "free-$1" "$(free avail "$2")"
	say "inodes-$1" "$(free iavail "$2")"
	say "device-$1" "$(stat -c %d -- "$2" 2>/dev/null)"
}
nearest() {
	near=$1
	while ! [ -d "$near" ]; do near=$(dirname -- "$near"); done
}
nearest "$backups"
[ -w "$near" ] || say not-writable "$near"
space backups "$near"
nearest "$state"
[ -w "$near" ] || say not-writable "$near"
space state "$near"
[ "$(stat -f -c %T -- "$near" 2>/dev/null)" = nfs ] && say state-on nfs
nearest "$base/releases"
space app "$near"
kib() { sudo -n -u "$owner" -- du -sk -- "$1" 2>/dev/null | cut -f 1; }
if [ -L "$live" ]; then
	say live-kib "$(kib "$base/releases/$release")"
	say shared-kib "$(kib "$base/shared")"
	sudo -n -u "$owner" -- sh -c '
		cd -- "$1" && shift
		for path; do [ "$path" = -- ] && break; [ -e "$path" ] && ! [ -L "$path" ] && printf "own\\t%s\\n" "$path"; done
	' own "$live" "$@"
fi
grep -hs '^ *KillUserProcesses *= *\\(yes\\|true\\|1\\|on\\)' /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf >/dev/null && say kill-user-processes yes
[ -e "$state/lock/$app" ] && say lock "$(tr '\\n' '\\v' <"$state/lock/$app")"
while [ "$1" != -- ]; do shift; done
shift
${more}
wait
for file in "$scratch"/answer-*; do
	[ -e "$file" ] && say "\${file##*/}" "$(cat -- "$file")"
done
say owner "$(cat -- "$scratch/owner")"
echo manifest
[ -z "\${release-}" ] || cat -- "$state/manifests/$app/$release" 2>/dev/null
exit 0
`;

type Question = {
	readonly stateDirectory: string;
	readonly app: string;
	readonly layout: ReleaseLayout;
	readonly backups: string;
	readonly target: Pick<AppTarget, 'owner' | 'services' | 'shared'>;
	/** Commands the run will call as root: each must be allowed without a password. */
	readonly asRoot: readonly Command['argv'][];
};

/**
 * Asks a host for everything the pre-flight checks of an app need. Changes nothing. `versions`: name to the command
 * whose first line of output is its version. `more`: constant source text with
 * parameters of its own; it may leave an answer as the file `$scratch/answer-NAME`, also in the background.
 */
export const askHost = (
	options: Question & {
		readonly versions: Readonly<Record<string, Command['argv']>>;
		readonly more?: {readonly text: string; readonly parameters: readonly string[]};
	},
): Command => {
	const {target, more = {text: '', parameters: []}} = options;
	return {
		...program('ask the host', factsWith(more.text.trim()), [
			options.stateDirectory,
			options.app,
			options.layout.live,
			options.layout.base,
			options.backups,
			target.owner,
			...Object.entries(options.versions).map(([name, argv]) => [name, ...argv].join('\n')),
			'--',
			...options.asRoot.map(argv => argv.join('\n')),
			'--',
			...target.shared.directories,
			...target.shared.files,
			'--',
			...more.parameters,
		]),
		sudo: [`${target.owner}: true`, `${target.owner}: du`, `${target.owner}: sh`],
	};
};

/* With 0, the default, a reload ends every request under way; measured with requests of 3 s. */
const fpmTimeout = `
timeout=$(sed -n 's/^ *process_control_timeout *= *\\([^ ;]*\\).*/\\1/p' /etc/php/*/fpm/php-fpm.conf 2>/dev/null | tail -n 1)
case $timeout in
	'' | 0 | 0s) [ -e /etc/php ] && echo 'noted: php-fpm ends requests under way when it is reloaded: process_control_timeout is 0 on this host' ;;
esac
`;

/** As `askHost`, for a Laravel app. */
export const askHostFacts = ({
	php,
	composer,
	...question
}: Question & {readonly php: string; readonly composer: string}): Command =>
	askHost({
		...question,
		versions: {php: [php, '-v'], composer: [composer, '--version', '--no-ansi']},
		more: {text: fpmTimeout, parameters: []},
	});

/** Where a run writes: releases, backups, lock and ledger. */
export type StoragePlace = 'app' | 'backups' | 'state';

/** What a host answered. Sizes in KiB, times in epoch seconds of the host. */
export type HostFacts = {
	readonly time: number;
	readonly machine: string;
	readonly missingTools: readonly string[];
	/** Commands that sudo refuses without a password. */
	readonly denied: readonly string[];
	readonly hasZstd: boolean;
	/** `releases`: adopted. `directory`: as the old scripts left it. `empty`: prepared, nothing live yet. */
	readonly layout: 'releases' | 'directory' | 'other' | 'empty' | 'none';
	/** Id of the live release. */
	readonly live: string | undefined;
	readonly liveKib: number;
	/** What belongs to the environment: uploads, `.env`; part of every backup. */
	readonly sharedKib: number;
	/** Shared paths that the live release still holds itself. */
	readonly ownPaths: readonly string[];
	readonly missingEnv: string | undefined;
	readonly notWritable: string | undefined;
	readonly freeKib: Readonly<Record<StoragePlace, number>>;
	/** File system of each place: places on one of them share its free space. */
	readonly device: Readonly<Record<StoragePlace, string>>;
	readonly freeInodes: number;
	readonly killsUserProcesses: boolean;
	readonly stateOnNfs: boolean;
	readonly lock: LockHolder | undefined;
	/** What each program that was asked said, by the name it was asked under; empty when it said nothing. */
	readonly answers: Readonly<Record<string, string>>;
	readonly php: string;
	readonly composer: string;
	/** `ok`, or what sudo said. */
	readonly owner: string;
	/** Manifest of the live release as the host keeps it; empty when there is none. */
	readonly manifest: string;
};

/** Reads the answer of `askHostFacts`. Throws Error when it was cut. */
export const parseHostFacts = (text: string): HostFacts => {
	const end = text.indexOf('\nmanifest\n');
	if (end < 0) throw new Error('the host did not answer in full');
	const lines = text.slice(0, end).split('\n');
	const all = (name: string): string[] =>
		lines.flatMap(line => (line.startsWith(`${name}\t`) ? [line.slice(name.length + 1)] : []));
	const one = (name: string): string | undefined => all(name)[0];
	const figure = (name: string): number => Number.parseInt(one(name) ?? '', 10);
	const places = <Value>(read: (place: StoragePlace) => Value): Record<StoragePlace, Value> => ({
		app: read('app'),
		backups: read('backups'),
		state: read('state'),
	});
	const answers = Object.fromEntries(
		lines.flatMap(line => {
			const [, name, text] = /^answer-(\S+)\t(.*)$/.exec(line) ?? [];
			return name === undefined ? [] : [[name, text ?? '']];
		}),
	);
	return {
		time: figure('time'),
		machine: one('machine') ?? '',
		missingTools: all('missing'),
		denied: all('denied'),
		hasZstd: one('codec') === 'zstd',
		layout: (one('layout') ?? 'none') as HostFacts['layout'],
		live: one('live'),
		liveKib: figure('live-kib'),
		sharedKib: figure('shared-kib'),
		ownPaths: all('own'),
		missingEnv: one('missing-env'),
		notWritable: one('not-writable'),
		freeKib: places(place => figure(`free-${place}`)),
		device: places(place => one(`device-${place}`) ?? ''),
		freeInodes: figure('inodes-app'),
		killsUserProcesses: one('kill-user-processes') === 'yes',
		stateOnNfs: one('state-on') === 'nfs',
		lock: parseLockHolder((one('lock') ?? '').replaceAll('\v', '\n')),
		answers,
		php: answers['php'] ?? '',
		composer: answers['composer'] ?? '',
		owner: one('owner') ?? '',
		manifest: text.slice(end + '\nmanifest\n'.length),
	};
};
