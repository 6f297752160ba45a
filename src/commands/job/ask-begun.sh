jobs=$1/jobs/$2
shift 2
for job; do [ -e "$jobs/$job/started" ] && printf '%s\n' "$job"; done
exit 0
