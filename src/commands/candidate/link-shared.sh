set -eu
base=$1 candidate=$2 directory_mode=$3
shift 3
cd -- "$candidate"
chmod -- "$directory_mode" .
for item in "$@"; do
	path=${item#*:}
	case $item in
		directory:*) mkdir -p -- "$base/shared/$path" ;;
		own:*) mkdir -p -- "$path"; continue ;;
	esac
	[ -L "$path" ] || rm -rf -- "$path"
	mkdir -p -- "$(dirname -- "$path")"
	ln -sfnr -- "$base/shared/$path" "$path"
done
