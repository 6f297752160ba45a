marker_resumes='' marker_urgent=''
[ -z "$7" ] || as_begun "$3" "$6" "$7" "$(readlink -- "$1")" || exit $?
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
shift 7
exec sudo -n -- "$@"
