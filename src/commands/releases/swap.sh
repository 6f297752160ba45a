marker_resumes='' marker_urgent=''
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
shift 6
exec sudo -n -- "$@"
