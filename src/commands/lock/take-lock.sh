# The lock is a file written under flock: `RUN ATTEMPT TOKEN` and a JSON line about the holder. The token grows with
# every change of holder. The same run takes it again only with a higher attempt, so of two people who resume one
# run only one goes on, and an older driver's next job is refused. A run that could not be recorded has not begun.
#
# What a full disk must not keep from being written is written in the room kept for it: see `room.sh`. A deploy begins only
# where that room is there, a rollback without it, too, and says so.

umask 077
state=$1 app=$2 run=$3 attempt=$4 holder=$5 record=$6 entry=$7 urgency=$8 header=$9 owner=${10} only_dead=${11}
shift 11
if [ "$urgency" = urgent ] && [ -d "$state" ]; then
	use_spare "$state" || { echo "noted: $(tell_full "$state"); not even the room kept for a rollback is there"; }
fi
mkdir -p -- "$state/lock" || exit 94
chmod 700 -- "$state" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
token=0
[ -e "$state/lock/$app.token" ] && read -r token <"$state/lock/$app.token"
if [ -e "$state/lock/$app" ]; then
	read -r held_run held_attempt rest <"$state/lock/$app"
	if [ "$held_run" != "$run" ] || [ "$attempt" -le "$held_attempt" ]; then
		describe_holder "$state" "$app"
		exit 96
	fi
	# Whoever ends a run for another one does so only while nobody could mind.
	if [ -n "$only_dead" ] && ! holder_is_dead "$state" "$app"; then describe_holder "$state" "$app"; exit 96; fi
elif [ "$attempt" -gt 1 ] && [ -e "$state/jobs/$run/closed" ]; then
	echo "closed $(cat -- "$state/jobs/$run/closed")"
	exit 96
elif [ "$urgency" != urgent ] && [ "$attempt" = 1 ]; then
	refuse_held "$state" "$app" "$owner" || exit 96
fi
# One live path, one lock: no run begins for whoever has no business there.
if [ $# -gt 0 ]; then
	marker_resumes=${held_run-} marker_urgent=
	[ "$urgency" != urgent ] || marker_urgent=yes
	claim_to_lock "$@" || exit $?
fi
if [ "$urgency" != urgent ] && ! keep_spare "$state" && [ "$attempt" = 1 ]; then
	tell_full "$state" >&2
	exit 94
fi
# A driver of an earlier attempt may still write; before the first one nobody does.
if [ "$attempt" = 1 ]; then
	remove_parts "$state" "$app"
	remove_never_begun "$state" "$app"
fi
begun=$state/jobs/$run
[ "$attempt" -gt 1 ] || [ -e "$begun" ] || begun=
# What could not be taken leaves nothing of the try.
leave_nothing() {
	rm -f -- "$state/lock/$app.part" "$state/lock/$app.token.part" "$state/jobs/$run/run.json.part" "$state/jobs/$run/holder.part"
	[ -n "$begun" ] || rm -rf -- "$state/jobs/$run"
}
trap leave_nothing EXIT
mkdir -p -- "$state/jobs/$run" || exit 94
if ! closing_room "$state" "$run" && [ "$urgency" != urgent ] && [ "$attempt" = 1 ]; then
	tell_full "$state" >&2
	exit 94
fi
token=$((token + 1))
printf '%s\n' "$record" >"$state/jobs/$run/run.json.part" && mv -- "$state/jobs/$run/run.json.part" "$state/jobs/$run/run.json" || exit 94
printf '%s\n' "$token" >"$state/lock/$app.token.part" && mv -- "$state/lock/$app.token.part" "$state/lock/$app.token" || exit 94
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '%s %s %s\n{"since":"%s",%s}\n' "$run" "$attempt" "$token" "$now" "$holder" >"$state/lock/$app.part" || exit 94
cp -- "$state/lock/$app.part" "$state/jobs/$run/holder.part" && mv -- "$state/jobs/$run/holder.part" "$state/jobs/$run/holder" || exit 94
# Until its driver makes itself known, the age of this file says that it is about to.
( : >"$state/jobs/$run/driver.$attempt" ) || [ "$urgency" = urgent ] || exit 94
mv -- "$state/lock/$app.part" "$state/lock/$app" || exit 94
trap - EXIT
# What the driver before was sending when it was stopped must not go on when it wakes up.
end_receiver "$state/jobs/$run" || { echo 'what the driver before was sending does not end' >&2; exit 94; }
# What a run makes is made of what it finds live, and its backup too.
if [ $# -gt 0 ] && live=$(readlink -- "$1"); then
	if [ "$attempt" -gt 1 ]; then as_begun "$state" "$app" "$run" "$live" || :
	elif ! printf '%s\n' "${live##*/}" >"$state/jobs/$run/live"; then [ "$urgency" = urgent ] || exit 94; fi
fi
[ -s "$state/jobs/$run/live" ] && read -r found <"$state/jobs/$run/live" && printf 'found %s\n' "$found"
for job in "$state/jobs/$run"/*/started; do
	[ -e "$job" ] && printf 'started %s\n' "$(basename -- "$(dirname -- "$job")")"
done
exec 9>&-
# What a run took down and a reboot kept from bringing up, whoever comes next brings up.
end_left_maintenance "$state" "$app" >/dev/null 2>&1 || :
printf 'token %s\ntime %s\n' "$token" "$now"
if [ "$urgency" = urgent ]; then ledger_append_or_queue "$state" "$entry" "$header"; else
# What waits is older.
[ ! -s "$state/ledger.jsonl" ] || ledger_flush "$state"
( ledger_append "$state" "$entry" '' "$header" ) || { code=$?; [ "$attempt" -gt 1 ] || rm -rf -- "$state/lock/$app" "$state/jobs/$run"; exit "$code"; }
ledger_flush "$state"
fi
