umask 077
state=$1 app=$2 run=$3 outcome=$4 entry=$5 urgency=$6
# A rollback is asked for "the release before": the memory of the team names which one that was.
if [ "$urgency" = urgent ] && [ -s "$state/jobs/$run/target" ] && read -r settled <"$state/jobs/$run/target"; then
	case $settled in
		*[!0-9A-Za-z_.-]*) ;;
		*) entry=$(printf %s "$entry" | sed 's/"release":"previous"/"release":"'"$settled"'"/g') ;;
	esac
fi
# What was left out of the new release only this host knows.
if [ "$outcome" != abandoned ] && [ -s "$state/jobs/$run/left-out" ] && read -r left_out <"$state/jobs/$run/left-out"; then
	mark='"data":{'
	entry=${entry%%"$mark"*}$mark$left_out,${entry#*"$mark"}
fi
# So does it know what hooks had to say.
told_by_hooks "$state/jobs/$run/hooks"
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
if [ "$urgency" = urgent ]; then
	ledger_append_or_queue "$state" "$entry"
	printf '%s\n' "$outcome" >"$state/jobs/$run/closed" || echo "noted: could not write down how the run ended"
else
	ledger_append "$state" "$entry" '' || exit $?
	printf '%s\n' "$outcome" >"$state/jobs/$run/closed" || exit 94
fi
if [ "$held_run" = "$run" ]; then rm -f -- "$state/lock/$app" "$state/lock/$app.step"; fi
