units=$1
shift
"$@" && exit 0
code=$?
for unit in $units; do
	sudo -n -- systemctl start "$unit" || echo "could not start $unit again" >&2
	printf '%s %s\n' "$unit" "$(systemctl is-active "$unit")" >&2
done
exit "$code"
