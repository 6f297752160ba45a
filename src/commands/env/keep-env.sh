set -eu
umask 077
file=$1 directory=$2 name=$3 most=$4 spared=$5
[ -e "$file" ] || { echo 'there is no file yet: nothing to keep'; exit 0; }
mkdir -p -- "$directory"
chmod 700 -- "$directory"
cp -p -- "$file" "$directory/$name.part"
mv -fT -- "$directory/$name.part" "$directory/$name"
echo "kept $directory/$name"
# Names begin with the time of their run.
find "$directory" -mindepth 1 -maxdepth 1 -type f -name '.env.[0-9]*' -printf '%f\n' | LC_ALL=C sort | head -n "-$most" |
	while IFS= read -r old; do [ "$old" = "$spared" ] || rm -f -- "$directory/$old"; done
