# Shell function: `take_flock STATE APP` keeps the lock of an app as it is for as long as the program lives that calls it.
# Two are always taken in the order of their names, so that nobody waits for each other.

take_flock() {
	mkdir -p -- "$1/lock" || return 94
	case $2 in
		backend) exec 8>>"$1/lock/$2.flock" && flock 8 ;;
		*) exec 9>>"$1/lock/$2.flock" && flock 9 ;;
	esac
}
