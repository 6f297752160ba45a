# Shell function: prints the hold of an app and fails with 96 where it is somebody else's and not over. Arguments:
# state directory, app, owner.

refuse_held() {
	[ -e "$1/lock/$2.hold" ] && read -r hold_owner hold_until _ <"$1/lock/$2.hold" || return 0
	[ "$hold_owner" != "$3" ] && [ "$hold_until" -gt "$(date -u +%s)" ] || return 0
	echo hold
	cat -- "$1/lock/$2.hold"
	return 96
}
