# Runs a command while the live release answers 503. Who keeps it from staying so is there before it is taken down.

state=$1 app=$2 run=$3 job=$4 live=$5 owner=$6 php=$7 guard=$8
shift 8
release=$(readlink -f -- "$live") && [ -e "$release/artisan" ] || { echo 'nothing is live that could be taken down'; exec "$@"; }
if sudo -n -u "$owner" -- sh -c '[ -e "$1/storage/framework/down" ]' ask "$release"; then
	echo 'noted: the app is in maintenance already, and not by a run: it stays so'
	exec "$@"
fi
mark=$state/maintenance/$app
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
( umask 077; mkdir -p -- "$state/maintenance" && printf '%s %s %s\n%s\n%s\n%s\n' "$run" "$job" "$(now)" "$release" "$owner" "$php" >"$mark.part" && mv -- "$mark.part" "$mark" ) || exit 94
setsid sh -c "$guard" guard "$state" "$app" "$run" "$state/jobs/$run/$job/lock" </dev/null >/dev/null 2>&1 &
out=$(sudo -n -u "$owner" -- "$php" "$release/artisan" down --retry=60 --no-interaction --no-ansi 2>&1 </dev/null); code=$?
printf '%s\n' "$out" | sed 's/\(Failed to parse dotenv file\..* at \[\).*/\1...]/'
if [ "$code" -ne 0 ]; then
	end_maintenance "$state" "$app" "$run"
	echo "artisan down exited with $code: nothing was migrated" >&2
	exit "$code"
fi
echo "maintenance from $(now)"
"$@"
code=$?
if end_maintenance "$state" "$app" "$run"; then echo "maintenance until $(now)"
else
	echo "the app is still in maintenance: run artisan up in $release" >&2
	[ "$code" -ne 0 ] || code=1
fi
exit "$code"
