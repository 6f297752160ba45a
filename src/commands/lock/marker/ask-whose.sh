marker_resumes='' marker_urgent='' marker_asks=yes
while [ $# -gt 0 ]; do
	look_at_live "$1" "$2" "$3" "$4" "$5" "$6" || exit $?
	shift 6
done
