#!/bin/bash
# The first process of one host, in mount, pid, uts and ipc namespaces of its own: puts an overlay over the machine's
# root, makes it the root, and becomes `boot.sh` or `provision.sh` inside. Nothing below changes the machine's files.
# usage: init.sh <state directory> boot.sh <layer.tar>     runs the host the layer holds
#        init.sh <state directory> provision.sh            builds that layer, a tar archive on standard output
set -euo pipefail
umask 022
state=$1 next=$2 layer=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
disk=$state/disk root=$state/root
. "$state/params"

# /proc is still the machine's here, so this is the process id as others see it.
read -r outer _ </proc/self/stat

mount_overlay() {
	mkdir -p "$disk/upper" "$disk/work"
	mount -t overlay "$MOUNT_NAME" -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" "$root"
}
mkdir -p "$disk" "$root"
# An overlay can't take its upper layer from another overlay, which is what /tmp is in most containers. The many files of
# a frontend's packages are in memory anyway: it takes seconds off each start.
if [ -z "$PACKAGES" ] && mount_overlay 2>/dev/null; then umount "$root"; else mount -t tmpfs -o mode=755 tmpfs "$disk"; fi

# Filled before it is mounted: what the upper layer owns can be renamed, a directory of the lower one can't.
upper=$disk/upper
mkdir -p "$upper"
if [ "$next" = boot.sh ]; then
	tar --xattrs --xattrs-include='trusted.*' --numeric-owner -xpf "$layer" -C "$upper"
else
	mkdir -p "$upper/usr/local/lib/real-host" "$upper/opt"
	cp "$here"/inside/* "$upper/usr/local/lib/real-host/"
	cp -R "$here/../../fixtures/laravel-app/v1" "$upper/opt/laravel-app"
	chmod -R u=rwX,go=rX "$upper/opt/laravel-app"
	if [ -n "$PACKAGES" ]; then
		cp -R "$here/../../fixtures/next-app/v1" "$upper/opt/next-app"
		chmod -R u=rwX,go=rX "$upper/opt/next-app"
	fi
fi
mkdir -p "$upper/etc/real-host"
cp "$state/params" "$upper/etc/real-host/"
if [ "$next" = boot.sh ]; then install -m 600 "$state/host_key" "$state/client.pub" "$upper/etc/real-host/"; fi
mount_overlay

mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755,size=4m tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mknod -m 666 "$root/dev/tty" c 5 0
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
if [ "$next" = provision.sh ]; then
	mkdir "$root/run/upper"
	mount --bind "$upper" "$root/run/upper"
fi
# npm packages come from a directory that the host's own /tmp may hide.
if [ -n "$PACKAGES" ]; then
	mkdir "$root/run/node-packages"
	mount --bind "$PACKAGES" "$root/run/node-packages"
	mount -o remount,bind,ro "$root/run/node-packages"
fi
hostname "$NAME"
echo "$outer" >"$state/init.pid"

cd "$root"
pivot_root . .
umount -l .
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
	/bin/bash "/usr/local/lib/real-host/$next"
