# What every shell shim starts with, behind the constants of its host.

# Control characters become spaces: the log holds one call a line. Only such a word costs a process.
json_string() {
	case $1 in
	*[\\\"]* | *[[:cntrl:]]*) json=$(printf '%s' "$1" | tr '\000-\037\177' ' ' | sed 's/[\\"]/\\&/g; s/^/"/; s/$/"/') ;;
	*) json=\"$1\" ;;
	esac
}
record() {
	words=
	for word; do json_string "$word"; words=$words,$json; done
	printf '{"at":"%s","shim":"%s","as":"%s","argv":[%s]}\n' \
		"$(now)" "$name" "$acting" "${words#,}" >>"$root/log/shims.jsonl"
}
# Of the system and not of the shim, which is one more process for each call.
date=/usr/bin/date
[ -x "$date" ] || date=/bin/date
now() {
	if [ "$offset" = 0 ]; then set --; else set -- -d "$offset seconds"; fi
	"$date" -u "$@" +%Y-%m-%dT%H:%M:%SZ
}
refuse() {
	code=$1; shift
	printf '%s\n' "$@" >&2
	exit "$code"
}
record "$@"
