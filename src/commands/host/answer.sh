wait
for file in "$scratch"/answer-*; do
	[ -e "$file" ] && say "${file##*/}" "$(cat -- "$file")"
done
say owner "$(cat -- "$scratch/owner")"
echo manifest
[ -z "${release-}" ] || cat -- "$state/manifests/$app/$release" 2>/dev/null
exit 0
