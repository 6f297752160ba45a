set -eu
live=$1 candidate=$2
rm -rf -- "$candidate.part"
mkdir -p -- "$candidate.part"
if [ -L "$live" ]; then
	cd -- "$(readlink -f -- "$live")"
	find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec cp -a --reflink=auto -t "$candidate.part" -- {} +
	if [ -L node_modules ]; then
		cp -a -- node_modules "$candidate.part/node_modules"
	elif [ -d node_modules ]; then
		# A second name for every file, so that nothing is copied: no step runs in this tree, it is replaced whole.
		cp -al -- node_modules "$candidate.part/node_modules" 2>/dev/null || {
			rm -rf -- "$candidate.part/node_modules"
			cp -a --reflink=auto -- node_modules "$candidate.part/node_modules"
		}
	fi
	rm -rf -- "$candidate.part/.next/cache"
fi
mv -T -- "$candidate.part" "$candidate"
