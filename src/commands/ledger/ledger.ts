import type {Command} from '../../domain/command.ts';
import {program} from '../shell.ts';

/*
 * Appends one line under the ledger's lock. The host adds seq, its own time and the hash of the line before, so
 * nobody can write history in another order than it happened. A line torn by a crash is closed with a newline:
 * it stays visible to the verifier and the chain goes on behind it.
 */
export const ledgerAppend = `
ledger_home() {
	machine=
	[ -r /etc/machine-id ] && read -r machine </etc/machine-id
	host_key=$(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null)
	host_key=\${host_key#* }
	host_key=\${host_key%% *}
	case $machine in *[!0-9a-zA-Z-]*) machine= ;; esac
	case $host_key in SHA256:*[!0-9a-zA-Z+/:]*) host_key= ;; SHA256:*) ;; *) host_key= ;; esac
	printf '"machineId":"%s","hostKey":"%s"' "$machine" "$host_key"
}
ledger_append() {
	ledger=$1/ledger.jsonl
	exec 7>>"$ledger" && flock 7 || return 94
	if [ -n "\${4-}" ] && ! [ -s "$ledger" ]; then
		printf '{"seq":1,"time":"%s","prev":"%s","type":"ledger.opened","data":{%s,%s}}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(printf '' | sha256sum | cut -c 1-64)" "$4" "$(ledger_home)" >&7 || return 94
	fi
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
	( ledger_append "$1" "$2" '' "\${3-}" ) 2>/dev/null && return
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

/** Which ledger it is, for its first line. */
export type LedgerName = {
	readonly project: string;
	readonly environment: string;
	readonly tier?: string;
	readonly promotedFrom?: string | null;
	/** Digest of the policy it was begun by. */
	readonly policy?: string;
};

/** What a ledger's first line says of it, to be completed on the host. */
export const headerMembers = ({project, environment, tier, promotedFrom, policy}: LedgerName): string =>
	jsonMembers({project, environment, tier, promotedFrom, policy});

/** An object without its braces, to be completed on the host with what only the host knows. */
export const jsonMembers = (value: Readonly<Record<string, unknown>>): string => JSON.stringify(value).slice(1, -1);

/**
 * Appends an entry. `previous`: hex sha256 of the last line (without newline) as the writer saw it; exits 95 when the
 * ledger has grown since. Absent: appended whatever came before. Source: design, "State", ledger.
 */
export const appendLedger = (
	stateDirectory: string,
	entry: Readonly<Record<string, unknown>>,
	{previous = '', name}: {readonly previous?: string; readonly name?: LedgerName} = {},
): Command =>
	program(
		'append to the ledger',
		`umask 077\nmkdir -p -- "$1" || exit 94\n${ledgerAppend}\nledger_append "$1" "$2" "$3" "$4" || exit $?\ntail -n 1 -- "$1/ledger.jsonl"`,
		[stateDirectory, jsonMembers(entry), previous, name ? headerMembers(name) : ''],
	);

/*
 * Under a shared lock, so that a line is never seen half written: one that is, was torn by a crash. What the reader
 * has is compared by its hash, so that a change of what it has already read is noticed too.
 */
const read = `
${ledgerAppend}
ledger=$1/ledger.jsonl known=$2
printf 'home {'
ledger_home
printf '}\\n'
date -u '+time %s'
if ! [ -e "$ledger" ]; then echo 'size 0'; echo 'from 0'; echo ledger; exit 0; fi
exec 7<"$ledger" && flock -s 7 || exit 94
size=$(stat -L -c %s -- "$ledger")
from=0
if [ "$known" -gt 0 ] && [ "$size" -ge "$known" ]; then
	sum=$(head -c "$known" -- "$ledger" | sha256sum)
	[ "\${sum%% *}" != "$3" ] || from=$known
fi
printf 'size %s\\nfrom %s\\nledger\\n' "$size" "$from"
tail -c "+$((from + 1))" -- "$ledger" | head -c "$((size - from))"
`;

/** What a reader has of a ledger: its first bytes and their hex sha256. */
export type LedgerPrefix = {readonly sizeBytes: number; readonly sha256: string};

/**
 * Sends what a ledger holds beyond `known`, or all of it when its beginning is another one. Changes nothing. Source:
 * design, "State", ledger.
 */
export const readLedger = (stateDirectory: string, known: LedgerPrefix | undefined): Command =>
	program('read the ledger', read, [stateDirectory, String(known?.sizeBytes ?? 0), known?.sha256 ?? '']);

/** What a host answers to `readLedger`. */
export type LedgerAnswer = {
	/** What the host calls itself; empty where it does not say. */
	readonly home: {readonly machineId: string; readonly hostKey: string};
	/** Epoch milliseconds of the host. */
	readonly time: number;
	/** Byte at which `text` begins; 0: all of it is sent. */
	readonly from: number;
	readonly text: string;
};

/** Reads the answer of `readLedger`. Throws Error when it was cut. */
export const parseLedgerAnswer = (output: string): LedgerAnswer => {
	const split = output.indexOf('\nledger\n');
	const head = output.slice(0, split + 1);
	const [, size] = /^size (\d+)$/m.exec(head) ?? [];
	const [, from] = /^from (\d+)$/m.exec(head) ?? [];
	const [, time] = /^time (\d+)$/m.exec(head) ?? [];
	const [, home = '{}'] = /^home (\{.*\})$/m.exec(head) ?? [];
	if (split < 0 || size === undefined || from === undefined || time === undefined)
		throw new Error('cut answer about the ledger');
	const {machineId = '', hostKey = ''} = JSON.parse(home) as {machineId?: string; hostKey?: string};
	return {
		home: {machineId, hostKey},
		time: Number(time) * 1000,
		from: Number(from),
		text: output.slice(split + '\nledger\n'.length),
	};
};

const adopt = `
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
printf 'kept %s\\n' "$kept"
`;

/**
 * Puts a ledger that can't be relied on aside, where it is kept, and begins a new one: nothing in the old one is
 * evidence any more. Prints `kept FILE`. Source: design, "State", ledger.
 */
export const adoptLedger = (
	stateDirectory: string,
	entry: Readonly<Record<string, unknown>>,
	name: LedgerName,
): Command =>
	program('adopt the ledger', `${ledgerAppend}\n${adopt}`, [stateDirectory, jsonMembers(entry), headerMembers(name)]);
