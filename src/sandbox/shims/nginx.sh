# `nginx -t` and `-v`. The directives it knows are those of the sandbox's own $configuration; any other is an error.

[ $# -gt 0 ] || refuse 1 'nginx: the sandbox knows -t and -v; the server runs already'
quiet=
for option; do
	case $option in
	-v) echo 'nginx version: nginx/1.18.0 (Ubuntu)' >&2; exit 0 ;;
	-t) ;;
	-q) quiet=1 ;;
	-*) refuse 1 "nginx: invalid option: \"${option#-}\"" ;;
	*) refuse 1 "nginx: invalid option: \"$option\"" ;;
	esac
done
[ "$acting" = root ] || refuse 1 \
	'nginx: [alert] could not open error log file: open() "/var/log/nginx/error.log" failed (13: Permission denied)' \
	'nginx: [emerg] open() "/run/nginx.pid" failed (13: Permission denied)' \
	"nginx: configuration file $configuration test failed"
failed="nginx: configuration file $configuration test failed"
[ -r "$configuration" ] || refuse 1 "nginx: [emerg] open() \"$configuration\" failed (2: No such file or directory)" "$failed"
number=0
while read -r word rest; do
	number=$((number + 1))
	case $word in
	'' | '#'* | '}' | events | http | server | location | user | worker_processes | worker_connections | pid) ;;
	listen | server_name | root | index | try_files | fastcgi_pass | fastcgi_param | include | proxy_pass) ;;
	error_log | access_log | client_max_body_size | add_header | proxy_set_header) ;;
	*) refuse 1 "nginx: [emerg] unknown directive \"$word\" in $configuration:$number" "$failed" ;;
	esac
done <"$configuration"
[ -n "$quiet" ] || printf '%s\n' "nginx: the configuration file $configuration syntax is ok" \
	"nginx: configuration file $configuration test is successful" >&2
