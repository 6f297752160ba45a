# Part of provision.sh on a host with a frontend: Node, npm and PM2, and the frontend as the old scripts left it, a plain
# directory that was unpacked over again with each deploy. boot.sh starts it, since its port differs per start.
packages=/run/node-packages
frontend=/var/www/qsights/frontend

install -d /usr/local/bin
rm -f /usr/local/bin/{node,npm,npx,pm2}
ln -s $packages/bin/node /usr/local/bin/node
ln -s $packages/tools/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ln -s $packages/tools/node_modules/pm2/bin/pm2 /usr/local/bin/pm2

install -d -o www-data -g www-data $frontend
cp -R $packages/app/node_modules $frontend/node_modules
# The compiler never ran on a server; it is the largest part by far.
rm -rf $frontend/node_modules/@next/swc-*

old_frontend_deploy() {
	rm -rf /opt/next-app/.next
	cp -R "$packages/old/$1/.next" /opt/next-app/.next
	sudo -u ubuntu tar -czf /tmp/frontend.tar.gz -C /opt/next-app .next public package.json package-lock.json
	rm -rf $frontend/.next
	tar -xzf /tmp/frontend.tar.gz -C $frontend
	chown -R www-data:www-data $frontend
	rm /tmp/frontend.tar.gz
}
old_frontend_backup() {
	sudo -u ubuntu sudo tar -czf "$backups/frontend_$1.tar.gz" -C $frontend .next public package.json
	touch -d "${1:0:8} ${1:9:2}:${1:11:2}:${1:13:2}" "$backups/frontend_$1.tar.gz"
}
old_frontend_deploy v0
old_frontend_backup 20260201_103000
old_frontend_deploy v1
old_frontend_backup 20260208_120000
rm -rf /opt/next-app
