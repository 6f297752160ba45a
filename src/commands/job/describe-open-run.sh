# Shell function: prints the run that holds the lock of an app, for `parseRuns`. Arguments: state directory, app.

describe_open_run() {
	[ -e "$1/lock/$2" ] || return 0
	echo "lock $2"
	describe_holder "$1" "$2"
	echo end
	printf 'record %s\n' "$(cat -- "$1/jobs/$described_run/run.json")"
}
