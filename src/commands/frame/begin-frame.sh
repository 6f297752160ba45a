# Runs in the sh that a login shell starts for each line, before the line: what a start-up file has left in the environment
# is put right here, because it would change what the tools print. A set -x or an alias of the login shell ends with it.
# $1: the mark of this answer. Special built-ins are the only words that no function can stand for; a function comes by the
# environment where sh is bash.

set +euxCf
unset -f builtin command compgen printf umask 2>/dev/null
# shellcheck disable=SC3044,SC2046 # Only where sh is bash, and each of its words is a name.
[ -z "${BASH_VERSION-}" ] || unset -f $(compgen -A function) 2>/dev/null
unset IFS CDPATH GREP_OPTIONS TAR_OPTIONS GZIP POSIXLY_CORRECT BLOCK_SIZE BLOCKSIZE DF_BLOCK_SIZE DU_BLOCK_SIZE LS_BLOCK_SIZE QUOTING_STYLE TIME_STYLE
command -v sed >/dev/null || PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
[ -d "${TMPDIR-/}" ] && [ -w "${TMPDIR-/tmp}" ] || unset TMPDIR
umask 022
printf '\036begin %s\036' "$1"
printf '\036begin %s\036' "$1" >&2
