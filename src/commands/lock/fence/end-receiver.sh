# Shell functions: `end_receiver JOBS` ends whoever receives a stream for the run with this directory, and waits until
# nobody holds its lock. Needs the flock of the app, under which a receiver makes itself known. Fails when it does not end.

end_receiver() {
	[ -e "$1/receive.lock" ] && ! flock -n -- "$1/receive.lock" true || return 0
	read -r receiver receiver_since <"$1/receive.group" && end_group "$receiver" "$receiver_since"
	flock -w 20 -- "$1/receive.lock" true
}
