# ps, as far as php-fpm goes: it is no process here, but a unit's state and the time at which it loaded the app last.
# Its workers are as old as that. Any other question is about the machine.

if [ "$*" != '-eo pid=,ppid=,etimes=,args=' ]; then
	for ps in /usr/bin/ps /bin/ps; do [ ! -x "$ps" ] || exec "$ps" "$@"; done
	refuse 127 'ps: not found'
fi
state=inactive
[ ! -r "$units/php8.1-fpm" ] || read -r state since pid <"$units/php8.1-fpm"
[ "$state" = active ] && loaded=$(stat -c %Y "$units/php8.1-fpm.serves" 2>/dev/null) || exit 0
age=$(($("$date" +%s) - loaded))
row() { printf '%7s %7s %7s %s\n' "$@"; }
row "$pid" 1 $(($("$date" -d "$offset seconds" +%s) - since)) 'php-fpm: master process (/etc/php/8.1/fpm/php-fpm.conf)'
row $((pid + 1)) "$pid" "$age" 'php-fpm: pool www'
row $((pid + 2)) "$pid" "$age" 'php-fpm: pool www'
