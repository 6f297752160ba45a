# Retention at the end of a deploy, decided on the host, of backups of the cockpit itself. The rule is that of `mayPrune` in
# src/domain/backups/prune-backups.ts, to be changed with this; `prune-backups.host.test.ts` holds the two against each
# other.

directory=$1 app=$2 keep=$3 live=$4 state=$5
cd -- "$directory" 2>/dev/null || exit 0
current=$(readlink -f -- "$live")
current=${current##*/}
previous=
[ -s "$state/previous-$app" ] && read -r previous <"$state/previous-$app"
# Shell words only: a process for each archive and field would be felt at the end of a deploy.
# Newest first by when this host wrote down that it made them; what has no such note, by its name.
written_at() {
	case $2 in
		*',"at":"'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]'Z"'*) at=${2#*',"at":"'} at=${at%%'"'*} ;;
		*) at=${1#*_} ;;
	esac
	# The digits alone, so that both kinds compare.
	while :; do
		case $at in *[!0-9]*) at=${at%%[!0-9]*}${at#*[!0-9]} ;; *) return ;; esac
	done
}
stat -c '%n %s %Y' -- "$app"_[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]_[0-9][0-9][0-9][0-9][0-9][0-9].tar.gz 2>/dev/null | while read -r archive size modified; do
	name=${archive%.tar.gz}
	[ -f "$archive" ] && ! [ -L "$archive" ] && [ -f "$name.json" ] && ! [ -e "$archive.part" ] || continue
	IFS= read -r note <"$name.json"
	written_at "$name" "${note%%',"verdict":{'*}"
	echo "$at $archive $size $modified"
done | LC_ALL=C sort -r | while read -r at archive size modified; do
	name=${archive%.tar.gz}
	IFS= read -r note <"$name.json"
	facts=$note verdict=
	case $note in *',"verdict":{'*) facts=${note%%',"verdict":{'*} verdict=${note##*',"verdict":{'} ;; esac
	case $facts in '{"'*'"origin":"cockpit"'*) ;; *) continue ;; esac
	is=unchecked
	case $verdict in
		*"\"size\":$size,\"modified\":$modified,"*) case $verdict in *'"ok":true'*) is=verified ;; *) is=bad ;; esac ;;
		*) case $facts in
			*"\"sizeBytes\":$size,"*) case $facts in *"\"modified\":$modified,"*) is=verified ;; esac ;;
			*) is=bad ;;
		esac ;;
	esac
	[ "$size" -gt 0 ] || is=bad
	held=false
	[ -e "$name.pin" ] && held=true
	case $facts in *"\"release\":\"$current\""*) held=true ;; esac
	[ -n "$previous" ] && case $facts in *"\"release\":\"$previous\""*) held=true ;; esac
	full=false
	[ "$keep" -gt 0 ] || full=true
	[ "$is" = verified ] && { "$held" || [ "$keep" -gt 0 ]; } && keep=$((keep - 1))
	"$held" && continue
	"$full" || continue
	[ "$is" = unchecked ] && continue
	echo "removes backup $name"
	# Never fails the run: the new release is live and healthy by now.
	rm -f -- "$name.tar.gz" && rm -f -- "$name.json" || echo "noted: could not remove $directory/$name"
done
# What a writer that was killed has left; its lock says that it is gone.
find . -maxdepth 1 -type f -name "${app}_*.tar.gz.part" -mtime +0 -exec flock -n {} rm -f -- {} \;
find . -maxdepth 1 -type f -name "${app}_*.failed" -mtime +0 -exec rm -f -- {} +
exit 0
