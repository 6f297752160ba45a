# npm must never work in a tree whose files are also those of live, nor follow a link out of the release: what is
# replaced is put aside first. Without a lockfile on live nobody knows what its node_modules came from: npm judges it.

set -eu
live=$1 candidate=$2 home=$3 npm=$4 node=$5 adopted=$6
case $node in */*) PATH=$(dirname -- "$node"):$PATH; export PATH ;; esac
release=$(readlink -f -- "$live" || true)
cd -- "$candidate"
mkdir -p -- "$home"
export HOME="$home" npm_config_cache="$home/cache" npm_config_update_notifier=false
lock=
for name in npm-shrinkwrap.json package-lock.json; do [ -f "$name" ] && lock=$name && break; done
modules=missing
if [ -L node_modules ]; then modules='link'; elif [ -d node_modules ]; then modules=directory; fi
[ "$modules" != link ] || [ -d node_modules/. ] || modules=missing
keep() { echo "keeps node_modules of the live release: $1"; exit 0; }
if [ -z "$lock" ]; then
	[ "$modules" = missing ] || keep 'there is no package-lock.json'
	echo 'neither package-lock.json in the build nor node_modules on the host: nothing to run with' >&2
	exit 1
fi
if [ "$modules" = missing ]; then why='node_modules is missing'
elif ! [ -f "$release/$lock" ] && [ "$adopted" = anew ] && [ "${release%-adopted}" != "$release" ]; then
	why="the live release has no $lock, and its node_modules was installed before it was adopted"
elif ! [ -f "$release/$lock" ]; then
	if "$npm" ls --omit=dev >/dev/null 2>&1; then keep "npm finds in it what $lock asks for"; fi
	why="the live release has no $lock, and its node_modules is not what $lock asks for"
elif cmp -s -- "$release/$lock" "$lock"; then keep "$lock is the same"
else why="$lock is another one than that of the live release"; fi
echo "npm ci: $why"
if [ -L node_modules ]; then rm -f -- node_modules
elif [ -e node_modules ]; then rm -rf -- .node_modules.aside; mv -T -- node_modules .node_modules.aside; fi
"$npm" ci --omit=dev --no-audit --no-fund </dev/null
rm -rf -- .node_modules.aside
# An app without dependencies gets none.
mkdir -p -- node_modules
