# Writes nothing. What can't be found out is left out: it must answer at the worst moment.
# shellcheck disable=SC2012 # names that the product or a migration gives, without blanks

state=$1 app=$2 live=$3 releases=$4 release=$5 archive=$6 owner=$7 php=$8
current=$(readlink -- "$live"); current=${current##*/}
record() { [ -e "$state/releases/$app/$2.json" ] && printf '%s %s\n' "$1" "$(cat -- "$state/releases/$app/$2.json")"; }
record record-live "$current"
[ -n "$release" ] && record record-target "$release"
[ -n "$php" ] || exit 0
known=$(
	if [ -n "$release" ]; then ls -1 -- "$releases/$release/database/migrations" 2>/dev/null | sed 's/^/has /'
	else tar -tzf "$archive" 2>/dev/null | sed -n 's,^.*database/migrations/\([^/]*\)$,has \1,p'; fi
)
[ -z "$known" ] || known="
$known
"
printf %s "${known#?}"
sudo -n -u "$owner" -- "$php" "$live/artisan" migrate:status --no-interaction --no-ansi 2>/dev/null | sed 's/^/status /'
# What the migrations did that only live knows; as much of it as an answer can bring.
count=0
for file in "$live"/database/migrations/*.php; do
	[ -f "$file" ] && [ -n "$known" ] || continue
	case $known in *"
has ${file##*/}
"*) continue ;; esac
	count=$((count + 1))
	[ "$count" -le 40 ] || break
	printf 'file %s %s\n' "${file##*/}" "$(head -c 32768 -- "$file" | base64 -w 0)"
done 2>/dev/null
exit 0
