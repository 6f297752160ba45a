# Takes `OLD_SHA256 NEW_SHA256` in a line of its own, then the new file. It is written beside the old one, with its group
# and mode, or those of `like` where there is none, and counts once it is whole. `none` in place of a digest: no file. What
# was read and what was written is kept with the run, for the rename.

set -eu
umask 077
state=$1 app=$2 run=$3 attempt=$4 owner=$5 file=$6 like=$7
begin_receiving
IFS=' ' read -r old new
if [ "$new" = none ]; then cat >/dev/null
else cat | sudo -n -u "$owner" -- sh -c '
set -eu
umask 077
file=$1 part=$1.$2.part staged=$1.$2.new
trap "rm -f -- \"$part\"" EXIT
rm -f -- "$part" "$staged"
cat >"$part"
[ "$(sha256sum <"$part" | cut -c 1-64)" = "$3" ] || { echo "the new file did not arrive whole" >&2; exit 1; }
like=$file
[ -f "$like" ] || like=$4
if [ -f "$like" ]; then
	[ "$(stat -c %g -- "$like")" = "$(stat -c %g -- "$part")" ] || chgrp --reference="$like" -- "$part"
	chmod --reference="$like" -- "$part"
fi
mv -fT -- "$part" "$staged"
' receive "$file" "$run" "$new" "$like"
fi
printf '%s %s\n' "$old" "$new" >"$jobs/env.part"
mv -- "$jobs/env.part" "$jobs/env"
