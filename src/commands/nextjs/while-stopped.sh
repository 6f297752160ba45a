# Runs a command while the app is stopped; one that fails starts it again first. `or-start-again.sh` of the rollback is
# the same for services of systemd.

node=$1 again=$2 about=$3
shift 3
"$@" && exit 0
code=$?
echo "exited with $code: starts PM2 again" >&2
"$node" -e "$again" -- "$about" >&2 || true
exit "$code"
