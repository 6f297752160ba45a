# What stands in an unpacked app and is no part of one: fifos, sockets, devices, and links that lead neither to what is in
# it, nor to what is shared, nor through the live path into what is live. Removed, and named, each name ended by NUL.

part=$1 shared=$2 live=$3 now=$4 top=$5
shift 5
for path; do
	if [ -L "$path" ]; then
		leads=$(readlink -m -- "$path")/
		case $leads in "$part"/* | "$shared"/*) continue ;; esac
		case $(readlink -- "$path")/ in "$live"/*) case $leads in "$now"/*) continue ;; esac ;; esac
	fi
	printf '%s\0' "${path#"$top"/}"
	rm -f -- "$path"
done
