set -eu
umask 077
state=$1 app=$2 run=$3 release=$4
mkdir -p -- "$state/manifests/$app"
keep() { cp -- "$1" "$2.part" && mv -- "$2.part" "$2"; }
[ ! -e "$state/jobs/$run/made" ] || keep "$state/jobs/$run/made" "$state/manifests/$app/$release.made"
keep "$state/jobs/$run/manifest" "$state/manifests/$app/$release"
