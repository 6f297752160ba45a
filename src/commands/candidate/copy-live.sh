# Of a link only its text is looked at. What can be made anew is trusted whole, as its maker will not look at it again.
# shellcheck disable=SC2086 # names of directories that the product itself lists, without blanks

set -eu
run=$1 candidate=$2 installed=$3 remade=$4 file_mode=$5 program_mode=$6 directory_mode=$7 locks=$8
shift 8
as_owner() { sudo -n -u "$owner" -- "$@"; }
as_owner rm -rf -- "$candidate.part"
as_owner mkdir -p -- "$candidate.part"
finish() { as_owner mv -T -- "$candidate.part" "$candidate"; exit 0; }
[ -L "$live" ] || finish
from=$(readlink -f -- "$live")
if ! compare "$from" "$@"; then
	[ "$listed" = none ] || exit 1
	echo "noted: what release ${from##*/} was deployed with is not written down: nothing of it is taken over, all is sent and installed anew. It stays at $from."
	finish
fi
[ "$listed" = yes ] && whole=$scratch/found || whole=$scratch/whole
# Takes a directory that an installer made; a second name for every file where nothing works in it but who replaces it whole.
take_whole() {
	as_owner sh -c '
		cd -- "$1"
		[ "$4" = link ] && [ -z "$(find "$3" \( ! -uid "$(id -u)" -o ! -type l -perm /6002 \) -print -quit)" ] && cp -al -- "$3" "$2/$3" 2>/dev/null || {
			rm -rf -- "$2/$3"
			cp -a --reflink=auto -- "$3" "$2/$3"
		}
	' take "$from" "$candidate.part" "$1" "$2"
}
can_remake() {
	case " $remade " in *" $1 "*) ;; *) return 1 ;; esac
	[ "$1" != node_modules ] || as_owner sh -c 'cd -- "$1" && [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]' can "$from"
}
: >"$scratch/taken"
below=
for root in $installed; do
	below="${below:+$below|}$root(/|$)"
	only "$root(/|$)" <"$whole" >"$scratch/there"
	only "$root(/|$)" <"$scratch/named" >"$scratch/wanted"
	[ "$root" = node_modules ] && how='link' || how=copy
	why=
	[ "$listed" = yes ] || why="what was made in release ${from##*/} is not written down yet"
	# What an adoption lists is what it found, by whomever that was installed; a restored release may have its packages.
	case $lists in *-adopted) found=yes ;; *) [ -e "$lists.found" ] && found=yes || found=no ;; esac
	[ "$found" = no ] || why="who installed what release ${from##*/} has, before the adoption, is not known"
	if [ -n "$why" ]; then
		[ -s "$scratch/there" ] || continue
		if can_remake "$root"; then echo "noted: $root is installed anew: $why"
		elif [ "$listed" = yes ] && ! cmp -s -- "$scratch/there" "$scratch/wanted"; then echo "noted: $root is not as it was installed, and is not taken over"
		else
			echo "noted: $root is taken over as it is, as nothing here can install it anew: $why"
			take_whole "$root" "$how"
			cat -- "$scratch/there" >>"$scratch/taken"
		fi
	elif ! cmp -s -- "$scratch/there" "$scratch/wanted"; then echo "noted: $root is not as it was installed, and is not taken over"
	elif [ -s "$scratch/there" ] && as_owner sh -c 'cd -- "$1" && find "$2" -type l -printf "%l\0"' links "$from" "$root" | grep -qzF -e "$base/releases/" -e "${from%/*}/" -e "$live/"; then
		echo "noted: $root holds links that name a release by its path, and is not taken over"
	elif [ -s "$scratch/there" ]; then
		take_whole "$root" "$how"
		cat -- "$scratch/there" >>"$scratch/taken"
	fi
done
# With the lock files they belong to: whether they are these still is looked at once more, behind the installer.
only "$locks" <"$scratch/same" >>"$scratch/taken"
( umask 077; sort -z -- "$scratch/taken" >"$state/jobs/$run/taken" )
# What was made otherwise is made again; of the rest goes along what is as it was sent.
sort -z -- "$lists" | comm -z -12 - "$scratch/found" | without "$below" | paths |
	as_owner sh -c 'cd -- "$1" && xargs -0 -r cp -a --reflink=auto --parents -t "$2" --' take "$from" "$candidate.part"
if [ -n "$storage" ] && only "$storage$" <"$whole" | grep -qz '^120000 00000000'; then
	as_owner sh -c 'mkdir -p -- "$1/public" && ln -sfn -- ../storage/app/public "$1/$2"' link "$candidate.part" "$storage"
fi
# With the owner and modes that sent files get; packages keep theirs, as far as nobody else may write them.
as_owner sh -c '
set -eu
cd -- "$1"
files=$2 programs=$3 directories=$4
shift 4
find . ! -uid "$(id -u)" -exec chown -h "$(id -u):$(id -g)" {} +
find . -type f -perm /6002 -exec chmod ug-s,o-w {} +
find . -type d -perm -0002 -exec chmod o-w {} +
for root; do shift; set -- "$@" -path "./$root" -prune -o; done
find . "$@" -type d ! -perm "$directories" -exec chmod "$directories" {} +
find . "$@" -type f -perm -0100 ! -perm "$programs" -exec chmod "$programs" {} +
find . "$@" -type f ! -perm -0100 ! -perm "$files" -exec chmod "$files" {} +
' modes "$candidate.part" "$file_mode" "$program_mode" "$directory_mode" $installed
cat -- "$scratch/added" "$scratch/changed" >"$scratch/left"
total=$(count <"$scratch/left")
if [ "$total" -gt 0 ]; then
	differences | sed -z -E '/^(gone|mode) /d' >"$scratch/named-left"
	[ "$total" = 1 ] && files='1 file that is not as deployed' they=it || files="$total files that are not as deployed" they=them
	name=$(printf %s "${from##*/}" | tr -c 0-9A-Za-z._- '?')
	echo "noted: left out: $files: $(first_of "$scratch/named-left"). Release $name keeps $they; commit $they, or name $they in shared: of the environment file"
	# For the ledger, in characters that every reader has.
	names=$(head -z -n 10 -- "$scratch/named-left" | tr -c ' -~\000' '?' | sed -z 's/[\"]/\\&/g; s/.*/"&"/; 2,$s/^/,/' | tr -d '\000')
	( umask 077; printf '"leftOut":{"release":"%s","count":%s,"files":[%s]}\n' "$name" "$total" "$names" >"$state/jobs/$run/left-out" )
fi
finish
