# Live becomes what it was, and so does the release before it: else the two were one, and the way back led nowhere. An empty
# `previous-before` says that there was none; where it is missing, an earlier version has begun the run. Nothing of the
# memory may fail a way back.

set -eu
live=$1 state=$3 app=$6 next=$7 releases=$8 jobs=$3/jobs/$9
marker_resumes='' marker_urgent=''
read -r previous <"$jobs/previous" || { echo 'no release to go back to was recorded' >&2; exit 1; }
[ -d "$(dirname -- "$live")/$releases/$previous" ] || { echo "release $previous is not on this host any more" >&2; exit 1; }
sudo -n -- ln -sfn -- "$releases/$previous" "$next"
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6"
sudo -n -- mv -fT -- "$next" "$live"
echo "live is $previous again"
[ -e "$jobs/previous-before" ] || exit 0
if [ -s "$jobs/previous-before" ]; then
	cp -- "$jobs/previous-before" "$state/previous-$app.part" && mv -- "$state/previous-$app.part" "$state/previous-$app"
else
	rm -f -- "$state/previous-$app"
fi || echo "noted: $state/previous-$app still names what is live"
