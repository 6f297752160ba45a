umask 077
file=$1 app=$2 live=$3 owner=$4
# shellcheck disable=SC2034 # of the survey
accepts=$5
shift 5
recorded=
[ -f "${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" "$live" "$owner" "$@" || exit
printf '%s\n' "$found" | grep -E '^(entries|unpacked|root|strip|has|whole)( |$)'
printf '%s\n' "$found" | sed -n 's/^left-out [0-9]* /told left out when it is restored: /p'
told_of_archive "$owner" | sed 's/^/told /'
echo "bytes $(stat -c %s -- "$file")"
echo "modified $(stat -c %Y -- "$file")"
echo "sha256 $sha256"
if [ "$app" = frontend ]; then
	read_member "$file" .next/BUILD_ID | head -c 200 | head -n 1 | tr -dc '[:graph:]' | { read -r id; echo "build-id $id"; }
fi
