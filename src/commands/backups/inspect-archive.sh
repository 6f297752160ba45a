# Shell functions to read archives: the one survey that verifying, restoring and comparing go by. What it calls good can
# be restored; `archive-property.host.test.ts` holds it to that. Nothing here writes a file: it all has to work on a full
# disk. Exit codes of every member of a pipeline are taken, and a name is only ever printed as tar quotes it: one line,
# nothing in it that a terminal obeys.
#
# `read_archive FILE` prints one: as the SSH user, else as root, who owns some of the old ones.
#
# `inspect_archive` reads an archive to its end, once, and finds the app in it. Arguments: file, app, sha256 it must have
# or '', live path it would be restored beside or '', who owns what is restored or '', then the paths that are not restored.
# Sets `sha256`, `found` (lines `entries N`, `unpacked N`, `root PREFIX` with its slash, `strip N`, `has PATH`, `whole`,
# `left-out N NAMES`, `bits N NAMES`, `foreign N`, `other-name WORDS`). `accepts`: `accepted` where somebody accepts it by its
# name; a digest it must have says the same. Returns 1 with the reason in one line on standard error, 2 when it could
# not be read at all, or there is no room to restore it, which says nothing about the archive.
#
# What awk reads of a member: its block, mode, owner, size, date, time, then the name between quotation marks, and behind
# `->` or `link to` where it leads: names in quotation marks can't pretend to be something else. A member counts below the
# root of the app only, and where it is not left out anyway. Where a link leads is judged by its text here: what it meets
# on the way is known only once it is unpacked.
# shellcheck disable=SC2059 # what tar has quoted is unquoted as a format

read_archive() {
	if [ -r "$1" ]; then cat -- "$1"; else sudo -n -- cat -- "$1"; fi
}
# The end of gzip's ratio is 1032; what an app is made of stays far below a fifth of that.
most_times=200
survey_members='
function quoted(    at) {
	if (!match(rest, /^"([^"\\]|\\.)*"/)) return 0
	word = substr(rest, 2, RLENGTH - 2)
	rest = substr(rest, RLENGTH + 1)
	gsub(/\\"/, "\"", word)
	return 1
}
function plain(text) {
	gsub(/\/\/+/, "/", text)
	while (sub(/\/\.\//, "/", text));
	while (sub(/^\.\//, "", text));
	sub(/\/\.?$/, "", text)
	return text == "." ? "" : text
}
function above(text) { return match(text, /\/[^\/]*$/) ? substr(text, 1, RSTART - 1) : "" }
function below(text, top) { return top == "" || text == top || substr(text, 1, length(top) + 1) == top "/" }
function is_left(text,    i) {
	for (i = 1; i <= lefts; i++)
		if (below(text, left[i])) return 1
	return 0
}
function is_restored(text) { return below(text, proot) && !is_left(substr(text, length(proot) == 0 ? 1 : length(proot) + 2)) }
function bad(why) { if (reason == "") reason = why }
function size(bytes,    i) {
	if (bytes < 1000) return sprintf("%.0f B", bytes)
	for (i = 0; bytes >= 1000 && i < 4; i++) bytes /= 1000
	return sprintf(bytes < 100 ? "%.1f" : "%.0f", bytes) " " substr("kBMBGBTB", 2 * i - 1, 2)
}
function note(kind, name) {
	if (++noted[kind] <= 3) names[kind] = names[kind] (noted[kind] == 1 ? "" : ", ") (proot == "" ? name : substr(name, length(proot) + 2))
}
function tell(kind) {
	if (noted[kind]) print kind " " noted[kind] " " names[kind] (noted[kind] > 3 ? " and " noted[kind] - 3 " more" : "")
}
BEGIN {
	lefts = split(ENVIRON["leaves"], left, "\n")
	live = ENVIRON["live"]
}
{ sub(/^block [0-9]+: /, "") }
/^\*\* Block of NULs \*\*$/ { ended = 1; next }
/^\*\* End of File \*\*$/ { next }
{
	if (!match($0, /^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ "/)) { bad("member that is nothing an app has: " $0); next }
	rest = substr($0, RLENGTH)
	line = rest
	type = substr($1, 1, 1)
	if (!quoted()) { bad("member that is nothing an app has: " $0); next }
	raw = word
	to = ""
	if (type == "l" || type == "h") {
		if (!sub(/^ (->|link to) /, "", rest) || !quoted()) { bad("member that is nothing an app has: " line); next }
		to = word
	}
	name = plain(raw)
	entries++
	if (type == "C") type = "-"
	if (raw ~ /^\// || raw ~ /(^|\/)\.\.(\/|$)/) bad("member leads out of the archive: " raw)
	if (type == "h" && (to ~ /^\// || to ~ /(^|\/)\.\.(\/|$)/)) bad("member leads out of the archive: " raw " link to " to)
	if (raw == "") bad("member without a name")
	if (raw ~ /\/\.?\//) twisted[raw] = 1
	is = type == "h" ? "-" : type
	if (type == "-") bytes += $3
	if (name in of) {
		was = substr(of[name], 1, 1)
		if (was == "h") was = "-"
		if (was != is || is == "l") twice[name] = 1
	}
	if (type == "h") {
		hard[name] = plain(to)
		if (!(hard[name] in of) || of[hard[name]] ~ /^d/) astray[name] = 1
	} else delete hard[name]
	if (type == "l") leads[name] = to
	if (length(name) > 255) long[name] = 1
	if (substr($1, 2) ~ /[sS]/) bits[name] = 1
	if (ENVIRON["uid"] != "" && substr($2, 1, index($2, "/") - 1) != ENVIRON["uid"]) strange[name] = 1
	of[name] = type (raw ~ /^\.(\/|$)/ ? "." : "/") (type == "-" ? $3 : 0)
	if (is != "-") next
	root = ""
	if (app == "backend") {
		if (raw == "artisan") ;
		else if (raw ~ /\/artisan$/) root = substr(raw, 1, length(raw) - 7)
		else next
	} else if (app == "frontend") {
		if (raw == ".next/BUILD_ID") ;
		else if (raw ~ /\/\.next\/BUILD_ID$/) root = substr(raw, 1, length(raw) - 14)
		else next
	}
	else next
	parts = root
	strip = gsub(/\/+/, "", parts)
	if (!any || strip < best) { any = 1; best = strip; top = root }
}
END {
	print "entries " (entries + 0)
	printf "unpacked %.0f\n", bytes
	if (ended) print "ended"
	proot = plain(top)
	if (any) {
		for (raw in twisted) if (is_restored(plain(raw)) && (substr(raw, 1, length(top)) != top || substr(raw, length(top) + 1) ~ /(^|\/)\.?\//)) bad("member is named in a way that tar would take apart: " raw)
		for (name in twice) if (is_restored(name)) bad("holds two things under one name: " name)
		for (name in hard) {
			if (!is_restored(name)) continue
			if (name in astray) bad("hard link to what is not in the archive before it: " name " link to " hard[name])
			else if (hard[name] != name && !is_restored(hard[name])) bad("hard link to what is not restored: " name " link to " hard[name])
		}
		for (name in long) {
			if (!is_restored(name)) continue
			word = name
			gsub(/\\[0-7][0-7][0-7]|\\./, "x", word)
			if (length(word) > 3500) bad("name that is too long to restore: " substr(name, 1, 60) "...")
			n = split(word, part, "/")
			for (i = 1; i <= n; i++) if (length(part[i]) > 255) bad("name that is too long to restore: " substr(name, 1, 60) "...")
		}
		for (name in of) {
			if (!is_restored(name)) continue
			is = substr(of[name], 1, 1)
			if (is !~ /^[-dlhp]$/) bad((is == "b" || is == "c" ? "holds a device: " : "member that is nothing an app has: ") name)
			restored++
			needs += substr(of[name], 3)
			if (name != proot) spelt[substr(of[name], 2, 1)] = name
			if (is == "p") note("left-out", name)
			if (is == "l") {
				to = leads[name]
				deep = name
				gsub(/[^\/]/, "", deep)
				deep = length(deep) - (proot == "" ? 0 : gsub(/\//, "/", proot) + 1)
				n = split(to, part, "/")
				for (i = 1; i <= n; i++) {
					if (part[i] == "..") { if (--deep < 0) break }
					else if (part[i] != "" && part[i] != ".") deep++
				}
				if (to ~ /^\// ? live != "" && !below(to, live) && !below(to, hidden) : deep < 0) note("left-out", name)
			}
			if (name in bits) note("bits", name)
			if (name in strange) foreign++
			for (up = name; up != proot && up != "" && !(up in open); up = above(up)) {
				if (up != name && up in of && of[up] !~ /^d/) { bad("member lies below " (of[up] ~ /^l/ ? "a link: " : "what is no directory: ") name); break }
				if (up != name) open[up] = 1
			}
		}
		if (proot != "" && proot in of && of[proot] !~ /^d/) bad("the app in it is no directory: " proot)
		if ("." in spelt && "/" in spelt) bad("members are named in two ways: ./" spelt["."] " and " spelt["/"])
	}
	if (reason != "") print "reason " reason
	if (!any) exit
	print "root " top
	print "strip " best
	parts = "composer.lock composer.json vendor/autoload.php package.json package-lock.json node_modules/ public/ .next/BUILD_ID"
	n = split(parts, part, " ")
	for (i = 1; i <= n; i++) {
		name = plain(top part[i])
		if (name in of && (part[i] !~ /\/$/ || of[name] ~ /^d/)) print "has " part[i]
	}
	for (name in of) {
		if (!below(name, proot) || name == proot) continue
		name = proot == "" ? name : substr(name, length(proot) + 2)
		sub(/\/.*$/, "", name)
		if (name !~ /^(\.next|public|package\.json|package-lock\.json|)$/) whole = 1
	}
	if (whole) print "whole"
	tell("left-out")
	tell("bits")
	if (foreign) print "foreign " foreign
	if (ENVIRON["free"] != "" && needs > ENVIRON["free"]) print "room needs " size(needs) ", " size(ENVIRON["free"]) " are free"
	else if (ENVIRON["inodes"] != "" && restored > ENVIRON["inodes"]) print "room needs " restored " files and directories, room for " ENVIRON["inodes"] " is left"
}'
# The name of a project, in the file that its packages are named in: the one of the outermost object.
project_name='
{ text = text $0 " " }
END {
	for (at = 1; at <= length(text); at++) {
		one = substr(text, at, 1)
		if (one == "{" || one == "[") depth++
		else if (one == "}" || one == "]") depth--
		else if (one == "\"") {
			match(substr(text, at), /^"([^"\\]|\\.)*"/)
			if (RLENGTH < 0) exit
			word = substr(text, at + 1, RLENGTH - 2)
			at += RLENGTH - 1
			if (depth == 1 && key == "name" && is_value) { print word; exit }
			if (!is_value) key = word
			is_value = 0
		}
		else if (one == ":") is_value = 1
		else if (one == ",") is_value = 0
	}
}'
# Prints one file of an archive that was inspected, below the root of the app.
read_member() {
	member=$(unquoted "$(printf '%s\n' "$found" | sed -n 's/^root //p')")
	read_archive "$1" 2>/dev/null | tar --extract --gzip --to-stdout --occurrence=1 --no-unquote --no-wildcards --file=- -- "${member%.}$2" 2>/dev/null
}
# Fails where an archive is named as another project than any release here, unless somebody stands for it: a project may be
# renamed, and what was recorded or accepted by its name stays a way back. Then it is told. Arguments: file, app, live path,
# its owner, whether it is accepted.
same_project() {
	case $2 in backend) named_in=composer.json ;; *) named_in=package.json ;; esac
	case "
$found
" in *"
has $named_in
"*) ;; *) return 0 ;; esac
	base=${3%/*}/.${3##*/}
	here=$(for release in "$3" "$base"/releases/*; do
		sudo -n -u "$4" -- cat -- "$release/$named_in" 2>/dev/null | head -c 65536 | awk "$project_name"
	done)
	[ -n "$here" ] || return 0
	named=$(read_member "$1" "$named_in" | head -c 65536 | awk "$project_name")
	[ -n "$named" ] || return 0
	case "
$here
" in *"
$named
"*) return 0 ;; esac
	words=$(printf 'of another project: %s says %s, the one here %s' "$named_in" "$named" "$(printf %s "$here" | head -n 1)" | tr '\001-\037\177' '?')
	if [ "$5" = accepted ]; then
		found="$found
other-name $words"
		return 0
	fi
	printf '%s; was it renamed, then verifying it by its name accepts it\n' "$words" >&2
	return 1
}
inspect_archive() {
	archive=$1 of_app=$2 wanted=$3 beside=$4 restored_as=$5
	shift 5
	case $of_app in backend | frontend) ;; *) echo "nobody has said how an archive of $of_app is told" >&2; return 2 ;; esac
	[ -e "$archive" ] || [ -L "$archive" ] || { echo 'not there' >&2; return 2; }
	[ -f "$archive" ] && ! [ -L "$archive" ] || { echo 'not a plain file' >&2; return 2; }
	[ -s "$archive" ] || { echo 'empty' >&2; return 1; }
	leaves=$(printf '%s\n' "$@")
	accepted=${accepts:-}
	[ -z "$wanted" ] || accepted=accepted
	free='' inodes=''
	if [ -n "$beside" ] && room=$(stat -f -c '%a*%S %c=%d' -- "${beside%/*}" 2>/dev/null); then
		free=$((${room%% *}))
		# A file system that makes them as they are needed counts none.
		inodes=${room##*=}
		case $room in *' 0='*) inodes= ;; esac
	fi
	uid=
	[ -z "$restored_as" ] || uid=$(id -u -- "$restored_as" 2>/dev/null)
	most=$(($(stat -c %s -- "$archive") * most_times + 1073741824))
	report=$({
		{
			{ code=0; read_archive "$archive" 2>&3 || code=$?; echo "code-read $code" >&3; } |
				tee /dev/fd/4 |
				{ code=0; LC_ALL=C gzip -dc 2>&3 || code=$?; echo "code-gzip $code" >&3; cat >/dev/null; } |
				{ head -c "$most"; echo "more $(head -c 1 | wc -c)" >&3; } |
				{
					code=0
					LC_ALL=C tar --list --verbose --block-number --quoting-style=c --numeric-owner --absolute-names --file=- 2>&3 || code=$?
					echo "code-tar $code" >&3
					echo "behind $(tr -d '\000' | head -c 1 | wc -c)" >&3
					cat >/dev/null
				} |
				leaves=$leaves live=$beside free=$free inodes=$inodes uid=$uid LC_ALL=C awk -v app="$of_app" -v hidden="${beside%/*}/.${beside##*/}/shared" "$survey_members" | sed 's/^/found /' >&3
		} 4>&1 >/dev/null | sha256sum | sed 's/^/sha256 /' >&3
	} 3>&1)
	says() { printf '%s\n' "$report" | sed -n "s/^$1: \(stdin: \)*//p" | grep -v '^ *$' | head -n 1; }
	got() { printf '%s\n' "$report" | sed -n "s/^$1 //p" | head -n 1; }
	found=$(printf '%s\n' "$report" | sed -n 's/^found //p')
	sha256=$(got sha256 | cut -c 1-64)
	[ "$(got code-read)" = 0 ] || { printf "can't be read to its end: %s\n" "$(says cat)" >&2; return 2; }
	words=$(says gzip)
	case $(got more):$(got code-gzip):$words in
		[!0]*) echo "unpacks to more than $most_times times its size: not what an app is made of" >&2; return 1 ;;
		0:0:*) ;;
		*'unexpected end of file'*) printf 'cut short: gzip says %s\n' "$words" >&2; return 1 ;;
		*) printf 'damaged: gzip says %s\n' "$words" >&2; return 1 ;;
	esac
	[ -z "$wanted" ] || [ "$wanted" = "$sha256" ] || { echo 'sha256 differs from the one recorded' >&2; return 1; }
	[ "$(got code-tar)" = 0 ] || { printf 'damaged: tar says %s\n' "$(says tar)" >&2; return 1; }
	case $(got 'found entries') in '' | 0) echo 'holds nothing' >&2; return 1 ;; esac
	[ "$(got behind)" = 0 ] || { echo 'damaged: something follows the end of the tar' >&2; return 1; }
	case $found in *'
ended'*) ;; *) echo 'cut short: the end of the tar is missing' >&2; return 1 ;; esac
	reason=$(got 'found reason')
	[ -z "$reason" ] || { printf '%s\n' "$reason" >&2; return 1; }
	case $found in
		*'
root '*) ;;
		*) case $of_app in backend) echo 'no artisan in it' >&2 ;; frontend) echo 'no .next/BUILD_ID in it' >&2 ;; esac; return 1 ;;
	esac
	[ -z "$beside" ] || [ -z "$restored_as" ] || same_project "$archive" "$of_app" "$beside" "$restored_as" "$accepted" || return
	room=$(got 'found room')
	[ -z "$room" ] || { printf 'no room to restore it: %s in %s\n' "$room" "${beside%/*}" >&2; return 2; }
}
# What is said of an archive that can be restored, one line each.
told_of_archive() {
	printf '%s\n' "$found" | sed -n "s/^other-name //p; s/^bits \([0-9]*\) \(.*\)/setuid and setgid bits are dropped, of \1: \2/p; s/^foreign \([0-9]*\)/\1 entries belong to others than $1 in it and are restored as its own/p"
}
# As tar quoted it -> as it is; the end is marked, for a name may end in newlines.
unquoted() { printf -- "$(printf %s "$1" | sed 's/%/%%/g')"; printf .; }
