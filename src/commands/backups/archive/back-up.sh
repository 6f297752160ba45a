write_archive "$release" "$@" && exit 0
code=$?
rm -f -- "$file.part"
exit "$code"
