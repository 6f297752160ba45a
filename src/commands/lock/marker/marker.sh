# Shell functions: one live path has one owner, whatever another configuration says. The marker lies beside the live path
# and names project, environment, app and the absolute state directory, so that the lock lies where everybody looks
# for it. All take live, base, state directory, project, environment, app; all fail with 93 and say why and what next.
#
# A path in, behind or above somebody's live path is not one's own either: asked along the real path of its parent, and
# below a plain directory that has no owner yet.
#
# `look_at_marker`: refuses only what is somebody else's. `claim_to_lock`: for whoever takes a lock; a live link without a
# marker was made by an earlier version, and gets one from the environment whose ledger knows its release. `claim_to_swap`:
# right before live changes; what was not there before gets its marker with it. `claim_to_adopt`: marks a plain
# directory. `require_marker`: nothing but a marker of one's own will do.
#
# `look_at_live`: as the lock asks, and nothing is written.
#
# `$marker_asks`: nothing is to be done, so that a state directory that is not there yet will do. `$marker_resumes`: the
# run holds the lock of this state directory already. `$marker_urgent`: a rollback, which a full disk or an unreadable
# ledger must not keep.

marker_newline='
'
marker_as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi; }
marker_refuse() {
	printf '%s\nnext: %s\n' "$1" "$2" >&2
	return 93
}
marker_arguments() {
	marker_live=$1 marker_base=$2 marker_state=$3 marker_project=$4 marker_environment=$5 marker_app=$6
	# A relative directory is not looked for anywhere else.
	marker_here=$(unset CDPATH; cd -- "$marker_state" 2>/dev/null && pwd -P) && return
	if [ -n "${marker_asks-}" ] && ! [ -e "$marker_state" ]; then
		marker_here=$marker_state
		case $marker_here in /*) ;; *) marker_here=$(pwd -P)/$marker_here ;; esac
		return 0
	fi
	marker_refuse "the state directory $marker_state can't be entered" "Look at its owner and mode."
}
marker_lines() {
	printf 'project %s\nenvironment %s\napp %s\nstate %s\n' "$marker_project" "$marker_environment" "$marker_app" "$marker_here"
}
marker_by_hand() {
	printf "If %s is the %s of %s %s, say so on the host: printf '%%s\\\\n' 'project %s' 'environment %s' 'app %s' 'state %s' | sudo tee %s/owner" \
		"$marker_live" "$marker_app" "$marker_project" "$marker_environment" \
		"$marker_project" "$marker_environment" "$marker_app" "$marker_here" "$marker_base"
}
# Of a base. Leaves it in $marker_text, empty where there is none; fails where that can't be told.
marker_read() {
	marker_text=
	if [ -d "$1" ] && ! [ -x "$1" ]; then
		marker_names=$(marker_as_root ls -A -- "$1" 2>/dev/null) || return 1
		case $marker_newline$marker_names$marker_newline in
			*"$marker_newline"owner"$marker_newline"*) ;;
			*) return 0 ;;
		esac
		marker_text=$(marker_as_root head -c 4096 -- "$1/owner" 2>/dev/null) && [ -n "$marker_text" ]
		return
	fi
	[ -e "$1/owner" ] || [ -L "$1/owner" ] || return 0
	marker_text=$(head -c 4096 -- "$1/owner" 2>/dev/null) && [ -n "$marker_text" ]
}
marker_line() {
	marker_value=$(printf '%s\n' "$marker_text" | sed -n "$1{s/^$2 //p;q;}")
	[ -n "$marker_value" ]
}
marker_parse() {
	marker_line 1 project && marker_its_project=$marker_value &&
		marker_line 2 environment && marker_its_environment=$marker_value &&
		marker_line 3 app && marker_its_app=$marker_value &&
		marker_line 4 state && marker_its_state=$marker_value || return 1
	case $marker_its_state in /*) ;; *) return 1 ;; esac
	[ "$(printf '%s\n' "$marker_text" | wc -l)" -eq 4 ]
}
# 0: mine; 1: there is none; 93: somebody else's, or not to be told.
marker_compare() {
	if ! marker_read "$marker_base" || { [ -n "$marker_text" ] && ! marker_parse; }; then
		marker_refuse "whose $marker_live is can't be told: $marker_base/owner can't be read or does not say it" "$(marker_by_hand)"
		return
	fi
	[ -n "$marker_text" ] || return 1
	if [ "$marker_its_project" = "$marker_project" ] && [ "$marker_its_environment" = "$marker_environment" ] &&
		[ "$marker_its_app" = "$marker_app" ] &&
		{ [ "$marker_its_state" = "$marker_here" ] || [ "$marker_its_state" -ef "$marker_here" ]; }; then return 0; fi
	marker_refuse "$marker_live belongs to $marker_its_project $marker_its_environment ($marker_its_app, state directory $marker_its_state), not to $marker_project $marker_environment ($marker_app, state directory $marker_here)" \
		"Use that environment, or give $marker_environment a path of its own: apps.$marker_app.path"
}
# A link, because it fails where somebody else was quicker; a rename would not.
marker_write() {
	marker_part=$marker_base/owner.$$
	marker_lines | marker_as_root tee -- "$marker_part" >/dev/null 2>&1 && marker_as_root chmod 0644 -- "$marker_part" &&
		marker_as_root ln -T -- "$marker_part" "$marker_base/owner" 2>/dev/null || true
	marker_as_root rm -f -- "$marker_part" 2>/dev/null || true
	marker_code=0
	marker_compare || marker_code=$?
	[ "$marker_code" = 1 ] || return "$marker_code"
	marker_refuse "$marker_base/owner can't be written: it has to say that $marker_live belongs to $marker_project $marker_environment" \
		"Look at the disk, and let sudo run tee, chmod, ln and rm as root; or write it: $(marker_by_hand)"
}
# Which release the live link leads to; empty where that is none of this path's.
marker_release() {
	marker_leads=$(readlink -- "$marker_live")
	marker_name=$marker_leads
	marker_name=${marker_name#"$marker_base/releases/"}
	marker_name=${marker_name#"${marker_base##*/}/releases/"}
	case $marker_name in "$marker_leads" | '' | . | .. | *[!0-9A-Za-z_.-]*) marker_name= ;; esac
}
marker_known() {
	[ -n "$marker_name" ] || return 1
	[ -z "${marker_resumes-}" ] || return 0
	cat -- "$marker_here"/ledger*.jsonl 2>/dev/null | grep -F -- "\"app\":\"$marker_app\"" | grep -F -- "\"release\":\"$marker_name\"" |
		grep -Eq '"type":"(adopt|deploy|rollback)\.' && return
	[ -n "${marker_urgent-}" ] || return 1
	[ -e "$marker_here/manifests/$marker_app/$marker_name" ] || [ -e "$marker_here/releases/$marker_app/$marker_name.json" ] && return
	[ -s "$marker_here/previous-$marker_app" ] && read -r marker_before <"$marker_here/previous-$marker_app" &&
		[ -n "$marker_before" ] && [ -d "$marker_base/releases/$marker_before" ]
}
marker_unknown() {
	marker_refuse "$marker_live leads to $marker_leads, which the ledger of $marker_project $marker_environment in $marker_here does not know, and nothing beside it says whose it is" \
		"Use the environment that deployed it. $(marker_by_hand)"
}
# Whose a base is, to end a sentence, in $marker_whose. Fails where it is the base of nothing.
marker_holder() {
	marker_path=${1##*/}
	marker_path=${1%/*}/${marker_path#.}
	if ! marker_read "$1" || { [ -n "$marker_text" ] && ! marker_parse; }; then
		marker_whose="belongs to whoever $1/owner names, which can't be read or does not say it"
	elif [ -n "$marker_text" ]; then
		marker_whose="belongs to $marker_its_project $marker_its_environment ($marker_its_app, state directory $marker_its_state)"
	else
		# An earlier version left none.
		[ -L "$marker_path" ] || return 1
		case $(readlink -- "$marker_path") in "${1##*/}/releases/"* | "$1/releases/"*) ;; *) return 1 ;; esac
		marker_whose="belongs to whoever deployed it: nothing beside it says who that is"
	fi
}
marker_nested() {
	marker_refuse "$marker_live $1 $2, which $marker_whose" "Give $marker_environment a path of its own: apps.$marker_app.path"
}
# What is put at a path in an app changes that app, however the path is spelt. The live link itself is not followed.
marker_above() {
	marker_at=${marker_live%/*}
	marker_at=$(readlink -f -- "${marker_at:-/}" 2>/dev/null || marker_as_root readlink -f -- "$marker_at" 2>/dev/null || readlink -m -- "$marker_at")
	while [ -n "$marker_at" ] && [ "$marker_at" != / ]; do
		marker_holder "${marker_at%/*}/.${marker_at##*/}" && { marker_nested 'lies in' "$marker_at"; return; }
		case ${marker_at##*/} in
			.?*) marker_holder "$marker_at" && { marker_nested 'lies behind' "$marker_path"; return; } ;;
		esac
		marker_at=${marker_at%/*}
	done
}
marker_find() {
	"$@" "$marker_live" -mindepth 1 -maxdepth 6 \( -name node_modules -o -name vendor -o -name .git \) -prune -o \
		\( -regex '.*/\.[^/][^/]*/owner' -o -type l -lname '.[!.]*/releases/*' \) -print 2>/dev/null
}
# Who takes a directory over takes everything below. What the SSH user can't enter, root sees, who prepares it.
marker_below() {
	[ -d "$marker_live" ] && ! [ -L "$marker_live" ] || return 0
	marker_found=$(marker_find find) || [ -n "$marker_found" ] || marker_found=$(marker_find marker_as_root find) || true
	while IFS= read -r marker_at; do
		case $marker_at in
			'') continue ;;
			*/owner) marker_at=${marker_at%/*} ;;
			*) marker_at=${marker_at%/*}/.${marker_at##*/} ;;
		esac
		marker_holder "$marker_at" && { marker_nested holds "$marker_path"; return; }
	done <<-end_of_found
	$marker_found
	end_of_found
	return 0
}
look_at_marker() {
	marker_arguments "$@" || return
	marker_code=0
	marker_compare || marker_code=$?
	case $marker_code in
		0) marker_above ;;
		1) marker_above && marker_below ;;
		*) return "$marker_code" ;;
	esac
}
look_at_live() {
	look_at_marker "$@" || return
	[ "$marker_code" = 1 ] && [ -L "$marker_live" ] || return 0
	marker_release
	marker_known || marker_unknown
}
claim_to_lock() {
	look_at_live "$@" || return
	[ "$marker_code" = 1 ] && [ -L "$marker_live" ] || return 0
	if [ -n "${marker_urgent-}" ]; then
		( marker_write ) 2>/dev/null || echo "noted: $marker_base/owner can't be written"
		return 0
	fi
	marker_write
}
claim_to_swap() {
	look_at_marker "$@" || return
	[ "$marker_code" = 1 ] || return 0
	if [ -L "$marker_live" ]; then
		marker_release
		marker_known || marker_unknown
	elif [ -e "$marker_live" ]; then
		marker_refuse "$marker_live is not a link to a release" "Take it over first: cockpit adopt --env $marker_environment"
	else marker_write; fi
}
claim_to_adopt() {
	look_at_marker "$@" || return
	[ "$marker_code" = 1 ] || return 0
	marker_write
}
require_marker() {
	look_at_marker "$@" || return
	[ "$marker_code" = 1 ] || return 0
	marker_refuse "$marker_base/owner is gone: nothing says any more whose $marker_live is" "$(marker_by_hand)"
}
