# Appends one line under the ledger's lock. The host adds seq, its own time and the hash of the line before, so
# nobody can write history in another order than it happened. A line torn by a crash is closed with a newline:
# it stays visible to the verifier and the chain goes on behind it.
# A fifth parameter is the `once` of the entry: where an entry has it already, that line is printed and nothing is written.

ledger_home() {
	machine=
	[ -r /etc/machine-id ] && read -r machine </etc/machine-id
	host_key=$(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null)
	host_key=${host_key#* }
	host_key=${host_key%% *}
	case $machine in *[!0-9a-zA-Z-]*) machine= ;; esac
	case $host_key in SHA256:*[!0-9a-zA-Z+/:]*) host_key= ;; SHA256:*) ;; *) host_key= ;; esac
	printf '"machineId":"%s","hostKey":"%s"' "$machine" "$host_key"
}
ledger_numbers() { LC_ALL=C sed -n 's/^{"seq":\([0-9][0-9]*\),.*/\1/p'; }
ledger_append() {
	ledger=$1/ledger.jsonl
	exec 7>>"$ledger" && flock 7 || return 94
	if [ -n "${4-}" ] && ! [ -s "$ledger" ]; then
		printf '{"seq":1,"time":"%s","prev":"%s","type":"ledger.opened","data":{%s,%s}}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(printf '' | sha256sum | cut -c 1-64)" "$4" "$(ledger_home)" >&7 || return 94
	fi
	if [ -n "${5-}" ] && grep -m 1 -F -e "\"once\":$5" -- "$ledger"; then exec 7>&-; return 92; fi
	[ -z "$(tail -c 1 -- "$ledger")" ] || echo >&7 || return 94
	last=$(tail -n 1 -- "$ledger")
	if [ -n "$3" ] && [ "$3" != "$(printf %s "$last" | sha256sum | cut -c 1-64)" ]; then exec 7>&-; return 95; fi
	# The last line nearly always has it; behind one that was torn all of a long ledger is looked through.
	seq=$(printf '%s\n' "$last" | ledger_numbers)
	[ -n "$seq" ] || seq=$(ledger_numbers <"$ledger" | tail -n 1)
	printf '{"seq":%s,"time":"%s","prev":"%s",%s}\n' "$((${seq:-0} + 1))" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(printf %s "$last" | sha256sum | cut -c 1-64)" "$2" >&7 || return 94
	sync -d -- "$ledger" || return 94
	exec 7>&-
}
