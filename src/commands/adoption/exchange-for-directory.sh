if ! [ -L "$live" ]; then echo "$live is not a link: nothing to undo" >&2; exit 1; fi
rm -rf -- "$base/undo"
cp -al -- "$(readlink -f -- "$live")" "$base/undo"
for item in "$@"; do
	path=${item#*:}
	[ -e "$base/shared/$path" ] || [ -L "$base/shared/$path" ] || continue
	rm -rf -- "$base/undo/$path"
	cp -al -- "$base/shared/$path" "$base/undo/$path"
done
inodes "$base/shared" "$base/inodes" "$@"
asked require_marker
exchange "$base/undo" "$live"
carry_over "$base/shared" "$live" "$base/inodes" "$@"
rm -f -- "$base/undo"
