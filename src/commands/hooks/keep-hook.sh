# Standard input: one line of what a hook asks to be kept and one of how it failed, as JSON without its braces, then what it
# has said. What is kept goes beside the backup of the run, where there is one; the end of the run takes both lines.

umask 077
state=$1 app=$2 run=$3 attempt=$4 hook=$5 note=${6%.tar.gz}.json
hooks=$state/jobs/$run/hooks
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
require_lock
mkdir -p -- "$hooks" || exit 94
{ IFS= read -r kept && IFS= read -r failed && cat; } >"$hooks/$hook.said" || exit 94
printf '%s\n%s\n' "$kept" "$failed" >"$hooks/$hook.part" && mv -- "$hooks/$hook.part" "$hooks/$hook.end" || { rm -f -- "$hooks/$hook.part"; exit 94; }
[ -n "$kept" ] && [ -f "$note" ] || exit 0
known=$(head -n 1 -- "$note")
case $known in
	'{"'*'}') ;;
	*) exit 0 ;;
esac
# Of two members of one name readers take the last: that of all hooks so far.
told_by_hooks "$hooks"
printf '%s,"kept":{%s}}\n' "${known%?}" "$told_kept" >"$note.part" && mv -- "$note.part" "$note" || { rm -f -- "$note.part"; exit 1; }
