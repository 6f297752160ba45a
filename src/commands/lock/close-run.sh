umask 077
state=$1 app=$2 run=$3 outcome=$4 entry=$5 urgency=$6
jobs=$state/jobs/$run
# The job this is part of: whoever has its lock.
closing=
for job in "$jobs"/*/lock; do
	[ -e "$job" ] && ! flock -n -s -- "$job" true && closing=${job%/lock}
done
# A rollback is asked for "the release before": the memory of the team names which one that was.
if [ "$urgency" = urgent ] && [ -s "$jobs/target" ] && read -r settled <"$jobs/target"; then
	case $settled in
		*[!0-9A-Za-z_.-]*) ;;
		*) entry=$(printf %s "$entry" | sed 's/"release":"previous"/"release":"'"$settled"'"/g') ;;
	esac
fi
# What was left out of the new release only this host knows.
if [ "$outcome" != abandoned ] && [ -s "$jobs/left-out" ] && read -r left_out <"$jobs/left-out"; then
	mark='"data":{'
	entry=${entry%%"$mark"*}$mark$left_out,${entry#*"$mark"}
fi
# So does it know what hooks had to say.
told_by_hooks "$jobs/hooks"
told=
[ -z "$told_kept" ] || told="\"kept\":{$told_kept},"
[ -z "$told_failed" ] || told="$told\"hooksFailed\":[$told_failed],"
if [ -n "$told" ]; then
	mark='"data":{'
	entry=${entry%%"$mark"*}$mark$told${entry#*"$mark"}
fi
# What is live and how it answers was asked right before.
if [ -s "$state/jobs/$run/end" ] && read -r end <"$state/jobs/$run/end"; then
	mark='"data":{'
	entry=${entry%%"$mark"*}$mark\"end\":$end,${entry#*"$mark"}
fi
end_left_maintenance "$state" "$app" || echo 'noted: the app is in maintenance still'
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
[ -e "$state/lock/$app" ] && read -r held_run rest <"$state/lock/$app" || held_run=
# Nothing keeps a lock but a deploy that went well and can be recorded nowhere: it is closed as failed.
if [ "$urgency" = urgent ] || [ "$outcome" != 'done' ]; then
	ledger_append_or_queue "$state" "$entry" || [ ! -s "$closing/script" ] || echo "noted: once there is room, write it down on the host: sh $closing/script"
else
	ledger_append_or_queue "$state" "$entry" || exit 94
fi
[ -e "$jobs/closed.part" ] || : >"$jobs/closed.part"
{ printf '%s\n' "$outcome" 1<>"$jobs/closed.part" && truncate -s "$((${#outcome} + 1))" -- "$jobs/closed.part" && mv -- "$jobs/closed.part" "$jobs/closed"; } 2>/dev/null ||
	echo "noted: could not write down how the run ended"
if [ "$held_run" = "$run" ]; then rm -f -- "$state/lock/$app" "$state/lock/$app.step" || exit 94; fi
# What the run kept for this moment is room for the next one.
rm -rf -- "$jobs/.spare"
for job in "$jobs"/*/lock; do
	[ -e "$job" ] && job=${job%lock} && flock -n -s -- "${job}lock" rm -f -- "${job}exit.part" "${job}group.part" "${job}started.part"
done
rm -f -- "$jobs"/*.part "$jobs/hooks/"*.part
[ "$held_run" != "$run" ] || remove_parts "$state" "$app"
for job in "$jobs"/*/exit; do
	[ -e "$job" ] && rm -f -- "${job%exit}script" "${job%exit}pipe"
done
keep_spare "$state" || :
