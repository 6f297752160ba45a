# For what must not wait for a ledger: an entry that can't be written is put beside it, said, and written by whoever
# holds the next lock. Each works in a shell of its own, which a file that can't be opened would end.
#
# The outbox is emptied when all of it is in the ledger and on disk, so that keeping an entry needs no write. What a full
# disk or a kill left in both is known by its text and not written again: it says when it happened, because a run may be
# resumed twice. Who queues and who empties hold the outbox's own lock; it is never removed, or whoever waits for it
# would write into a file without a name.

ledger_append_or_queue() {
	happened="\"happened\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",$2"
	# What waits goes first: whoever reads the ledger believes its last line. It is not passed while it can't be written.
	ledger_flush "$1" 2>/dev/null
	if ! [ -s "$1/ledger.outbox" ]; then
		( ledger_append "$1" "$happened" '' "${3-}" "$(ledger_once "$2")" ) >/dev/null 2>&1
		case $? in 0 | 92) return 0 ;; esac
	fi
	if ( ledger_queue "$1/ledger.outbox" "$happened" ) 2>/dev/null; then
		echo "noted: the ledger can't be written; the entry waits in $1/ledger.outbox"
	else
		echo "noted: the ledger can't be written, and neither can an entry be kept beside it"
		return 94
	fi
}
# What names an entry: as it stands in a line, with its quotes. One is written once, however often it was queued.
ledger_once() { printf '%s\n' "$1" | sed -n 's/^.*"once":\("[^"]*"\).*$/\1/p'; }
ledger_has() {
	has_once=$(ledger_once "$2")
	if [ -n "$has_once" ]; then grep -qF -e "\"once\":$has_once" -- "$1"; else grep -qF -e ",$2}" -- "$1"; fi
}
# A line without an end was told as not kept.
ledger_queue() {
	exec 6>>"$1" && flock 6 || return
	[ -z "$(tail -c 1 -- "$1")" ] || truncate -s "$(head -n "$(wc -l <"$1")" -- "$1" | wc -c)" -- "$1" || return
	queue_once=$(ledger_once "$2")
	[ -z "$queue_once" ] || ! grep -qF -e "\"once\":$queue_once" -- "$1" || return 0
	printf '%s\n' "$2" >&6 && [ -z "$(tail -c 1 -- "$1")" ]
}
ledger_flush() (
	[ -s "$1/ledger.outbox" ] || [ -s "$1/ledger.outbox.part" ] || exit 0
	exec 6>>"$1/ledger.outbox" && flock 6 || exit 0
	# An earlier version that was killed left a part, which is older.
	for outbox in "$1/ledger.outbox.part" "$1/ledger.outbox"; do
		[ -s "$outbox" ] || continue
		while IFS= read -r queued; do
			ledger_has "$1/ledger.jsonl" "$queued"
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
