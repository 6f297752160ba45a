live=$1 owner=$2 backups=$3 base=$4 app=$5
shift 5
say() { printf '%s\t%s\n' "$1" "$2"; }
if [ -L "$live" ]; then say layout releases; say live "$(readlink -f -- "$live")"
elif [ -d "$live" ]; then say layout directory
elif [ -e "$live" ]; then say layout other
else say layout none; fi
say owner "$(stat -c %U:%G -- "$live" 2>/dev/null)"
say mode "$(stat -c %a -- "$live" 2>/dev/null)"
say sudo "$(sudo -n -- true 2>&1 && echo ok)"
say kib "$(sudo -n -- du -sk -- "$live" 2>/dev/null | cut -f 1)"
say foreign "$(sudo -n -- find "$live" ! -user "$owner" 2>/dev/null | wc -l)"
say free "$(df -P -k -- "$(dirname -- "$live")" | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })"
[ "$(stat -c %d -- "$live" 2>/dev/null)" = "$(stat -c %d -- "$(dirname -- "$live")")" ] || say mount "$live"
# A release lies deeper than the directory it replaces: relative links that lead out of the app would break.
up=
for depth in 1 2 3 4 5 6 7 8; do
	up=$up../
	sudo -n -- find "$live" -mindepth "$depth" -maxdepth "$depth" -type l \( -lname "$up*" -o -lname "${up%/}" \) -printf 'escape\t%P\n' 2>/dev/null
done
if mv --help 2>/dev/null | grep -q -- --exchange; then say exchange mv
elif perl -e 1 2>/dev/null; then say exchange perl; fi
for path in "$@"; do
	[ -e "$live/$path" ] && say shared "$path $(sudo -n -- find "$live/$path" -type f 2>/dev/null | wc -l)"
done
for archive in "$backups/$app"_*.tar.gz; do
	[ -e "$archive" ] || continue
	say backup "$(basename -- "$archive") $(stat -c %s -- "$archive") $(tar -tzf "$archive" 2>/dev/null | head -n 1)"
done
for site in /etc/nginx/sites-enabled/* /etc/nginx/conf.d/*; do
	[ -e "$site" ] && grep -Fq -- "$live" "$site" && say vhost "$site"
done
exit 0
