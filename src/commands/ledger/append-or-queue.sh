# For what must not wait for a ledger: an entry that can't be written is put beside it, said, and written by whoever
# holds the next lock. Each works in a shell of its own, which a file that can't be opened would end.
#
# The outbox is emptied when all of it is in the ledger and on disk, so that keeping an entry needs no write. What a full
# disk or a kill left in both is known by its text and not written again: it says when it happened, because a run may be
# resumed twice. Who queues and who empties hold the outbox's own lock; it is never removed, or whoever waits for it
# would write into a file without a name.

ledger_append_or_queue() {
	happened="\"happened\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",$2"
	( ledger_append "$1" "$happened" '' "${3-}" ) 2>/dev/null && return
	( ledger_queue "$1/ledger.outbox" "$happened" ) 2>/dev/null &&
		echo "noted: the ledger can't be written; the entry waits in $1/ledger.outbox" ||
		echo "noted: the ledger can't be written, and neither can an entry be kept beside it"
}
# A line without an end was told as not kept.
ledger_queue() {
	exec 6>>"$1" && flock 6 || return
	[ -z "$(tail -c 1 -- "$1")" ] || truncate -s "$(head -n "$(wc -l <"$1")" -- "$1" | wc -c)" -- "$1" || return
	printf '%s\n' "$2" >&6
}
ledger_flush() (
	[ -s "$1/ledger.outbox" ] || [ -s "$1/ledger.outbox.part" ] || exit 0
	exec 6>>"$1/ledger.outbox" && flock 6 || exit 0
	# An earlier version that was killed left a part, which is older.
	for outbox in "$1/ledger.outbox.part" "$1/ledger.outbox"; do
		[ -s "$outbox" ] || continue
		while IFS= read -r queued; do
			grep -qF -- ",$queued}" "$1/ledger.jsonl"
			case $? in
				0) ;;
				1) ( ledger_append "$1" "\"late\":true,$queued" '' ) || exit 0 ;;
				*) exit 0 ;;
			esac
		done <"$outbox"
		sync -d -- "$1/ledger.jsonl" && : >"$outbox" || exit 0
	done
	rm -f -- "$1/ledger.outbox.part"
)
