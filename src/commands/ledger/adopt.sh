umask 077
state=$1 entry=$2 header=$3
mkdir -p -- "$state" || exit 94
exec 8>>"$state/ledger.adopt" && flock 8 || exit 94
kept=
if [ -e "$state/ledger.jsonl" ]; then
	kept=ledger-$(date -u +%Y%m%dT%H%M%SZ).jsonl
	# Whoever appends meanwhile holds the lock of the file itself, and is waited for.
	exec 6<"$state/ledger.jsonl" && flock 6 || exit 94
	mv -n -- "$state/ledger.jsonl" "$state/$kept" && ! [ -e "$state/ledger.jsonl" ] || exit 94
	exec 6>&-
fi
( ledger_append "$state" "$entry" '' "$header" ) || exit $?
printf 'kept %s\n' "$kept"
