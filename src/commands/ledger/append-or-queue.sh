# For what must not wait for a ledger: an entry that can't be written is put beside it, said, and written by whoever
# holds the next lock. Each append runs in a shell of its own, which a file that can't be opened would end.
# shellcheck disable=SC2094 # what is read is .part, what is written is not

ledger_append_or_queue() {
	( ledger_append "$1" "$2" '' "${3-}" ) 2>/dev/null && return
	printf '%s\n' "$2" >>"$1/ledger.outbox" 2>/dev/null &&
		echo "noted: the ledger can't be written; the entry waits in $1/ledger.outbox" ||
		echo "noted: the ledger can't be written, and neither can an entry be kept beside it"
}
ledger_flush() {
	[ -s "$1/ledger.outbox" ] || return 0
	mv -- "$1/ledger.outbox" "$1/ledger.outbox.part" || return 0
	while IFS= read -r queued; do
		( ledger_append "$1" "\"late\":true,$queued" '' ) || { cat -- "$1/ledger.outbox.part" >>"$1/ledger.outbox"; break; }
	done <"$1/ledger.outbox.part"
	rm -f -- "$1/ledger.outbox.part"
}
