marker_resumes='' marker_urgent=''
release=$1 owner=$2 group=$3 mode=$4
shift 4
[ -d "$live" ] && ! [ -L "$live" ] || { echo "$live is not a plain directory" >&2; exit 1; }
asked look_at_marker
rm -rf -- "$base/releases/$release" "$base/releases/$release.part"
install -d -o "$owner" -g "$group" -m "$mode" -- "$base" "$base/releases" "$base/shared"
asked claim_to_adopt
cp -al -- "$live" "$base/releases/$release.part"
# Only directories that are made here get an owner: what was found keeps its own.
directories() {
	[ -d "$1" ] && return
	directories "$(dirname -- "$1")"
	install -d -o "$owner" -g "$group" -m "$mode" -- "$1"
}
cd -- "$base/releases/$release.part" || exit 1
for item in "$@"; do
	path=${item#*:}
	rm -rf -- "$base/shared/$path"
	directories "$(dirname -- "$base/shared/$path")"
	directories "$(dirname -- "./$path")"
	if [ -L "$path" ]; then
		# Its text may count from where it is; what it leads to stays where it is.
		rm -- "$path"
		ln -s -- "$(readlink -m -- "$live/$path")" "$base/shared/$path"
		chown -h --reference="$live/$path" -- "$base/shared/$path"
	elif [ -e "$path" ]; then mv -T -- "$path" "$base/shared/$path"
	else case $item in directory:*) directories "$base/shared/$path" ;; *) continue ;; esac; fi
	ln -snr -- "$base/shared/$path" "$path"
	chown -h "$owner:$group" -- "$path"
done
inodes "$base/shared" "$base/inodes" "$@"
mv -T -- "$base/releases/$release.part" "$base/releases/$release"
