# Runs a command while services are stopped; one that fails starts them again first. `while-stopped.sh` of Next.js is the
# same for PM2.

units=$1
shift
"$@" && exit 0
code=$?
for unit in $units; do
	sudo -n -- systemctl start "$unit" || echo "could not start $unit again" >&2
	printf '%s %s\n' "$unit" "$(systemctl is-active "$unit")" >&2
done
exit "$code"
