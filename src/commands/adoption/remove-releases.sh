if [ -L "$live" ]; then echo "$live is a link: its releases are left as they are" >&2; exit 1; fi
asked look_at_marker
if [ -d "$base/shared" ]; then carry_over "$base/shared" "$live" "$base/inodes" "$@"; fi
find "$base" -mindepth 1 -maxdepth 1 ! -name left-out -exec rm -rf -- {} +
rmdir -- "$base" 2>/dev/null || echo "noted: $base/left-out stays: files that releases left out"
