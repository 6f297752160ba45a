umask 077
state=$1 directory=$2
shift 2
# Nobody begins to go back to one of them before they are gone.
for app in backend frontend; do
	take_flock "$state" "$app" || exit 94
	[ -e "$state/lock/$app" ] && { describe_holder "$state" "$app"; exit 96; }
done
# What somebody else's app goes back to is not this environment's to remove.
while [ "$1" != -- ]; do
	look_at_marker "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
	shift 6
done
shift
cd -- "$directory" || exit 1
failed=0
for name; do
	[ -e "$name.pin" ] || [ -e "$name.tar.gz.part" ] && continue
	if rm -f -- "$name.tar.gz"; then rm -f -- "$name.json"; echo "removed $name"; else failed=1; fi
done
exit "$failed"
