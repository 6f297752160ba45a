# Runs a program of the team's own with what only this host knows beside the rest, and ends it with all it has started when
# it takes too long: it has a process group of its own, so what ends the job is handed on.

state=$1 run=$2 live=$3 backup=$4 backup_json=$5 release=$6 commit=$7 seconds=$8 members=$9
shift 9
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
trap 'kill -s TERM "$child" 2>/dev/null' TERM HUP INT
printf '{%s,"release":"%s","previous":"%s","backup":%s,"commit":"%s"}\n' "$members" "$release" "$previous" "$backup_json" "$commit" |
	timeout -k 3 "$seconds" "$@" &
child=$!
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
	wait "$child"
	code=$?
done
[ "$code" != 124 ] || echo "it did not end in $seconds s, and was ended"
exit "$code"
