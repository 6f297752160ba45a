# Read once to its end before anything is written: what can't be restored whole is not begun. Unpacked beside its
# place, which it takes by a rename. Root is the prefix that the app's members have; everything else stays out.

umask 022
# The owner may not enter the login directory, and find must be able to come back to where it started.
cd /
file=$1 app=$2 into=$3 owner=$4 over=$5 file_mode=$6 program_mode=$7 directory_mode=$8 live=$9 base=${10} remove_strays=${11}
shift 11
recorded=
[ -f "${file%.tar.gz}.json" ] && recorded=$(head -n 1 -- "${file%.tar.gz}.json" | grep -a -o '"sha256":"[0-9a-f]*"' | head -n 1 | cut -d '"' -f 4)
inspect_archive "$file" "$app" "$recorded" "$live" "$owner" "$@" || exit
surveyed=$sha256
root=$(unquoted "$(printf '%s\n' "$found" | sed -n 's/^root //p')")
root=${root%.}
strip=$(printf '%s\n' "$found" | sed -n 's/^strip //p')
whole=false
printf '%s\n' "$found" | grep -qx whole && whole=true
as_owner() { sudo -n -u "$owner" -- "$@"; }
as_owner rm -rf -- "$into.part" && as_owner mkdir -- "$into.part" || exit 1
# The directories that what is linked afterwards lies in: a link in place of one would lead that elsewhere.
above=$(for path; do
	while case $path in */*) ;; *) false ;; esac; do path=${path%/*}; printf '%s\n' "$path"; done
done | LC_ALL=C sort -u)
for path; do
	shift
	set -- "$@" "--exclude=$root$path"
done
case $root in '' | ./) ;; *) set -- "$@" -- "${root%/}" ;; esac
# What is unpacked is what was surveyed: its digest is taken on the way.
report=$({
	{
	{ code=0; read_archive "$file" || code=$?; echo "code-read $code" >&3; } |
		tee /dev/fd/4 |
		{ code=0; gzip -dc || code=$?; echo "code-gzip $code" >&3; cat >/dev/null; } |
		{ code=0; as_owner tar --extract --file=- --directory="$into.part" --no-same-owner --no-same-permissions --delay-directory-restore --no-unquote --no-wildcards --anchored "--strip-components=$strip" "$@" >&2 || code=$?; echo "code-tar $code" >&3; cat >/dev/null; }
	} 4>&1 >/dev/null | sha256sum | sed 's/^/sha256 /' >&3
} 3>&1)
case $report in
	*'code-read 0'*) ;;
	*) echo 'the archive could not be read to its end' >&2; exit 1 ;;
esac
case $report in *'code-gzip 0'*'code-tar 0'* | *'code-tar 0'*'code-gzip 0'*) ;; *) printf 'unpacking failed: %s\n' "$(printf %s "$report" | tr '\n' ' ')" >&2; exit 1 ;; esac
case $report in *"sha256 $surveyed "*) ;; *) as_owner rm -rf -- "$into.part"; echo 'the archive was changed while it was read' >&2; exit 1 ;; esac
as_owner sh -c '
set -eu
# Before find enters a directory that nobody may.
chmod -R u+rwX,a-st -- "$1"
find "$1" -type d -exec chmod "$4" {} +
find "$1" -type f -perm /111 -exec chmod "$3" {} +
find "$1" -type f ! -perm /111 -exec chmod "$2" {} +
' modes "$into.part" "$file_mode" "$program_mode" "$directory_mode" || exit 1
real() { as_owner sh -c 'readlink -m -- "$1"' real "$1"; }
leave_out() {
	printf '%s\n' "$above" | while IFS= read -r path; do
		[ -n "$path" ] && as_owner sh -c '[ -L "$1" ] && rm -f -- "$1"' above "$into.part/$path" && printf '%s\n' "$path"
	done
	as_owner find "$into.part" ! -type f ! -type d -exec sh -c "$remove_strays" strays "$(real "$into.part")" "$(real "$base/shared")" "$live" "$(real "$live")" "$into.part" {} + |
		tr '\001-\037\177' '?' | tr '\0' '\n'
}
strays=$(leave_out)
stuck=$(leave_out)
[ -z "$stuck" ] || { printf 'could not be left out: %s\n' "$stuck" >&2; exit 1; }
total=$(printf %s "$strays" | grep -c '')
if [ "$total" -gt 0 ]; then
	named=$(printf '%s\n' "$strays" | head -n 3 | sed '2,$s/^/, /' | tr -d '\n')
	[ "$total" -le 3 ] || named="$named and $((total - 3)) more"
	echo "noted: left out, for they lead out of the app or are no files: $named. The archive keeps what it was"
fi
told_of_archive "$owner" | sed 's/^/noted: /'
count=$(as_owner find "$into.part" -type f -printf . | wc -c)
if [ "$over" = over ]; then
	as_owner sh -c '
	set -eu
	cd -- "$1"
	if [ "$3" = true ]; then find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +; fi
	cd -- "$2"
	find . -mindepth 1 -maxdepth 1 -exec sh -c "
		into=\$1; shift
		for path; do rm -rf -- \"\$into/\$path\" && mv -T -- \"\$path\" \"\$into/\$path\" || exit 1; done
	" over "$1" {} +
	cd /
	rmdir -- "$2"
	' over "$into" "$into.part" "$whole" || exit 1
else
	as_owner mv -T -- "$into.part" "$into" || exit 1
fi
echo "restored $((count)) files"
