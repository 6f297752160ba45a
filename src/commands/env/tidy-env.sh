# Takes away what a run has written beside a file it did not come to replace. The word that it has comes first: without
# it the file counts as the old one.

set -eu
state=$1 run=$2 owner=$3 file=$4 kept=$5
rm -f -- "$state/jobs/$run/env" "$state/jobs/$run/env.part"
sudo -n -u "$owner" -- rm -f -- "$file.$run.part" "$file.$run.new" "$kept" "$kept.part"
