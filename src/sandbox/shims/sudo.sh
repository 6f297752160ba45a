# sudo with `NOPASSWD` for root and the user themselves. Nobody becomes another user here: the other shims are told by
# SANDBOX_AS, and the environment is reset as sudo does.

usage='usage: sudo [-n] [-u user] [--] command [argument ...]'
user=root list=
while [ $# -gt 0 ]; do
	case $1 in
	-n | --non-interactive | -H | --set-home) shift ;;
	-l | --list) list=1; shift ;;
	-u | --user) [ $# -ge 2 ] || refuse 1 "sudo: option requires an argument -- 'u'" "$usage"; user=$2; shift 2 ;;
	-u?*) user=${1#-u}; shift ;;
	--user=*) user=${1#--user=}; shift ;;
	--) shift; break ;;
	--*) refuse 1 "sudo: unrecognized option '$1'" "$usage" ;;
	-*) refuse 1 "sudo: invalid option -- '${1#-}'" "$usage" ;;
	*) break ;;
	esac
done
if [ "$user" != root ] && [ "$user" != "$login" ]; then
	id -u "$user" >/dev/null 2>&1 || refuse 1 "sudo: unknown user $user" 'sudo: error initializing audit plugin sudoers_audit'
	refuse 1 "Sorry, user $login is not allowed to execute '$*' as $user on $(uname -n)."
fi
finds() {
	case $1 in */*) [ -f "$1" ] && [ -x "$1" ]; return ;; esac
	old=$IFS; IFS=:
	for directory in $secure_path; do
		[ -f "$directory/$1" ] && [ -x "$directory/$1" ] && { IFS=$old; return 0; }
	done
	IFS=$old; return 1
}
if [ -n "$list" ] && [ $# -eq 0 ]; then
	host=$(uname -n)
	printf 'Matching Defaults entries for %s on %s:\n    env_reset, secure_path=%s\n\n' "$login" "$host" "$secure_path"
	printf 'User %s may run the following commands on %s:\n    (%s) NOPASSWD: ALL\n' "$login" "$host" "root, $login"
	exit 0
fi
[ $# -gt 0 ] || refuse 1 "$usage"
command=$1
case $command in *=*) refuse 1 "sudo: sorry, you are not allowed to set the following environment variables: ${command%%=*}" ;; esac
finds "$command" || refuse 1 "sudo: $command: command not found"
[ -z "$list" ] || { printf '%s\n' "$*"; exit 0; }
home=$HOME
[ "$user" = "$login" ] || home=$root/root
exec env -i PATH="$secure_path" HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/sh LANG="${LANG-C.UTF-8}" \
	SUDO_USER="$login" SUDO_COMMAND="$*" SANDBOX_TOKEN="${SANDBOX_TOKEN-}" SANDBOX_AS="$user" "$@"
