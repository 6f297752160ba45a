release=$(readlink -f -- "$live") || exit 94
compare "$release" "$@" || { printf 'listed none\n'; exit 0; }
printf 'listed %s\n' "$listed"
differences
