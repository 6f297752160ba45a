# What an app and its services say themselves: its logs, then the state of each unit that is not active.

units=$1
shift
read_logs "$@"
for unit in $units; do
	[ "$(systemctl is-active "$unit" 2>/dev/null)" = active ] || systemctl status --no-pager "$unit" 2>&1 | sed "s/^/unit $unit /"
done
exit 0
