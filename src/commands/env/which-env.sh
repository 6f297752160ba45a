# Prints the path, and behind it ` by RUN` where this run has put its file there: the truth after a failure. What was
# edited by hand meanwhile counts as this run's once what it wrote beside is gone.

state=$1 run=$2 owner=$3 file=$4
old='' new=''
if ! { [ -e "$state/jobs/$run/env" ] && read -r old new <"$state/jobs/$run/env"; }; then printf '%s\n' "$file"; exit 0; fi
now=$(sudo -n -u "$owner" -- sh -c '
if [ -e "$1" ]; then sum=$(sha256sum <"$1") || exit 1; echo "${sum%% *}"; else echo none; fi
[ -e "$1.$2.new" ] && echo beside || echo gone
' which "$file" "$run") || exit 1
case $now in
	"$old"*) printf '%s\n' "$file" ;;
	"$new"*) printf '%s by %s\n' "$file" "$run" ;;
	# Where it is taken away nothing was written beside.
	*gone) if [ "$new" = none ]; then printf '%s\n' "$file"; else printf '%s by %s\n' "$file" "$run"; fi ;;
	*) printf '%s\n' "$file" ;;
esac
