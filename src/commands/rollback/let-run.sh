# Starts what the swap of this run has stopped, where it was killed before it started it again. A unit that runs is left
# alone, and all of them are where that job never began. Never fails: one that does not start is said with its line.

begun=$1 units=$2
[ -e "$begun/started" ] || exit 0
for unit in $units; do
	systemctl is-active "$unit" >/dev/null && continue
	if sudo -n -- systemctl start "$unit"; then
		echo "noted: $unit was stopped, and is started again"
	else
		echo "noted: $unit is stopped and does not start; by hand: sudo systemctl start $unit"
	fi
done
