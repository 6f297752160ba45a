# Shell functions: what a full disk or a kill left half written. Under the flock of the app, and while no job of it is
# alive: only then nobody writes any of it. Both take the state directory and the app.

remove_parts() {
	rm -f -- "$1/lock/$2.part" "$1/lock/$2.token.part" "$1/lock/$2.hold.part" "$1/previous-$2.part" "$1/rollback-$2.sh.part" \
		"$1/by-hand/$2.part" "$1/maintenance/$2.part" "$1/releases/$2/"*.part "$1/manifests/$2/"*.part
}
# A run that was killed before it had the lock: it has room to close, and nobody holds it.
remove_never_begun() {
	for never_begun in "$1/jobs/"*-"$2"-*/.spare; do
		never_begun=${never_begun%/.spare}
		[ -d "$never_begun/.spare" ] && ! [ -e "$never_begun/holder" ] && ! [ -e "$never_begun/closed" ] && rm -rf -- "$never_begun"
	done
	return 0
}
