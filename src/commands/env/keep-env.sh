set -eu
umask 077
file=$1 directory=$2 name=$3 most=$4 spared=$5
[ -e "$file" ] || { echo 'there is no file yet: nothing to keep'; exit 0; }
mkdir -p -- "$directory"
chmod 700 -- "$directory"
cp -p -- "$file" "$directory/$name.part"
mv -fT -- "$directory/$name.part" "$directory/$name"
echo "kept $directory/$name"
# In the order they came here, whatever time their names tell.
find "$directory" -mindepth 1 -maxdepth 1 -type f -name '.env.[0-9]*' -printf '%C@ %f\n' | LC_ALL=C sort -n | head -n "-$most" |
	while read -r _ old; do [ "$old" = "$spared" ] || rm -f -- "$directory/$old"; done
