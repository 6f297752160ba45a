set -eu
umask 077
state=$1 app=$2 run=$3 attempt=$4 release=$5
allowed=sealed
begin_receiving
cat >"$jobs/baseline.part"
mkdir -p -- "$state/manifests/$app"
mv -- "$jobs/baseline.part" "$state/manifests/$app/$release"
