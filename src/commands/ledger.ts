import type {Command} from '../domain/command.ts';
import {program} from './shell.ts';

/*
 * Appends one line under the ledger's lock. The host adds seq, its own time and the hash of the line before, so
 * nobody can write history in another order than it happened. A line torn by a crash is closed with a newline:
 * it stays visible to the verifier and the chain goes on behind it.
 */
export const ledgerAppend = `
ledger_append() {
	ledger=$1/ledger.jsonl
	exec 7>>"$ledger" && flock 7 || return 94
	[ -z "$(tail -c 1 -- "$ledger")" ] || echo >&7
	last=$(tail -n 1 -- "$ledger")
	if [ -n "$3" ] && [ "$3" != "$(printf %s "$last" | sha256sum | cut -c 1-64)" ]; then exec 7>&-; return 95; fi
	seq=$(sed -n 's/^{"seq":\\([0-9][0-9]*\\),.*/\\1/p' "$ledger" | tail -n 1)
	printf '{"seq":%s,"time":"%s","prev":"%s",%s}\\n' "$((\${seq:-0} + 1))" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(printf %s "$last" | sha256sum | cut -c 1-64)" "$2" >&7 || return 94
	sync -d -- "$ledger" || return 94
	exec 7>&-
}
`.trim();

/*
 * For what must not wait for a ledger: an entry that can't be written is put beside it, said, and written by whoever
 * holds the next lock. Each append runs in a shell of its own, which a file that can't be opened would end.
 */
export const ledgerLater = `
ledger_append_or_queue() {
	( ledger_append "$1" "$2" '' ) 2>/dev/null && return
	printf '%s\\n' "$2" >>"$1/ledger.outbox" 2>/dev/null &&
		echo "noted: the ledger can't be written; the entry waits in $1/ledger.outbox" ||
		echo "noted: the ledger can't be written, and neither can an entry be kept beside it"
}
ledger_flush() {
	[ -s "$1/ledger.outbox" ] || return 0
	mv -- "$1/ledger.outbox" "$1/ledger.outbox.part" || return 0
	while IFS= read -r queued; do
		( ledger_append "$1" "\\"late\\":true,$queued" '' ) || { cat -- "$1/ledger.outbox.part" >>"$1/ledger.outbox"; break; }
	done <"$1/ledger.outbox.part"
	rm -f -- "$1/ledger.outbox.part"
}
`.trim();

/** An object without its braces, to be completed on the host with what only the host knows. */
export const jsonMembers = (value: Readonly<Record<string, unknown>>): string => JSON.stringify(value).slice(1, -1);

/**
 * Appends an entry. `previous`: hex sha256 of the last line (without newline) as the writer saw it; exits 95 when the
 * ledger has grown since. Absent: appended whatever came before. Source: design, "State", ledger.
 */
export const appendLedger = (
	stateDirectory: string,
	entry: Readonly<Record<string, unknown>>,
	previous = '',
): Command =>
	program(
		'append to the ledger',
		`umask 077\nmkdir -p -- "$1" || exit 94\n${ledgerAppend}\nledger_append "$1" "$2" "$3"`,
		[stateDirectory, jsonMembers(entry), previous],
	);
