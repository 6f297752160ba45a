# Runs a program of the team's own with what only this host knows beside the rest, in a session of its own. When it takes too
# long, or its job is ended, it ends with all it has started: its group, and whatever has the mark in its environment,
# wherever it went. TERM first, and KILL before whoever ends this job loses patience. What a program leaves behind that
# ends by itself is its own business.

state=$1 run=$2 live=$3 backup=$4 backup_json=$5 release=$6 commit=$7 seconds=$8 members=$9
shift 9
mark=$1
shift
jobs=$state/jobs/$run
plain() { case $1 in *[!0-9A-Za-z_.-]*) return 1 ;; esac; }
previous=
if [ -s "$jobs/previous" ]; then read -r previous <"$jobs/previous"
elif [ -L "$live" ]; then previous=$(readlink -- "$live"); previous=${previous##*/}; fi
if [ "$release" = previous ]; then
	release=
	[ -s "$jobs/target" ] && read -r release <"$jobs/target"
fi
plain "$previous" || previous=
plain "$release" || release=
[ -f "$backup" ] || { backup=; backup_json='""'; }
if [ -z "$commit" ]; then
	commit=${release##*-}
	case $commit in *[!0-9a-f]* | ? | ?? | ??? | ???? | ????? | ??????) commit= ;; esac
fi
export COCKPIT_RELEASE="$release" COCKPIT_PREVIOUS="$previous" COCKPIT_BACKUP="$backup" COCKPIT_COMMIT="$commit"

# Never this program itself: only what it starts gets the mark.
marked() { grep -lzxF -- "COCKPIT_HOOK=$mark" /proc/[0-9]*/environ 2>/dev/null; }
tell() {
	kill -s "$1" -- "-$child"
	for entry in $(marked); do entry=${entry#/proc/}; kill -s "$1" "${entry%/environ}"; done
} 2>/dev/null
end_all() {
	tell TERM
	tries=20
	while [ -n "$(marked)" ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
	tries=20
	while tell KILL; [ -n "$(marked)" ] && [ "$tries" -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
}

asked='' watch=''
trap 'asked=1; [ -z "$watch" ] || kill -s TERM "$watch" 2>/dev/null' TERM HUP INT
printf '{%s,"release":"%s","previous":"%s","backup":%s,"commit":"%s"}\n' "$members" "$release" "$previous" "$backup_json" "$commit" |
	COCKPIT_HOOK="$mark" setsid -- "$@" &
child=$!
timeout "$seconds" tail "--pid=$child" -s 0.02 -f /dev/null >/dev/null 2>&1 &
watch=$!
[ -z "$asked" ] || kill -s TERM "$watch" 2>/dev/null
wait "$watch"
late=$?
[ -z "$asked" ] || late=
[ -z "$asked" ] && [ "$late" != 124 ] || end_all
# The shell would tell of a program that was killed as if nobody had meant it.
{ wait "$child"; code=$?; } 2>/dev/null
[ "$late" = 124 ] || exit "$code"
echo "it did not end in $seconds s, and was ended"
exit 124
