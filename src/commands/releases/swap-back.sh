set -eu
live=$1 next=$7 releases=$8 memory=$9
marker_resumes='' marker_urgent=''
read -r previous <"$memory" || { echo 'no release to go back to was recorded' >&2; exit 1; }
[ -d "$(dirname -- "$live")/$releases/$previous" ] || { echo "release $previous is not on this host any more" >&2; exit 1; }
sudo -n -- ln -sfn -- "$releases/$previous" "$next"
claim_to_swap "$1" "$2" "$3" "$4" "$5" "$6"
sudo -n -- mv -fT -- "$next" "$live"
echo "live is $previous again"
