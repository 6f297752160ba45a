umask 077
file=$1 app=$2
recorded=
[ -f "${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" || exit
printf '%s\n' "$found"
echo "bytes $(stat -c %s -- "$file")"
echo "modified $(stat -c %Y -- "$file")"
echo "sha256 $sha256"
if [ "$app" = frontend ]; then
	member=$(unquoted "$(printf '%s\n' "$found" | sed -n 's/^root //p')")
	read_archive "$file" 2>/dev/null | tar --extract --gzip --to-stdout --no-unquote --no-wildcards --file=- -- "${member%.}.next/BUILD_ID" |
		head -c 200 | head -n 1 | tr -dc '[:graph:]' | { read -r id; echo "build-id $id"; }
fi
