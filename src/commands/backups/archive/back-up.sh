write_archive "$release" "$@" && exit 0
code=$?
rm -f -- "$file.part" "${file%.tar.gz}.json.part"
exit "$code"
