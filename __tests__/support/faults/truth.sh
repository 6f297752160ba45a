# What is so on a host: asked of files and of HTTP alone, with programs of the system. Shares nothing with the product.
# $1 the host's root, $2 app, $3 URL of its health, $4 environment. One `key value` a line.
set -u
root=$1 app=$2 url=$3 env=$4
www=$root/var/www/qsights
base=$www/.$app
state=$root/home/ubuntu/.cockpit/qsights/$env
backups=$root/home/ubuntu/backups/$env

if [ -L "$www/$app" ]; then
	echo "live $(basename -- "$(readlink -- "$www/$app")")"
	[ -d "$www/$app/" ] || echo 'broken live points nowhere'
elif [ -d "$www/$app" ]; then
	echo 'live a plain directory'
else
	echo 'live nothing'
fi
for file in "$www/$app"/*; do [ -e "$file" ] && break; echo 'broken live is empty'; done
echo "answers $(curl -s -o /dev/null -m 3 -w '%{http_code}' "$url")"
echo "serves $(curl -s -m 3 "$url" | sha256sum | cut -c1-12)"
# Of either app: one command may be a run of each.
for held in "$state/lock/$app" "$state"/lock/backend "$state"/lock/frontend; do
	if [ -s "$held" ]; then echo "lock $(cut -d' ' -f1 <"$held")"; fi
done
for unit in php8.1-fpm nginx; do
	if read -r is _ <"$root/run/units/$unit"; then echo "unit $unit $is"; fi
done 2>/dev/null
for release in "$base"/releases/*; do [ ! -d "$release" ] || echo "release $(basename -- "$release")"; done
find "$www" "$backups" "$state" -name '*.part' 2>/dev/null | while read -r file; do echo "part $file"; done
for archive in "$backups"/*.tar.gz; do
	[ -e "$archive" ] || continue
	gzip -t "$archive" 2>/dev/null || { echo "torn $(basename -- "$archive")"; continue; }
	echo "backup $(basename -- "$archive") $(sha256sum <"$archive" | cut -c1-16)"
done
# Each entry names the hash of the line before it.
before=
while IFS= read -r line; do
	case $line in *"\"prev\":\"$before\""*) ;; *) [ -z "$before" ] || { echo 'broken the chain of the ledger'; break; } ;; esac
	before=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
done <<T
$(tail -n "${5:-20}" "$state/ledger.jsonl" 2>/dev/null)
T
echo "entries $(wc -l <"$state/ledger.jsonl" 2>/dev/null || echo 0)"
for kept in "$www/$app"/public/uploads/* "$www/$app"/storage/app/*; do
	[ ! -f "$kept" ] || echo "kept $(basename -- "$kept") $(sha256sum <"$kept" | cut -c1-16)"
done
[ ! -e "$www/$app/.env" ] || echo "kept .env $(grep -v '^MAIL_HOST=' "$www/$app/.env" | sha256sum | cut -c1-16)"
