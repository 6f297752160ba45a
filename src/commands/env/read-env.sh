# The files with values of an app, each as the host keeps it apart from its releases, else as live has it. For each a
# line `file<TAB>PATH<TAB>MODE<TAB>OWNER<TAB>BYTES` and its bytes in base64 behind it, up to an empty line. `gone`, `long`
# and `denied` in the place of MODE have none. The first line is the host's clock.
# Arguments: shared directory, live directory, owner of the app, bytes at most, then the files relative to both.

shared=$1 live=$2 owner=$3 most=$4
shift 4
printf 'time\t%s\n' "$(date -u +%s)"
# The app's owner may read what the login may not.
if sudo -n -u "$owner" -- true 2>/dev/null; then as() { sudo -n -u "$owner" -- "$@"; }
else as() { "$@"; }
fi
for file; do
	path=$shared/$file
	[ -e "$path" ] || as test -e "$path" || path=$live/$file
	if ! [ -e "$path" ] && ! as test -e "$path"; then
		printf 'file\t%s\tgone\t-\t0\n\n' "$path"
		continue
	fi
	facts=$(stat -L -c '%a	%U	%s	%F' -- "$path" 2>/dev/null || as stat -L -c '%a	%U	%s	%F' -- "$path" 2>/dev/null)
	kind=${facts##*	}
	facts=${facts%	*}
	case $kind in
		'regular file' | 'regular empty file') ;;
		*) printf 'file\t%s\tdenied\t-\t0\n\n' "$path"; continue ;;
	esac
	if [ "${facts##*	}" -gt "$most" ]; then
		printf 'file\t%s\tlong\t-\t%s\n\n' "$path" "${facts##*	}"
		continue
	fi
	if ! text=$(base64 -- "$path" 2>/dev/null || as base64 -- "$path" 2>/dev/null); then
		printf 'file\t%s\tdenied\t-\t0\n\n' "$path"
		continue
	fi
	printf 'file\t%s\t%s\n%s\n\n' "$path" "$facts" "$text"
done
