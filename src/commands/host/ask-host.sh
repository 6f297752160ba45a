# Everything the pre-flight checks need, in one exec that changes nothing: `name<TAB>value` lines, then the manifest
# of the live release as it is. The slow version questions run beside each other. Lists of parameters end with `--`.
# `more`: source text that asks further things of a recipe, with parameters of its own.
# shellcheck disable=SC2086 # one word a line, and nothing else parts them

state=$1 app=$2 live=$3 base=$4 backups=$5 owner=$6
shift 6
newline='
'
say() { printf '%s\t%s\n' "$1" "$2"; }
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
for tool in tar gzip flock setsid sha256sum find xargs sudo perl; do
	command -v "$tool" >/dev/null || say missing "$tool"
done
command -v zstd >/dev/null && say codec zstd
while [ "$1" != -- ]; do
	# One word a line: no word of a command in an environment file holds a newline.
	(IFS=$newline; set -f; sudo -n -l -- $1 >/dev/null 2>&1) || say denied "$(printf %s "$1" | tr '\n' ' ')"
	shift
done
shift
if [ -L "$live" ]; then
	say layout releases
	release=$(readlink -f -- "$live")
	release=${release##*/}
	say live "$release"
elif [ -d "$live" ]; then say layout directory
elif [ -e "$live" ]; then say layout other
elif [ -d "$base/releases" ]; then say layout empty
else say layout none
fi
[ -s "$base/shared/.env" ] || sudo -n -u "$owner" -- test -s "$base/shared/.env" || say missing-env "$base/shared/.env"
# Before an adoption it lies in live itself.
env_keys "$owner" "$base/shared/.env" "$live/.env"
free() { df -k "--output=$1" -- "$2" 2>/dev/null | tail -n 1 | tr -d ' '; }
space() {
	say "place-$1" "$2"
	say "free-$1" "$(free avail "$2")"
	# One that counts none has as many as it likes, which is not the same as none left.
	case $(free itotal "$2") in 0 | - | '') ;; *) say "inodes-$1" "$(free iavail "$2")" ;; esac
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
space tmp "${TMPDIR:-/tmp}"
kib() { sudo -n -u "$owner" -- du -sk -- "$1" 2>/dev/null | cut -f 1; }
if [ -L "$live" ]; then
	say live-kib "$(kib "$base/releases/$release")"
	say shared-kib "$(kib "$base/shared")"
	sudo -n -u "$owner" -- sh -c '
		cd -- "$1" && shift
		for path; do [ "$path" = -- ] && break; [ -e "$path" ] && ! [ -L "$path" ] && printf "own\t%s\n" "$path"; done
	' own "$live" "$@"
fi
grep -hs '^ *KillUserProcesses *= *\(yes\|true\|1\|on\)' /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf >/dev/null && say kill-user-processes yes
[ -e "$state/lock/$app" ] && say lock "$(tr '\n' '\v' <"$state/lock/$app")"
while [ "$1" != -- ]; do shift; done
shift
