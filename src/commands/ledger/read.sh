# Under a shared lock, so that a line is never seen half written: one that is, was torn by a crash. What the reader
# has is compared by its hash, so that a change of what it has already read is noticed too.

ledger=$1/ledger.jsonl known=$2
printf 'home {'
ledger_home
printf '}\n'
date -u '+time %s'
if ! [ -e "$ledger" ]; then echo 'size 0'; echo 'from 0'; echo ledger; exit 0; fi
exec 7<"$ledger" && flock -s 7 || exit 94
size=$(stat -L -c %s -- "$ledger")
from=0
if [ "$known" -gt 0 ] && [ "$size" -ge "$known" ]; then
	sum=$(head -c "$known" -- "$ledger" | sha256sum)
	[ "${sum%% *}" != "$3" ] || from=$known
fi
printf 'size %s\nfrom %s\nledger\n' "$size" "$from"
tail -c "+$((from + 1))" -- "$ledger" | head -c "$((size - from))"
