#!/bin/bash
# Process 1 of a running host: writes what differs per start, starts the daemons, says `ready`, and stays.
set -euo pipefail
. /etc/real-host/params

printf '127.0.0.1 localhost %s\n' "$NAME" >/etc/hosts
install -d /run/sshd /run/real-host /run/lock
install -d -o www-data -g www-data /run/php
install -m 622 /dev/null /run/real-host/commands
install -o ubuntu -g ubuntu -m 600 /etc/real-host/client.pub /home/ubuntu/.ssh/authorized_keys

# SHLVL keeps the shell around the recorder from reading ~/.bashrc; the recorder takes it away again.
cat >/etc/ssh/sshd_config <<C
ListenAddress $IP
Port $SSH_PORT
HostKey /etc/real-host/host_key
PidFile /run/sshd.pid
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
AllowUsers ubuntu
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
ForceCommand /usr/local/lib/real-host/recorder
SetEnv SHLVL=9
C
site='location / {
		try_files $uri $uri/ /index.php?$query_string;
	}'
[ -z "$PACKAGES" ] || site="location /api {
		try_files \$uri \$uri/ /index.php?\$query_string;
	}
	location / {
		proxy_pass http://$IP:$NEXT_PORT;
		proxy_set_header Host \$host;
		proxy_read_timeout 30;
	}"
cat >/etc/nginx/sites-available/qsights <<C
server {
	listen $IP:$HTTP_PORT;
	server_name _;
	root /var/www/qsights/backend/public;
	index index.php;
	$site
	location ~ \.php\$ {
		include /etc/nginx/fastcgi_params;
		fastcgi_param SCRIPT_FILENAME /var/www/qsights/backend/public/index.php;
		fastcgi_pass unix:/run/php/php8.1-fpm.sock;
	}
}
C

# The calls of a boot are not part of the record.
for unit in ssh php8.1-fpm nginx; do systemctl start "$unit" </dev/null >&2; done
: >/var/log/systemctl.log
[ -z "$PACKAGES" ] || /usr/local/lib/real-host/start-frontend >&2
echo ready
exec </dev/null >/dev/null 2>&1
while :; do sleep infinity & wait $!; done
