bad=0
for unit in "$@"; do
	state=$(systemctl is-active "$unit" 2>/dev/null)
	printf '%s %s\n' "$unit" "${state:-unknown}"
	[ "$state" = active ] || bad=1
done
exit "$bad"
