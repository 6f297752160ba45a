# Names of the keys in the first of some files that is there, as `env-key<TAB>NAME` lines; no value leaves the host. A
# value in double quotes may run over lines, which are no keys; where such a quote is never closed, `env-open` says so.
# Arguments: owner of the app, then the files.

env_keys() {
	env_owner=$1
	shift
	for env_file; do
		[ -e "$env_file" ] || sudo -n -u "$env_owner" -- test -e "$env_file" || continue
		{
			cat -- "$env_file" 2>/dev/null ||
				sudo -n -u "$env_owner" -- sh -c 'cat -- "$1"' read "$env_file" 2>/dev/null ||
				return 0
		} | LC_ALL=C awk '
			function closed(text,    i, c) {
				for (i = 1; i <= length(text); i++) {
					c = substr(text, i, 1)
					if (c == "\\") i++
					else if (c == "\"") return 1
				}
				return 0
			}
			NR == 1 { sub(/^\357\273\277/, "") }
			inside { if (closed($0)) inside = 0; next }
			match($0, /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_.]*[ \t]*=/) {
				key = substr($0, 1, RLENGTH - 1)
				rest = substr($0, RLENGTH + 1)
				sub(/^[ \t]*(export[ \t]+)?/, "", key)
				sub(/[ \t]+$/, "", key)
				print "env-key\t" key
				if (substr(rest, 1, 1) == "\"" && !closed(substr(rest, 2))) inside = 1
			}
			END { if (inside) print "env-open\tyes" }
		'
		return 0
	done
}
