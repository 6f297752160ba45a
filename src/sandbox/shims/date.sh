# `date` of a host whose clock is ahead by $offset seconds. A question about another time goes on as it is.

for date in /usr/bin/date /bin/date; do [ -x "$date" ] && break; done
for word; do
	case $word in -d* | --date* | -r* | --ref* | -s* | --set* | -f* | --file*) exec "$date" "$@" ;; esac
done
exec "$date" -d "$offset seconds" "$@"
