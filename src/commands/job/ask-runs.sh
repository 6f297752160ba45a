state=$1
shift
for app in backend frontend; do
	describe_open_run "$state" "$app"
done
for run in "$@"; do
	[ -e "$state/jobs/$run/closed" ] && printf 'closed %s %s\n' "$run" "$(cat -- "$state/jobs/$run/closed")"
done
exit 0
