# systemctl for php8.1-fpm and nginx. A unit's state is a file, `state since pid`; the HTTP server reads it.
# A (re)load of php8.1-fpm resolves the $live path and pins it: what was loaded is served until the next one.
# `<unit>.fails` beside the state makes a start fail, `<unit>.restarts` is how often systemd has started it again.

verb='' list='' properties='' value=''
while [ $# -gt 0 ]; do
	case $1 in
	-p | --property) [ $# -ge 2 ] || refuse 1 "systemctl: option requires an argument -- 'p'"; properties=$properties,$2; shift ;;
	--property=*) properties=$properties,${1#--property=} ;;
	--value) value=1 ;;
	--no-pager | --) ;;
	--*) refuse 1 "systemctl: unrecognized option '$1'" ;;
	-*) refuse 1 "systemctl: invalid option -- '${1#-}'" ;;
	*) if [ -z "$verb" ]; then verb=$1; else list="$list ${1%.service}"; fi ;;
	esac
	shift
done
case $verb in
reload | restart | start | stop | is-active | is-enabled | show | status | cat) ;;
'') refuse 1 'systemctl: the sandbox knows reload, restart, start, stop, is-active, is-enabled, show, status and cat' ;;
*) refuse 1 "Unknown command verb $verb." ;;
esac
[ -n "$list" ] || refuse 1 'Too few arguments.'

state=inactive since=0 pid=0 description=
load() {
	state=inactive since=0 pid=0
	case $1 in
	php8.1-fpm) description='The PHP 8.1 FastCGI Process Manager' ;;
	nginx) description='A high performance web server and a reverse proxy server' ;;
	*) return 1 ;;
	esac
	[ ! -r "$units/$1" ] || read -r state since pid <"$units/$1"
}
save() {
	state=$2 since=$(date +%s) pid=$3
	printf '%s %s %s\n' "$state" "$since" "$pid" >"$units/$1.$$" && mv "$units/$1.$$" "$units/$1"
}
loads() {
	if [ "$1" = php8.1-fpm ]; then
		readlink -f "$live" >"$units/$1.serves.$$" && mv "$units/$1.serves.$$" "$units/$1.serves"
	else
		nginx -t 2>/dev/null
	fi
}
up() {
	if [ -e "$units/$1.fails" ] || ! loads "$1"; then
		save "$1" failed 0
		printf '%s\n' "Job for $1.service failed because the control process exited with error code." \
			"See \"systemctl status $1.service\" and \"journalctl -xeu $1.service\" for details." >&2
		return 1
	fi
	save "$1" active $$
}
again() {
	if [ "$state" != active ]; then
		echo "$1.service is not active, cannot reload." >&2
		return 1
	fi
	loads "$1" && return
	echo "Job for $1.service failed because the control process exited with error code." >&2
	return 1
}
sub_state() { case $state in active) echo running ;; failed) echo failed ;; *) echo dead ;; esac; }
stamp() { [ "$state" != active ] || date -d "@$since" '+%a %Y-%m-%d %H:%M:%S %Z'; }
property() {
	case $2 in
	Id | Names) echo "$1.service" ;;
	Description) echo "$description" ;;
	LoadState) echo loaded ;;
	ActiveState) echo "$state" ;;
	SubState) sub_state ;;
	MainPID) echo "$pid" ;;
	NRestarts) if [ -r "$units/$1.restarts" ]; then cat "$units/$1.restarts"; else echo 0; fi ;;
	UnitFileState) echo enabled ;;
	Result) if [ "$state" = failed ]; then echo exit-code; else echo success; fi ;;
	ActiveEnterTimestamp | ExecMainStartTimestamp) stamp ;;
	*) return 1 ;;
	esac
}
show() {
	names=${properties#,}
	[ -n "$names" ] || names=Id,Description,LoadState,ActiveState,SubState,MainPID,Result,UnitFileState,ActiveEnterTimestamp
	for key in $(echo "$names" | tr , ' '); do
		answer=$(property "$1" "$key") || continue
		if [ -n "$value" ]; then echo "$answer"; else echo "$key=$answer"; fi
	done
}
status() {
	printf '%s %s.service - %s\n     Loaded: loaded (/lib/systemd/system/%s.service; enabled; vendor preset: enabled)\n' \
		'*' "$1" "$description" "$1"
	case $state in
	active) printf '     Active: active (running) since %s\n   Main PID: %s (%s)\n' "$(stamp)" "$pid" "$1"; return ;;
	failed) echo '     Active: failed (Result: exit-code)' ;;
	*) echo '     Active: inactive (dead)' ;;
	esac
	return 3
}
cat_unit() {
	printf '%s\n' "# /lib/systemd/system/$1.service" '[Unit]' "Description=$description" 'After=network.target' '' '[Service]'
	case $1 in
	nginx) printf '%s\n' 'Type=forking' 'PIDFile=/run/nginx.pid' 'ExecStart=/usr/sbin/nginx -g "daemon on; master_process on;"' ;;
	*) printf '%s\n' 'Type=notify' 'ExecStart=/usr/sbin/php-fpm8.1 --nodaemonize --fpm-config /etc/php/8.1/fpm/php-fpm.conf' 'ExecReload=/bin/kill -USR2 $MAINPID' ;;
	esac
	printf '%s\n' '' '[Install]' 'WantedBy=multi-user.target'
}
missing() {
	case $verb in
	cat) echo "No files found for $1.service." >&2; return 1 ;;
	is-enabled) echo "Failed to get unit file state for $1.service: No such file or directory" >&2; return 1 ;;
	is-active) echo inactive; return 4 ;;
	status) echo "Unit $1.service could not be found." >&2; return 4 ;;
	show) load nginx; state=inactive show "$1" | sed 's/^LoadState=loaded/LoadState=not-found/; s/^loaded$/not-found/' ;;
	*) echo "Failed to $verb $1.service: Unit $1.service not found." >&2; return 5 ;;
	esac
}
act() {
	case $verb in
	show | is-active | is-enabled | status | cat) ;;
	*) [ "$acting" = root ] || refuse 1 "Failed to $verb $1.service: Interactive authentication required." "See system logs and 'systemctl status $1.service' for details." ;;
	esac
	load "$1" || { missing "$1"; return; }
	case $verb in
	start) [ "$state" = active ] || up "$1" ;;
	restart) up "$1" ;;
	stop) save "$1" inactive 0 ;;
	reload) again "$1" ;;
	is-active) echo "$state"; [ "$state" = active ] || return 3 ;;
	show) show "$1" ;;
	is-enabled) echo enabled ;;
	status) status "$1" ;;
	cat) cat_unit "$1" ;;
	esac
}
code=0 first=1
for unit in $list; do
	# Between the properties of two units there is an empty line.
	[ "$verb" != show ] || [ -n "$first" ] || echo
	first=
	act "$unit" || code=$?
done
exit $code
