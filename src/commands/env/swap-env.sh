# One rename, right behind the last look: a file that somebody has changed by hand since it was read is not overwritten.
# shellcheck disable=SC2016 # the program of the owner

marker_resumes='' marker_urgent=''
state=$3 owner=$7 file=$8 run=$9 kept=${10}
read -r old new <"$state/jobs/$run/env" || { echo 'nothing of this run is written' >&2; exit 1; }
replace='
set -eu
file=$1 staged=$1.$2.new
sum() { if [ -e "$1" ]; then sha256sum <"$1" | cut -c 1-64; else echo none; fi; }
refuse() { echo "$1: nothing was overwritten" >&2; exit 1; }
[ "$(sum "$staged")" = "$4" ] || refuse "the new file is not as it was sent"
[ "$3" = none ] || [ "$(sum "$5")" = "$3" ] || refuse "the kept file is not the one that was read"
[ ! -L "$file" ] || refuse "$file is a link by now"
[ "$(sum "$file")" = "$3" ] || refuse "$file was changed by somebody else meanwhile"
if [ "$4" = none ]; then rm -f -- "$file"; echo "$file is gone"; exit 0; fi
mv -fT -- "$staged" "$file"
echo "$file is the new one"
'
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
exec sudo -n -u "$owner" -- sh -c "$replace" replace "$file" "$run" "$old" "$new" "$kept"
