#!/bin/bash
# Builds the layer every host starts from, unless it is there. Hosts that start at the same time build it once.
# usage: layer.sh <state directory> <layer.tar>
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec 9>>"$2.lock"
flock 9
[ ! -e "$2" ] || exit 0
setpriv --pdeathsig KILL unshare --mount --pid --uts --ipc --fork --kill-child \
	bash "$here/init.sh" "$1" provision.sh </dev/null >"$2.part"
mv "$2.part" "$2"
