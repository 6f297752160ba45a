# shellcheck disable=SC2024 # the list is the SSH user's own

set -eu
umask 077
candidate=$1 note=$2 packages=$3
shift 3
id=${candidate##*/}
source=$(sed -n '1s/.*"release":"\([0-9A-Za-z._-]*\)".*/\1/p' "$note" 2>/dev/null || true)
lists=$state/manifests/$app/$source
if [ -z "$source" ] || ! [ -s "$lists" ] || ! [ -e "$lists.made" ]; then
	echo "noted: what was deployed of what the archive holds is not written down: the next deploy sends and installs all of it"
	exit 0
fi
records_of "$candidate" "$@" >"$scratch/found"
sort -z -- "$lists" >"$scratch/brought"
comm -z -13 -- "$scratch/brought" "$scratch/found" >"$scratch/more"
release=$candidate
comm -z -12 -- "$scratch/brought" "$scratch/found" >"$scratch/same"
merge "$lists" "$lists.made" >"$scratch/named"
learn_pages
comm -z -23 -- "$scratch/brought" "$scratch/found" | compared | without_remade | paths | sort -z >"$scratch/altered"
total=$(count <"$scratch/altered")
[ "$total" = 1 ] && files='1 file is not as deployed and goes live' || files="$total files are not as deployed and go live"
[ "$total" -eq 0 ] || echo "noted: of what the archive holds $files: $(first_of "$scratch/altered")"
# Packages come from whatever release had them: what no list knows is not trusted for that, and what only an adoption found
# goes no further than here.
made_in() { for list; do [ ! -e "$list" ] || cat -- "$list"; done | sort -z -u | comm -z -12 - "$scratch/more"; }
made_in "$state/manifests/$app"/*.made >"$scratch/made"
installed_in() { for list; do case $list in *-adopted.made) ;; *) [ -e "${list%.made}.found" ] || cat -- "$list" ;; esac; done | sort -z -u; }
[ "$(installed_in "$state/manifests/$app"/*.made | comm -z -13 -- - "$scratch/made" | only "$packages" | count)" -eq 0 ] || : >"$state/manifests/$app/$id.found"
only 'bootstrap/cache/' <"$scratch/more" >>"$scratch/made"
cat -- "$lists" "$scratch/made" | paths | sort -z -u >"$scratch/known"
without "$unlisted" <"$scratch/more" | sed -z '/^120000 0\{64\} /d' | compared | without_remade | paths | sort -z | comm -z -23 - "$scratch/known" >"$scratch/extra"
cp -- "$lists" "$state/manifests/$app/$id"
sort -z -u -- "$scratch/made" >"$state/manifests/$app/$id.made"
sudo -n -u "$owner" -- sh -c 'cd -- "$1" && xargs -0 -r rm -rf --' leave-out "$candidate" <"$scratch/extra"
total=$(count <"$scratch/extra")
[ "$total" -gt 0 ] || exit 0
[ "$total" = 1 ] && files='1 file' || files="$total files"
echo "noted: left out: $files that no build brought: $(first_of "$scratch/extra"). The archive keeps what it was"
