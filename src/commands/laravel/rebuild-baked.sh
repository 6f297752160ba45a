directory=$1 releases=$2 php=$3
grep -qsF -- "$releases/" "$directory"/bootstrap/cache/*.php || { echo 'no cache names a release'; exit 0; }
for cache in config route view; do
	out=$("$php" "$directory/artisan" "$cache:cache" 2>&1); code=$?
	printf '%s\n' "$out" | sed 's/\(Failed to parse dotenv file\..* at \[\).*/\1...]/'
	[ "$code" -eq 0 ] || exit "$code"
done
