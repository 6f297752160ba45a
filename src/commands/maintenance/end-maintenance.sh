# Shell functions over the mark of whoever took an app down: `RUN JOB SINCE`, and a line each for release, owner and php.
# `end_maintenance STATE APP [RUN]` brings the app up, of that run only where one is named; fails when it stays down.
# `end_left_maintenance STATE APP` does so where the job is gone. Laravel is asked first; what it can't, two files are.

end_maintenance() {
	[ -s "$1/maintenance/$2" ] || return 0
	(
		mark=$1/maintenance/$2
		exec 7>>"$mark.flock" && flock 7 || exit 94
		[ -s "$mark" ] || exit 0
		{ read -r marked _; IFS= read -r release; IFS= read -r owner; IFS= read -r php; } <"$mark" || exit 94
		[ -z "${3-}" ] || [ "$marked" = "$3" ] || exit 0
		if [ -e "$release" ]; then
			timeout 10 sudo -n -u "$owner" -- "$php" "$release/artisan" up --no-interaction >/dev/null 2>&1 </dev/null 7>&-
			sudo -n -u "$owner" -- sh -c 'cd -- "$1/storage/framework" && rm -f -- down maintenance.php' up "$release" 7>&- || exit 1
		fi
		rm -f -- "$mark"
	)
}
end_left_maintenance() {
	[ -s "$1/maintenance/$2" ] && read -r left_run left_job _ <"$1/maintenance/$2" || return 0
	[ -e "$1/jobs/$left_run/$left_job/lock" ] && ! flock -n -s -- "$1/jobs/$left_run/$left_job/lock" true && return 0
	end_maintenance "$1" "$2" "$left_run"
}
