# Asked every few seconds for as long as a cockpit is open: what the shell does itself costs the host no process.

state=$1
shift
date -u '+time %s'
while [ "$1" != -- ]; do
	app=$1 live=$2
	shift 2
	if [ -L "$live" ]; then
		release=$(readlink -f -- "$live")
		echo "live $app ${release##*/}"
		if ! [ -e "$live/." ]; then echo "astray $app "
		elif ! [ "${release%/*}" -ef "${live%/*}/.${live##*/}/releases" ]; then echo "astray $app $release"; fi
	elif [ -d "$live" ]; then echo "directory $app"; fi
	[ -e "$live/.next/BUILD_ID" ] && head -c 200 -- "$live/.next/BUILD_ID" | { IFS= read -r id || :; printf 'build-id %s %s\n' "$app" "$id"; }
	if [ -s "$state/by-hand/$app" ] && read -r hand <"$state/by-hand/$app"; then echo "by-hand $app $hand"; fi
	describe_open_run "$state" "$app"
	# The run that holds it has made its release live, and live is what was live before: nobody but a person does that.
	if [ -e "$state/lock/$app" ] && [ -L "$live" ] && read -r run _ <"$state/lock/$app" &&
		[ -s "$state/jobs/$run/previous" ] && [ -s "$state/jobs/$run/swap/exit" ] && ! [ -e "$state/jobs/$run/go-back" ] &&
		read -r code <"$state/jobs/$run/swap/exit" && [ "$code" = 0 ] &&
		read -r previous <"$state/jobs/$run/previous" && [ "$previous" = "${release##*/}" ]; then echo "put-back $app"; fi
	if [ -s "$state/maintenance/$app" ]; then
		read -r run job since _ <"$state/maintenance/$app"
		held=left
		[ -e "$state/jobs/$run/$job/lock" ] && ! flock -n -s -- "$state/jobs/$run/$job/lock" true && held=held
		echo "maintenance-$held $app $run $since"
	fi
	if [ -e "$state/lock/$app.hold" ]; then echo "hold $app"; cat -- "$state/lock/$app.hold"; fi
done
shift
# One line a unit, in their order.
[ $# -eq 0 ] || systemctl is-active "$@" 2>/dev/null | for unit in "$@"; do service=; read -r service; printf 'service %s %s\n' "$unit" "$service"; done
df -k --output=avail,pcent,ipcent -- "${live%/*}/" 2>/dev/null | { read -r _; read -r free used inodes; printf 'disk %s %s\ninodes %s\n' "$free" "$used" "$inodes"; }
if [ -e "$state/ledger.jsonl" ]; then stat -L -c 'ledger-bytes %s' -- "$state/ledger.jsonl"; else echo 'ledger-bytes 0'; fi
exit 0
