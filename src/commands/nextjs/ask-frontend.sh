{
	# A Node that PATH does not name brings the programs beside it.
	case $1 in */*) PATH=$(dirname -- "$1"):$PATH; export PATH ;; esac
	"$1" -e "$2" -- "$3" >"$scratch/answer-frontend" 2>"$scratch/answer-frontend-fault" </dev/null
} &
