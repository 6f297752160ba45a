# Three sources, since each may be missing: what the job has written, what artisan of the prepared release says, and which
# files live has. Nothing of it may fail: the run ends all the same.

jobs=$1 candidate=$2 live=$3
shift 3
[ ! -f "$jobs/migrate/log" ] || tail -c 65536 -- "$jobs/migrate/log" | sed 's/^/log /'
told_by_hooks "$jobs/hooks"
printf '\nkept {%s}\n' "$told_kept"
if [ -e "$candidate/artisan" ] && out=$(timeout 20 "$@" 2>&1 </dev/null); then printf '%s\n' "$out" | sed 's/^/status /'; fi
for file in "$live"/database/migrations/*.php; do
	[ ! -e "$file" ] || { file=${file##*/}; printf 'live %s\n' "${file%.php}"; }
done
exit 0
