# Stands before a tool of a host: counts its calls while it is armed, and at the one it is armed for does what is asked.
# What was there is called otherwise, and behind it.
gate=@gate@ tool=@tool@
if [ -e "$gate/armed" ]; then
	# What such tools print when they are told to say more.
	case $tool in
	composer) echo 'Downloading https://ci:@canary@@packages.example.org/acme/forms.zip' >&2 ;;
	php) echo 'SQLSTATE[HY000] [2002] using DB_PASSWORD=@password@' >&2 ;;
	esac
	count=$(($(cat "$gate/$tool" 2>/dev/null || echo 0) + 1))
	echo "$count" >"$gate/$tool"
	echo "$tool $count" >>"$gate/calls"
	if [ "$(cat "$gate/armed")" = "$tool $count" ]; then
		act=$(cat "$gate/act")
		: >"$gate/reached"
		case $act in
		fail) echo "$tool: simulated: no luck today" >&2; exit 1 ;;
		kill) kill -9 "$$" ;;
		hang) exec sleep 900 ;;
		wait) cat "$gate/go" >/dev/null ;;
		esac
	fi
fi
exec @real@ "$@"
