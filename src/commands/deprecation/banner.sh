# The warning in an old script. The lines that tell the new way come in place of the first `set`.
# All of it is done by a subshell, so that the script finds its variables, options, traps and parameters as it would
# without. Standard input is never read: it may be the script itself, or meant for it. Who is asked is the terminal, and
# only where input or errors are one too: nohup and cron keep none of them. A script that was sourced returns.
# shellcheck disable=SC2317

if (
	set -- 'the new way'
	terminal='' red='' plain='' answer=''
	if { [ -t 0 ] || [ -t 2 ]; } && (: </dev/tty >/dev/tty) 2>/dev/null; then
		terminal=/dev/tty
		if [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
			red=$(printf '\033[1;31m') plain=$(printf '\033[0m')
		fi
	fi
	tell() { if [ -n "$terminal" ]; then printf '%s\n' "$1" >"$terminal"; else printf '%s\n' "$1" >&2; fi; }
	tell ''
	tell "${red}  DEPRECATED: $1$plain"
	shift
	tell ''
	for line do tell "  $line"; done
	tell ''
	if [ -z "$terminal" ]; then
		tell '  There is no terminal to ask at. Stopped: nothing of this script was run.'
		exit 1
	fi
	printf '  Type yes to run the old script all the same, anything else to stop: ' >"$terminal"
	if IFS= read -r answer <"$terminal" && [ "$answer" = yes ]; then exit 0; fi
	tell '  Stopped: nothing of this script was run.'
	exit 1
); then :; else return 1 2>/dev/null || exit 1; fi
