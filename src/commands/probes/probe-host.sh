# Everything the probes ask of one host, in one exec that changes nothing: `name<TAB>value` lines. What may be slow runs
# beside the rest and is bounded, each by itself: what hangs is told as `asked NAME 124`, and silences nothing else. No
# file is written: a full disk must not hide itself. `questions`: which of artisan's slow ones are due now. Behind apps and
# `--` comes what `read_logs` is told.

seconds=$1 node=$2 text=$3 about=$4 owner=$5 php=$6 artisan=$7 questions=$8 scheduler=$9
shift 9
state=$1 units=$2
shift 2
# A line of .env that artisan can't read is told with its value.
asked() {
	asked=$1
	shift
	out=$("$@" </dev/null 2>&1)
	printf 'asked\t%s %s\n' "$asked" "$?"
	printf '%s\n' "$out" | sed "s/\(Failed to parse dotenv file\..* at \[\).*/\1...]/; s/^/$asked	/"
}
of_pm2() {
	[ -n "$about" ] || return 0
	# A Node that PATH does not name brings the programs beside it.
	case $node in */*) PATH=$(dirname -- "$node"):$PATH; export PATH ;; esac
	asked pm2 timeout -k 1 "$seconds" "$node" -e "$text" -- "$about"
}
# The bound is inside of sudo: nobody but root ends what runs as another user.
of_artisan() {
	case " $questions " in *" $1 "*) ;; *) return 0 ;; esac
	question=$1
	shift
	asked "$question" sudo -n -u "$owner" -- timeout -k 1 "$seconds" "$php" "$artisan" "$@" --no-interaction --no-ansi
}
of_app() {
	[ ! -e "$state/lock/$app" ] || printf 'locked\t%s\n' "$app"
	if [ -L "$live" ]; then
		release=$(readlink -f -- "$live")
		printf 'live-%s\t%s\n' "$app" "${release##*/}"
		# Seconds since it was put there, by the clock of the files alone.
		stat -c %Y -- "$live" /proc/self/ 2>/dev/null | { read -r put && read -r now && printf 'swapped-%s\t%s\n' "$app" $((now - put)); }
	elif [ -d "$live" ]; then printf 'directory\t%s\n' "$app"; fi
	[ ! -e "$live/.next/BUILD_ID" ] || head -c 200 -- "$live/.next/BUILD_ID" | { IFS= read -r id || :; printf 'build-id\t%s\n' "$id"; }
	timeout -k 1 "$seconds" df -k --output=size,avail,pcent,ipcent,target -- "${live%/*}/" 2>/dev/null | tail -n +2 | sed 's/^ */disk	/'
}
# Of a unit that is not active also what systemd shows of it, with its last lines where there is a journal.
of_units() {
	# shellcheck disable=SC2086 # names of units, one a word
	asked units timeout -k 1 "$seconds" env TZ=UTC LC_ALL=C systemctl show --no-pager \
		-p Id,LoadState,ActiveState,SubState,Result,NRestarts,MainPID,ActiveEnterTimestamp -- $units
	printf '%s\n' "$out" | grep '^ActiveState=' | grep -qv '=active$' || return 0
	for unit in $units; do
		[ "$(timeout -k 1 2 systemctl is-active "$unit" 2>/dev/null </dev/null)" = active ] ||
			timeout -k 1 2 systemctl status --no-pager "$unit" 2>&1 </dev/null | sed "s/^/said	$unit /"
	done
}
# What serves PHP: id, parent, age in seconds and which of the two it is.
workers='s/^ *\([0-9]*\) *\([0-9]*\) *\([0-9]*\) php-fpm: \(master\|pool\).*/worker	\1 \2 \3 \4/p'
facts() {
	printf 'time\t%s\n' "$(date +%s)"
	printf 'cores\t%s\n' "$(nproc 2>/dev/null)"
	read -r load _ </proc/loadavg && printf 'load\t%s\n' "$load"
	sed -n 's/^\(MemTotal\|MemAvailable\): *\([0-9]*\) kB$/\1	\2/p' /proc/meminfo 2>/dev/null
	while [ "$1" != -- ]; do
		app=$1 live=$2
		shift 2
		of_app
	done
	shift
	[ -z "$units" ] || of_units
	[ $# -lt 7 ] || read_logs "$@"
	timeout -k 1 "$seconds" ps -eo pid=,ppid=,etimes=,args= 2>/dev/null </dev/null | sed -n "$workers"
	[ -z "$scheduler" ] || newest
}
# Of the files its last part may stand for, the one that was written last.
newest() {
	now=$(date +%s) last=$(find "${scheduler%/*}/" -maxdepth 1 -name "${scheduler##*/}" -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1)
	if [ -n "$last" ]; then printf 'scheduler\t%s\n' $((now - ${last%.*})); else printf 'scheduler\tnone\n'; fi
}
of_pm2 | {
	of_artisan migrations migrate:status | {
		of_artisan waiting queue:monitor default | {
			of_artisan failed queue:failed | {
				facts "$@"
				cat
			}
			cat
		}
		cat
	}
	cat
}
printf 'end\t%s\n' "$(date +%s%3N)"
