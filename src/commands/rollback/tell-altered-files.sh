set -eu
run=$1 releases=$2
shift 2
read -r id <"$state/jobs/$run/target"
target=$releases/$id
compare "$target" "$@" || { [ "$listed" = none ] || exit 1; echo "noted: what release $id was deployed with is not written down: it goes live as it is"; exit 0; }
differences | sed -z '/^added /d; s/^mode /mode of /' >"$scratch/altered"
total=$(count <"$scratch/altered")
[ "$total" = 1 ] && files='1 file is not as deployed and goes live' || files="$total files are not as deployed and go live"
[ "$total" -eq 0 ] || echo "noted: of release $id $files: $(first_of "$scratch/altered")"
total=$(count <"$scratch/added")
[ "$total" -gt 0 ] || exit 0
[ "$total" = 1 ] && files='1 file' || files="$total files"
names=$(first_of "$scratch/added")
if move_aside "$target" '' <"$scratch/added"; then echo "noted: left out: $files that no build brought: $names. Now in $base/left-out/$id"
else echo "noted: release $id goes live with $files that no build brought: $names"; fi
