# `move_aside RELEASE WITH` puts files of a release, named on standard input, into `left-out/`, but those that WITH has.

# $1: a directory that may have the very file already.
move='with=$1; shift
for path; do
	[ -n "$with" ] && cmp -s -- "$path" "$with/$path" && continue
	case $path in */*) mkdir -p -- "$0/${path%/*}" || exit 255 ;; esac
	mv -T -- "$path" "$0/$path" || exit 255
done'
move_aside() {
	sudo -n -u "$owner" -- sh -c 'cd -- "$1" && mkdir -p -- "$2" && xargs -0 -r sh -c "$3" "$2" "$4"' keep "$1" "$base/left-out/${1##*/}" "$move" "$2"
}
