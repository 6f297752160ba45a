# Shell functions for runs whose release somebody may have replaced by hand meanwhile: with the script on the host, or line by
# line. `as_begun STATE APP RUN LIVE`: live is what it was when the run began. `live_is STATE APP RELEASE LIVE`: it is what
# the run made live. LIVE: what the live link leads to. Both fail with 91 and say what was, what is, and how it came to be.

put_by_hand() {
	[ -s "$1/by-hand/$2" ] && read -r hand_to hand_from hand_at hand_by _ <"$1/by-hand/$2" && [ "$hand_to" = "$3" ] || return 0
	printf ', put live by hand at %s by %s' "$hand_at" "$hand_by"
}
as_begun() {
	[ -s "$1/jobs/$3/live" ] && IFS= read -r begun_with <"$1/jobs/$3/live" && [ "$begun_with" != "${4##*/}" ] || return 0
	printf 'live was %s when the run began, and is %s now%s\n' "$begun_with" "${4##*/}" "$(put_by_hand "$1" "$2" "${4##*/}")"
	return 91
}
live_is() {
	[ "$3" != "${4##*/}" ] || return 0
	printf 'live was made %s by the run, and is %s now%s\n' "$3" "${4##*/}" "$(put_by_hand "$1" "$2" "${4##*/}")"
	return 91
}
