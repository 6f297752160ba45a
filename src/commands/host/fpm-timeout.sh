# With 0, the default, a reload ends every request under way; measured with requests of 3 s.

timeout=$(sed -n 's/^ *process_control_timeout *= *\([^ ;]*\).*/\1/p' /etc/php/*/fpm/php-fpm.conf 2>/dev/null | tail -n 1)
case $timeout in
	'' | 0 | 0s) [ -e /etc/php ] && echo 'noted: php-fpm ends requests under way when it is reloaded: process_control_timeout is 0 on this host' ;;
esac
