# The same of a run that has done all it was to do: what is live is read here, as a rollback's target is known to the host
# alone. A plain directory has no name.

umask 077
state=$1 run=$2 health=$4
live=$(readlink -- "$3") || live=
live=${live##*/}
case $live in *[!0-9A-Za-z_.-]*) live= ;; esac
printf '{"is":"new"%s%s}\n' "${live:+,\"live\":\"$live\"}" "${health:+,\"health\":$health}" >"$state/jobs/$run/end" || rm -f -- "$state/jobs/$run/end"
exit 0
