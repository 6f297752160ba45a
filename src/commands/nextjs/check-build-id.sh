set -eu
directory=$1 owner=$2 manifest=$3 read=$4
sudo -n -u "$owner" -- sh -c "$read" read-BUILD_ID "$directory"
if ! [ -f "$manifest" ]; then echo 'no manifest to compare it with'; exit 0; fi
wanted=$(LC_ALL=C sed -z -n 's,^[0-9]* \([0-9a-f]*\) \.next/BUILD_ID$,\1,p' "$manifest" | tr -d '\0')
found=$(sudo -n -u "$owner" -- cat -- "$directory/.next/BUILD_ID" | sha256sum | cut -c 1-64)
[ "$found" = "$wanted" ] || { echo "BUILD_ID in $directory is not the one of the build that was sent" >&2; exit 1; }
echo 'it is the one of the build that was sent'
