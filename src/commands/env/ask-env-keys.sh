# What an app is given on its host, by name alone, and the host's clock.
# Arguments: owner of the app, then the files its values may be in.

printf 'time\t%s\n' "$(date -u +%s)"
env_keys "$@"
