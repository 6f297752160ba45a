# One line of JSON, ended with the verdict: what is there stays, an earlier verdict goes. Braces in the verdict's texts
# are escaped, so that its end can be found.

set -eu
umask 077
file=$1 verdict=$2 size=$3 modified=$4 origin=$5
note=${file%.tar.gz}.json
[ "$(stat -c '%s %Y' -- "$file")" = "$size $modified" ] || { echo 'it was changed meanwhile' >&2; exit 1; }
known=
[ -f "$note" ] && known=$(head -n 1 -- "$note" | sed 's/,"verdict":{[^{}]*}//')
case $known in
	'{"'*'}') known=${known%?} ;;
	*) known="{\"file\":\"$(basename -- "$file")\",\"origin\":\"$origin\"" ;;
esac
trap 'rm -f -- "$note.part"' EXIT
printf '%s,"verdict":{"at":"%s",%s}}\n' "$known" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$verdict" >"$note.part"
mv -- "$note.part" "$note"
