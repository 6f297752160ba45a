umask 077
mkdir -p -- "$1" || exit 94
ledger_append "$1" "$2" "$3" "$4" "${5-}" || exit $?
tail -n 1 -- "$1/ledger.jsonl"
