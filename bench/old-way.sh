#!/bin/bash
# Deploys a backend as the scripts did that the cockpit replaces: one ssh or scp process per command, the whole tree as
# an archive, backup first, unpacked over the live directory. Prints `<step><TAB><seconds>` for each step.
# usage: PEM_KEY= SERVER_IP= SSH_PORT= KNOWN_HOSTS= old-way.sh <directory of the sources>
set -euo pipefail
SRC=$1 APP=/var/www/qsights BACKUPS=/home/ubuntu/backups/preprod
STAMP=$(date +%Y%m%d_%H%M%S_%N) TAR=/tmp/backend_$(date +%N)_$$.tar.gz
OPTS=(-F /dev/null -i "$PEM_KEY" -o UserKnownHostsFile="$KNOWN_HOSTS" -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes)
remote() { ssh -n -p "$SSH_PORT" "${OPTS[@]}" "ubuntu@$SERVER_IP" "$@" >/dev/null; }
upload() { scp -q -P "$SSH_PORT" "${OPTS[@]}" "$1" "ubuntu@$SERVER_IP:$2"; }
as_app() { remote "cd $APP/backend && sudo -u www-data $1"; }
begun=
step() {
	local now=$EPOCHREALTIME
	[ -z "$begun" ] || awk -v a="$begun" -v b="$now" -v s="$name" 'BEGIN {printf "%s\t%.3f\n", s, b - a}'
	name=$1 begun=$now
}

step 'pre-flight checks'
[ -f "$PEM_KEY" ] && [ -f "$SRC/artisan" ]
step 'create backup'
remote "mkdir -p $BACKUPS && sudo tar -czf $BACKUPS/backend_$STAMP.tar.gz -C $APP --exclude=backend/vendor --exclude=backend/node_modules --exclude=backend/storage/logs backend"
step package
tar -czf "$TAR" -C "$SRC" --exclude=./vendor --exclude=./node_modules '--exclude=./storage/logs/*' --exclude=./.env .
step upload
upload "$TAR" "/tmp/backend_$STAMP.tar.gz"
step extract
remote "sudo tar -xzf /tmp/backend_$STAMP.tar.gz -C $APP/backend && sudo chown -R www-data:www-data $APP/backend && rm -f /tmp/backend_$STAMP.tar.gz"
step 'composer install'
as_app 'composer install --no-dev --optimize-autoloader --no-interaction 2>&1'
step caches
as_app 'php artisan config:clear && cd /var/www/qsights/backend && sudo -u www-data php artisan cache:clear && sudo -u www-data php artisan route:clear && sudo -u www-data php artisan view:clear'
as_app 'php artisan config:cache'
as_app 'php artisan route:cache'
step 'restart services'
remote 'sudo systemctl restart php8.1-fpm'
remote 'sudo systemctl restart nginx'
step end
rm -f "$TAR"
