set -eu
cd -- "$1"
id=$(cat -- .next/BUILD_ID) || exit 1
[ -n "$id" ] || { echo ".next/BUILD_ID in $1 is empty" >&2; exit 1; }
[ -d ".next/static/$id" ] || { echo ".next/static/$id is missing in $1" >&2; exit 1; }
printf 'BUILD_ID %s\n' "$id"
deployment=$(LC_ALL=C sed -n 's/.*"deploymentId":"\([^"]*\)".*/\1/p' .next/required-server-files.json 2>/dev/null | head -n 1)
[ -z "$deployment" ] || printf 'deployment %s\n' "$deployment"
