# tar compares by content and needs no room to unpack. Three parts, each ended by NUL: the names in the archive, what
# tar says of those that differ, both one a line as tar quotes names; then the names in live, NUL after each.

file=$1 app=$2 live=$3 owner=$4 count=$5
shift 5
inspect_archive "$file" "$app" '' '' '' || exit
root=$(unquoted "$(printf '%s\n' "$found" | sed -n 's/^root //p')")
root=${root%.}
strip=$(printf '%s\n' "$found" | sed -n 's/^strip //p')
live=$(readlink -f -- "$live") || exit 2
# verb, excludes, expressions of find. The excludes go round to the end, as tar wants them.
read_app() {
	verb=$1
	shift
	drop=$(($# - count)) left=$count
	while [ "$left" -gt 0 ]; do
		path=$1
		shift
		case $path in
			'**/'*) set -- "$@" --no-anchored "--exclude=${path#??/}" --anchored ;;
			*) set -- "$@" "--exclude=$root$path" ;;
		esac
		left=$((left - 1))
	done
	shift "$drop"
	case $root in '' | ./) ;; *) set -- "$@" -- "${root%/}" ;; esac
	read_archive "$file" | gzip -dc | sudo -n -u "$owner" -- env LC_ALL=C tar "$verb" --file=- --directory="$live" --no-unquote --no-wildcards --anchored "--strip-components=$strip" --show-transformed-names "$@" 2>&1
}
read_app --list "$@" || exit 2
printf '\0'
read_app --compare "$@"
[ "$?" -le 1 ] || exit 2
printf '\0'
shift "$count"
sudo -n -u "$owner" -- sh -c 'cd -- "$1" && shift && exec find . "$@" -o \( -type f -o -type l \) -printf "%P\0"' names "$live" "$@" || exit 2
