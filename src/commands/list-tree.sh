# Three NUL-ended fields for each file or symlink (type and mode, path, target), an empty record, then
# `sha256  path` for each file. NUL and -z because a path may hold anything else.

set -eu
cd -- "$1"
shift
find . "$@" -o \( -type f -o -type l \) -printf '%y%m\0%P\0%l\0'
printf '\0\0\0'
find . "$@" -o -type f -print0 | LC_ALL=C xargs -0 -r sha256sum -z --
