# Takes the parameters of a claim; `asked FUNCTION` asks with them and ends the program where live is not its own.

set -eu
live=$1 base=$2 state=$3 project=$4 environment=$5 app=$6
shift 6
asked() { "$1" "$live" "$base" "$state" "$project" "$environment" "$app" || exit $?; }
