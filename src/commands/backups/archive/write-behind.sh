# Nobody waits for it: that it failed is a file, which a full disk has room for.

write_archive "$@" && exit 0
code=$?
: >"$3.part"
mv -- "$3.part" "${3%.tar.gz}.failed"
rm -f -- "${3%.tar.gz}.json.part"
exit "$code"
