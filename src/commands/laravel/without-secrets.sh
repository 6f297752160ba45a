# Laravel quotes the value in .env it could not parse, which may be a password: it is cut out before anything is
# logged, here or on the host. Source: vlucas/phpdotenv, Parser::parse and EntryParser.

exec 4>&1
code=$({ { "$@" 2>&1 3>&- 4>&-; echo "$?" >&3; } | sed -u 's/\(Failed to parse dotenv file\..* at \[\).*/\1...]/' >&4; } 3>&1)
exit "$code"
