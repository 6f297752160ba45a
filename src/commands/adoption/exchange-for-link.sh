target=$1
shift
if [ -L "$live" ]; then echo "$live is already a link" >&2; exit 1; fi
ln -sfn -- "$target" "$base/next"
asked require_marker
exchange "$base/next" "$live"
mv -T -- "$base/next" "$base/before-adoption"
carry_over "$base/before-adoption" "$base/shared" "$base/inodes" "$@"
