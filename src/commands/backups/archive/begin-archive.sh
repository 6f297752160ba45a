# Arguments as above, but the live link in place of a release.

umask 077
live=$1 file=$3
shift
mkdir -p -- "$(dirname -- "$file")" || exit 1
[ -L "$live" ] || { echo 'nothing is live yet: no backup'; exit 0; }
release=$(readlink -f -- "$live") || exit 1
name=${file##*/}
remove_all_unfinished "${file%/*}" "${name%%_*}"
[ ! -e "$file" ] || { echo "$file is there already: it is another run's" >&2; exit 1; }
exec 9>>"$file.part" && flock -w 10 9 || { echo "somebody else writes $file" >&2; exit 1; }
