#!/bin/bash
# Runs once per machine, inside the host, as root: leaves it as the old scripts left a server. What it changes becomes
# the layer every later start begins with; it goes to standard output as a tar archive.
set -euo pipefail
umask 022
exec 3>&1 >&2
. /etc/real-host/params
app=/var/www/qsights/backend
backups=/home/ubuntu/backups/$ENVIRONMENT
php_version=$(php -r 'echo PHP_MAJOR_VERSION.".".PHP_MINOR_VERSION;')

chmod 755 /usr/local/lib/real-host/*
install -m 755 /usr/local/lib/real-host/systemctl /usr/bin/systemctl
rm -rf /home/ubuntu /var/www/qsights /usr/local/bin/systemctl
install -m 666 /dev/null /var/log/systemctl.log
: >/etc/resolv.conf

# --- the login: as a cloud image makes it
id -u ubuntu >/dev/null 2>&1 || useradd --no-create-home --shell /bin/bash ubuntu
usermod --shell /bin/bash --home /home/ubuntu --password '*' ubuntu
cp -a /etc/skel /home/ubuntu
install -d -m 700 /home/ubuntu/.ssh
chown -R ubuntu:ubuntu /home/ubuntu
chmod 750 /home/ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/90-cloud-init-users
chmod 440 /etc/sudoers.d/90-cloud-init-users

# --- php-fpm: Debian's, under the name the old scripts know
ln -sf "php-fpm$php_version" /usr/sbin/php-fpm8.1
cat >"/etc/php/$php_version/fpm/php-fpm.conf" <<C
[global]
pid = /run/php/php8.1-fpm.pid
error_log = /var/log/php8.1-fpm.log
include=/etc/php/$php_version/fpm/pool.d/*.conf
C
cat >"/etc/php/$php_version/fpm/pool.d/www.conf" <<C
[www]
user = www-data
group = www-data
listen = /run/php/php8.1-fpm.sock
listen.owner = www-data
listen.group = www-data
pm = dynamic
pm.max_children = 5
pm.start_servers = 1
pm.min_spare_servers = 1
pm.max_spare_servers = 2
C

# --- nginx: the usual vhost, with the path as configured and not as resolved. boot.sh fills in the address.
cat >/etc/nginx/nginx.conf <<'C'
user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 1024; }
http {
	include /etc/nginx/mime.types;
	access_log /var/log/nginx/access.log;
	keepalive_timeout 5;
	include /etc/nginx/sites-enabled/*;
}
C
rm -f /etc/nginx/sites-enabled/*
ln -s ../sites-available/qsights /etc/nginx/sites-enabled/qsights

# --- deploys by the old way: archive made by a developer, unpacked over the live directory by root
sudo -u ubuntu mkdir -p "$backups"
install -d /var/www/qsights
install -d -o www-data -g www-data $app /var/www/.cache /var/www/.config
install -d -o www-data -g www-data /var/lib/qsights
install -o www-data -g www-data -m 644 /dev/null /var/lib/qsights/db.sqlite

as_app() { (cd $app && sudo -u www-data "$@"); }
old_backup() {
	sudo -u ubuntu sudo tar -czf "$backups/backend_$1.tar.gz" -C /var/www/qsights \
		--exclude=backend/vendor --exclude=backend/node_modules --exclude=backend/storage/logs backend
	touch -d "${1:0:8} ${1:9:2}:${1:11:2}:${1:13:2}" "$backups/backend_$1.tar.gz"
}
old_deploy() {
	echo "$1" >/opt/laravel-app/VERSION
	sudo -u ubuntu tar -czf /tmp/backend.tar.gz -C /opt/laravel-app \
		--exclude=./vendor --exclude=./node_modules '--exclude=./storage/logs/*' --exclude=./.env .
	tar -xzf /tmp/backend.tar.gz -C $app
	chown -R www-data:www-data $app
	rm /tmp/backend.tar.gz
	as_app composer install --no-dev --optimize-autoloader --no-interaction
	as_app php artisan migrate --force
	as_app php artisan config:cache
	as_app php artisan route:cache
	as_app php artisan view:cache
}

cat >$app/.env <<C
APP_NAME=QSights
APP_ENV=$ENVIRONMENT
APP_KEY=base64:$(head -c 32 /dev/urandom | base64)
APP_DEBUG=false
CACHE_DRIVER=file
DB_DATABASE=/var/lib/qsights/db.sqlite
C
chmod 640 $app/.env

old_deploy v0
sudo -u www-data mkdir -p $app/storage/app/uploads $app/public/uploads
as_app sh -c 'echo "report, page 1" >storage/app/uploads/report.txt; echo "<svg/>" >public/uploads/logo.svg'
as_app sh -c 'echo "[2026-02-01 10:15:00] preprod.INFO: deployed" >>storage/logs/laravel.log; echo session >storage/framework/sessions/kept'
old_backup 20260201_101500
old_deploy v1
old_backup 20260208_114500
rm -rf /opt/laravel-app

[ -z "$PACKAGES" ] || . /usr/local/lib/real-host/provision-frontend.sh

tar -C /run/upper --xattrs --xattrs-include='trusted.*' --numeric-owner --exclude=./etc/real-host -cf - . >&3
