# A path as it is on this host: one that begins at a home is absolute then.

log_path_of() {
	log_home=
	case $1 in
		\~/*) log_home=$HOME ;;
		\~*/*)
			log_home=${1%%/*}
			log_home=$(getent passwd "${log_home#\~}" | cut -d : -f 6)
			;;
		*) printf %s "$1"; return ;;
	esac
	printf %s "$log_home/${1#*/}"
}
