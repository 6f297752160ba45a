# What stands in a release, as its owner: `MODE DIGEST PATH` for everything that is no directory, each ended by NUL, sorted
# by bytes, in the form of a manifest. NUL and -z, because a path may hold anything else. A digest of zeros has a link that
# leads where this product has it lead, however that is spelled; mode 000000 what is neither file nor link, or can't be read.
# Modes 100666 and 100777 have files, 040777 directories, that everybody may write, or that run as somebody else.

set -eu
export LC_ALL=C
cd -P -- "$1"
live=$2 base=$3 skipped=$4 storage=$5
shift 5
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
zeros=$(printf %064d 0)
find . -maxdepth 0 -perm -0002 -printf '.\0' >"$scratch/open"
find . -mindepth 1 -ignore_readdir_race -type d -path "./${skipped:-.}" -prune -o \
	-type d -readable -executable -perm -0002 -fprintf "$scratch/open-below" '%P\0' -o \
	-type d \( -readable -executable -o -fprintf "$scratch/other" '%P\0' -prune \) -o \
	-type l -fprintf "$scratch/links" '%P\0' -fprintf "$scratch/targets" '%l\0' -o \
	-type f -readable -perm /6002 -perm -0100 -fprintf "$scratch/loose-programs" '%p\0' -o \
	-type f -readable -perm /6002 -fprintf "$scratch/loose-files" '%p\0' -o \
	-type f -readable -perm -0100 -fprintf "$scratch/programs" '%p\0' -o \
	-type f -readable -fprintf "$scratch/files" '%p\0' -o \
	-fprintf "$scratch/other" '%P\0'
# One that vanishes meanwhile is missing in what follows, which says so. Most lists are empty: no process is for those.
hash() { [ ! -s "$2" ] || xargs -0 sha256sum -z -- <"$2" 2>/dev/null | sed -z "s,^\\([0-9a-f]*\\)  \\./,$1 \\1 ,"; }
links() {
	[ -s "$scratch/links" ] || return 0
	echo 0 >"$scratch/count"
	xargs -0 -r sh -c '
		cd -- "$0" && read -r count <count || exit 255
		for target; do count=$((count + 1)); printf %s "$target" >"$count" || exit 255; done
		echo "$count" >count
	' "$scratch" <"$scratch/targets"
	read -r count <"$scratch/count"
	seq 1 "$count" | tr '\n' '\0' | ( cd -- "$scratch" && xargs -0 -r sha256sum -z -- ) | cut -z -c 1-64 | paste -z -d ' ' - "$scratch/links" | sed -z 's/^/120000 /'
}
{
	hash 100644 "$scratch/files"
	hash 100755 "$scratch/programs"
	hash 100666 "$scratch/loose-files"
	hash 100777 "$scratch/loose-programs"
	for list in open open-below; do [ ! -s "$scratch/$list" ] || sed -z "s/^/040777 $zeros /" <"$scratch/$list"; done
	links
	[ ! -s "$scratch/other" ] || sed -z "s/^/000000 $zeros /" <"$scratch/other"
} >"$scratch/all"
: >"$scratch/ours"
ours() { printf '120000 %s %s\0' "$zeros" "$1" >>"$scratch/ours"; }
for path; do
	[ -L "$path" ] && [ "$(readlink -m -- "$path")" = "$(readlink -m -- "$base/shared/$path")" ] && ours "$path"
done
if [ -n "$storage" ] && [ -L "$storage" ]; then
	# Wherever it says it leads: only this release's own place for it is meant, or that of the environment.
	case $(readlink -m -- "$storage") in
		"$(readlink -m -- "$base/shared/storage/app/public")" | "$(readlink -m -- storage/app/public)") ours "$storage" ;;
	esac
fi
# `artisan down` copies it from the framework; anything else of this name would run before the app does.
down=storage/framework/maintenance.php
stub=vendor/laravel/framework/src/Illuminate/Foundation/Console/stubs/maintenance-mode.stub
[ -f "$down" ] && ! [ -L "$down" ] && [ -f "$stub" ] && cmp -s -- "$down" "$stub" && ours "$down"
sort -z -s -u -t ' ' -k 3 -- "$scratch/ours" "$scratch/all" | sort -z
