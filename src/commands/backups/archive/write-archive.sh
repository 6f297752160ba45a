# Written as .part, locked while somebody writes it, and renamed only after it has been read back whole. tar's exit 1
# says that a file changed while it was read (an upload in progress): the archive is complete, so that is noted, not a
# failure. What is known of the release is copied in: the archive may outlive the release's own record.
#
# `count_members FILE` counts those of an archive that was just written, through to its end.

count_members() {
	{ members_code=$({ { code=0; LC_ALL=C tar --list --gzip --absolute-names --file="$1" || code=$?; echo "$code" >&3; } | wc -l >&4; } 3>&1); } 4>&1
	return "$members_code"
}
write_archive() {
	release=$1 base=$2 file=$3 owner=$4 about=$5 state=$6
	shift 6
	name=$(basename -- "$file")
	note=${file%.tar.gz}.json
	changed=false
	set -- "$@" -C "$release" .
	if sudo -n -u "$owner" -- test -d "$base/shared"; then set -- "$@" -C "$base" shared; fi
	code=$({ { code=0; sudo -n -u "$owner" -- tar --create --file=- --anchored "$@" || code=$?; echo "$code" >&3; } | gzip -1 >"$file.part"; } 3>&1) || return
	case $code in
		0) ;;
		1) changed=true ;;
		*) return "$code" ;;
	esac
	sync -d -- "$file.part" || return
	count=$(count_members "$file.part") || return
	sha256=$(sha256sum <"$file.part" | cut -c 1-64)
	is=$(stat -c '%s,"modified":%Y' -- "$file.part")
	id=$(basename -- "$release")
	known=$state/releases/${name%%_*}/$id.json
	known_as() { [ -f "$known" ] && head -n 1 -- "$known" | sed -n "s/.*\"$1\":\"\([0-9a-f]\{7,64\}\)\".*/\"$1\":\"\1\",/p"; }
	printf '{"file":"%s","origin":"cockpit","sizeBytes":%s,"sha256":"%s","entries":%s,"changedWhileRead":%s,"release":"%s",%s"at":"%s",%s}\n' \
		"$name" "$is" "$sha256" "$((count))" "$changed" "$id" "$(known_as commit)$(known_as digest)" \
		"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$note.part" || return
	mv -- "$note.part" "$note" && mv -- "$file.part" "$file" || return
	printf 'verified %s entries, %s bytes\n' "$((count))" "${is%%,*}"
}
