# Puts the kept file in the place of the one this run has put there; where there was none before, it is taken away. What
# somebody has changed by hand since is left alone.
# shellcheck disable=SC2016 # the program of the owner

marker_resumes='' marker_urgent=''
state=$3 owner=$7 file=$8 run=$9 kept=${10}
read -r old new <"$state/jobs/$run/env" || { echo 'nothing of this run is written' >&2; exit 1; }
replace='
set -eu
file=$1 staged=$1.$2.back
sum() { if [ -e "$1" ]; then sha256sum <"$1" | cut -c 1-64; else echo none; fi; }
if [ "$(sum "$file")" = "$3" ]; then echo "$file is the old one already"; exit 0; fi
[ "$(sum "$file")" = "$4" ] || { echo "$file was changed by somebody else since: it is left as it is" >&2; exit 1; }
if [ "$3" = none ]; then rm -f -- "$file"; echo "$file is gone again"; exit 0; fi
trap "rm -f -- \"$staged\"" EXIT
cp -p -- "$5" "$staged"
[ "$(sum "$staged")" = "$3" ] || { echo "$5 is not the file that was kept" >&2; exit 1; }
mv -fT -- "$staged" "$file"
echo "$file is the old one again"
'
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
exec sudo -n -u "$owner" -- sh -c "$replace" replace "$file" "$run" "$old" "$new" "$kept"
