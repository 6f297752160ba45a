umask 077
ledger_append "$1" "$2" '' || exit $?
