# Shell functions to read archives, shared by verifying and restoring one. Nothing here writes a file: it all
# has to work on a full disk. Exit codes of every member of a pipeline are taken, and a name is only ever printed as
# tar quotes it: one line, nothing in it that a terminal obeys.
#
# `read_archive FILE` prints one: as the SSH user, else as root, who owns some of the old ones.
#
# `inspect_archive` reads an archive to its end and finds the app in it. Arguments: file, app, sha256 it must have or
# ''. Sets `sha256`, `found` (lines `entries N`, `unpacked N`, `root PREFIX` with its slash, `strip N`, `has PATH`,
# `whole`). Returns 1 with the reason in one line on standard error, 2 when it could not be read at all.
#
# What awk reads of a member: mode, owner, size, date, time, then the name after one space; a link's line ends with
# where it leads. Of a symlink that may be outside. The last arrow counts, so that a name with an arrow in it hides
# nothing.
# shellcheck disable=SC2059 # what tar has quoted is unquoted as a format

read_archive() {
	if [ -r "$1" ]; then cat -- "$1"; else sudo -n -- cat -- "$1"; fi
}
inspect_archive() {
	[ -e "$1" ] || [ -L "$1" ] || { echo 'not there' >&2; return 2; }
	[ -f "$1" ] && ! [ -L "$1" ] || { echo 'not a plain file' >&2; return 2; }
	[ -s "$1" ] || { echo 'empty' >&2; return 1; }
	sha256=$(read_archive "$1" 2>/dev/null | sha256sum | cut -c 1-64)
	report=$({
		{ code=0; read_archive "$1" 2>&3 || code=$?; echo "code-read $code" >&3; } |
			{ code=0; LC_ALL=C gzip -dc 2>&3 || code=$?; echo "code-gzip $code" >&3; cat >/dev/null; } |
			{ code=0; LC_ALL=C tar --list --verbose --numeric-owner --absolute-names --file=- 2>&3 || code=$?; echo "code-tar $code" >&3; cat >/dev/null; } |
			{ LC_ALL=C awk -v app="$2" 'function before(text, mark,    at) {
	for (at = length(text); at > 0 && substr(text, at, length(mark)) != mark; at--);
	return at > 0 ? substr(text, 1, at - 1) : text
}
{
	if (!match($0, /^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /)) next
	name = substr($0, RLENGTH + 1)
	type = substr($0, 1, 1)
	if (type == "h" && name ~ / link to \//) outside = name
	if (type == "h" && name ~ / link to (.*\/)?\.\.(\/|$)/) outside = name
	if (type == "l") name = before(name, " -> ")
	if (type == "h") name = before(name, " link to ")
	entries++
	if (type == "-") bytes += $3
	if (outside == "" && (name ~ /^\// || name ~ /(^|\/)\.\.(\/|$)/)) outside = name
	seen[name] = 1
	root = ""
	if (app == "backend") {
		if (name == "artisan") found = 1
		else if (name ~ /\/artisan$/) { found = 1; root = substr(name, 1, length(name) - 7) }
		else next
	} else {
		if (name == ".next/BUILD_ID") found = 1
		else if (name ~ /\/\.next\/BUILD_ID$/) { found = 1; root = substr(name, 1, length(name) - 14) }
		else next
	}
	parts = root
	strip = gsub(/\/+/, "", parts)
	if (!any || strip < best) { any = 1; best = strip; top = root }
}
END {
	print "entries " (entries + 0)
	printf "unpacked %.0f\n", bytes
	if (outside != "") print "outside " outside
	if (!any) exit
	print "root " top
	print "strip " best
	parts = "composer.lock vendor/autoload.php package.json package-lock.json node_modules/ public/ .next/BUILD_ID"
	n = split(parts, part, " ")
	for (i = 1; i <= n; i++) if ((top part[i]) in seen) print "has " part[i]
	for (name in seen) {
		if (substr(name, 1, length(top)) != top) continue
		rest = substr(name, length(top) + 1)
		sub(/\/.*$/, "", rest)
		if (rest != "" && rest !~ /^(\.next|public|package\.json|package-lock\.json|\.)$/) whole = 1
	}
	if (whole) print "whole"
}' | sed 's/^/found /' >&3; }
	} 3>&1)
	says() { printf '%s\n' "$report" | sed -n "s/^$1: \(stdin: \)*//p" | grep -v '^ *$' | head -n 1; }
	got() { printf '%s\n' "$report" | sed -n "s/^$1 //p" | head -n 1; }
	found=$(printf '%s\n' "$report" | sed -n 's/^found //p')
	[ "$(got code-read)" = 0 ] || { printf "can't be read to its end: %s\n" "$(says cat)" >&2; return 2; }
	words=$(says gzip)
	case $(got code-gzip):$words in
		0:*) ;;
		*'unexpected end of file'*) printf 'cut short: gzip says %s\n' "$words" >&2; return 1 ;;
		*) printf 'damaged: gzip says %s\n' "$words" >&2; return 1 ;;
	esac
	[ -z "$3" ] || [ "$3" = "$sha256" ] || { echo 'sha256 differs from the one recorded' >&2; return 1; }
	[ "$(got code-tar)" = 0 ] || { printf 'damaged: tar says %s\n' "$(says tar)" >&2; return 1; }
	outside=$(got 'found outside')
	[ -z "$outside" ] || { printf 'member leads out of the archive: %s\n' "$outside" >&2; return 1; }
	case $(got 'found entries') in '' | 0) echo 'holds nothing' >&2; return 1 ;; esac
	case $found in
		*'
root '*) ;;
		*) case $2 in backend) echo 'no artisan in it' >&2 ;; *) echo 'no .next/BUILD_ID in it' >&2 ;; esac; return 1 ;;
	esac
}
# As tar quoted it -> as it is; the end is marked, for a name may end in newlines.
unquoted() { printf -- "$(printf %s "$1" | sed 's/%/%%/g')"; printf .; }
