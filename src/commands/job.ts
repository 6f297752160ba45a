import type {Command} from '../domain/command.ts';
import {program, renderCommand} from './shell.ts';

/** Where the state of one app lives on a host, and which run and attempt speaks. */
export type HostState = {
	/** State directory; relative paths start at the login directory. */
	readonly directory: string;
	readonly app: string;
	readonly run: string;
};

/** Starts the output of a job's n-th command in its log: record separator, index, newline. */
export const commandMark = '\u001E';

/** Exit codes of the programs below that mean something other than the job's own failure. */
export const jobExit = {cannotPrepare: 94, fenced: 97} as const;

/** Exit code written for a job that was cancelled before it began: that of a process ended by TERM. */
const cancelledExit = 143;

/**
 * The script a job runs: one line per command, stopping at the first that fails. Before each, a mark with its index
 * goes to the log, so that a reader knows which command is under way and which one failed.
 */
export const renderScript = (commands: readonly Command[]): string =>
	[
		'set -eu',
		`mark() { printf '\\036%s\\n' "$1"; }`,
		...commands.flatMap((command, index) => [`mark ${index}`, renderCommand(command)]),
	].join('\n');

/*
 * A later attempt of the run took it over: the driver that asks must not start, read or end anything more. `holder` is
 * kept with the run, so that an older driver learns who it was even after the run has ended. Needs fd 9.
 */
const fence = `
held=
[ -e "$state/jobs/$run/holder" ] && read -r held_run held_attempt rest <"$state/jobs/$run/holder" && held="$held_run $held_attempt"
if [ "$held" != "$run $attempt" ]; then
	cat -- "$state/jobs/$run/holder" >&2
	exit 97
fi
`.trim();

/*
 * Holds the job's lock (fd 8) for as long as the job lives: the kernel drops it however the job ends, so nobody
 * ever trusts a process id. `wait` is repeated because a trapped signal interrupts it. `group` is the process group and
 * the start time of its leader: with the number alone, a later group of the same number could be taken for this one.
 */
const supervise = `
dir=$1
: >"$dir/started"
exec 9>&-
trap : TERM HUP INT
setsid sh -c 'dir=$1; read -r stat </proc/$$/stat; set -- \${stat##*) }; printf "%s %s\\n" "$$" "\${20}" >"$dir/group.part" && mv -- "$dir/group.part" "$dir/group" && umask 022 && exec sh "$dir/script"' job "$dir" </dev/null >>"$dir/log" 2>&1 8>&- &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
printf '%s\\n' "$code" >"$dir/exit.part" && mv -- "$dir/exit.part" "$dir/exit"
`.trim();

/*
 * Start or attach, in one exec. The directory is the at-most-once token: whoever finds "started" only attaches.
 * fd 9 serialises with the lock of the app, and the supervisor keeps it until it has said that it runs.
 */
const startOrAttach = `
umask 077
trap : HUP
state=$1 app=$2 run=$3 job=$4 attempt=$5 offset=$6 length=$7 supervise=$8
dir=$state/jobs/$run/$job
mkdir -p -- "$state/lock" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
${fence}
if ! [ -e "$dir/started" ]; then
	held=none
	[ -e "$state/lock/$app" ] && read -r held_run held_attempt rest <"$state/lock/$app" && held="$held_run $held_attempt"
	if [ "$held" != "$run $attempt" ]; then cat -- "$state/lock/$app" >&2; exit 97; fi
	rm -rf -- "$dir" && mkdir -- "$dir" || exit 94
	cat >"$dir/script" && cat /proc/sys/kernel/random/boot_id >"$dir/boot" && : >"$dir/log" || exit 94
	# A script that came only in part, over a link that broke, must never run.
	[ "$(($(wc -c <"$dir/script")))" = "$length" ] || { echo 'the script of the job did not arrive whole' >&2; exit 94; }
	exec 8>"$dir/lock" && flock -x 8 || exit 94
	setsid sh -c "$supervise" supervise "$dir" </dev/null >/dev/null 2>&1 &
	exec 8>&-
	printf '%s %s %s %s\\n' "$run" "$attempt" "\${rest%% *}" "$job" >"$state/lock/$app.step"
fi
exec 9>&-
if [ -e "$dir/exit" ]; then
	tail -c "+$((offset + 1))" -- "$dir/log"
else
	flock -s -- "$dir/lock" true &
	waiter=$!
	tail -c "+$((offset + 1))" -s 0.02 "--pid=$waiter" -f -- "$dir/log"
	wait "$waiter"
fi
size=$(wc -c <"$dir/log")
if [ -e "$dir/exit" ]; then
	printf 'J exit %s %s\\n' "$(cat -- "$dir/exit")" "$size" >&2
elif [ "$(cat -- "$dir/boot")" = "$(cat /proc/sys/kernel/random/boot_id)" ]; then
	printf 'J lost killed %s\\n' "$size" >&2
else
	printf 'J lost reboot %s\\n' "$size" >&2
fi
`;

/**
 * Starts `script`, which goes to standard input, as a detached job, or attaches to it when it was started before, and prints its log from byte
 * `offset`. On standard error: `J exit CODE SIZE` or `J lost killed|reboot SIZE`; nothing when the link breaks first.
 * Exits 97 when the lock of the app is not held by this run and attempt, or when a later attempt took the run over;
 * then standard error names the holder. 94 when the job could not be prepared.
 * Source: design, "The SSH session manager"; the shape was proven by kill -9 and cut links.
 */
export const startOrAttachJob = (
	{directory, app, run}: HostState,
	options: {readonly job: string; readonly attempt: number; readonly offset: number; readonly script: string},
): Command => ({
	...program('job', startOrAttach, [
		directory,
		app,
		run,
		options.job,
		String(options.attempt),
		String(options.offset),
		String(new TextEncoder().encode(options.script).length),
		supervise,
	]),
	input: options.script,
	label: `start or attach ${options.job}`,
});

/*
 * The tombstone comes under the lock that starts take: a job asked for but not begun never begins, one that has begun
 * is found. TERM first, KILL after 5 s; through sudo too, because the job's own sudo children belong to other users.
 * Members are read from /proc: a group is gone when no living process is in it.
 */
const halt = `
umask 077
state=$1 app=$2 run=$3 attempt=$4
shift 4
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
${fence}
boot=$(cat /proc/sys/kernel/random/boot_id)
for job; do
	dir=$state/jobs/$run/$job
	[ -e "$dir/started" ] && continue
	rm -rf -- "$dir" && mkdir -- "$dir" && : >"$dir/log" && : >"$dir/lock" || exit 94
	echo "$boot" >"$dir/boot" && echo ${cancelledExit} >"$dir/exit" && : >"$dir/started" || exit 94
done
exec 9>&-
members() {
	for stat in /proc/[0-9]*/stat; do
		read -r line <"$stat" || continue
		set -- "\${line%% *}" \${line##*) }
		[ "$4" = "$group" ] && [ "$2" != Z ] || continue
		[ "$1" = "$group" ] && [ -n "$since" ] && [ "\${21}" != "$since" ] && return 1
		return 0
	done 2>/dev/null
	return 1
}
alive=0
end() {
	for signal in TERM KILL; do
		members || return 0
		kill -s "$signal" -- "-$group" 2>/dev/null
		sudo -n -- kill -s "$signal" -- "-$group" 2>/dev/null
		tries=50
		while members && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
	done
	members || return 0
	echo "process group $group of $1 is still alive" >&2
	alive=1
}
receiver=$state/jobs/$run/receive
if [ -e "$receiver.lock" ] && ! flock -n -- "$receiver.lock" true; then
	since=
	read -r group <"$receiver.group" && end 'the receiver'
fi
for job; do
	dir=$state/jobs/$run/$job
	if [ -e "$dir/exit" ] && [ "$(cat -- "$dir/exit")" = 0 ]; then continue; fi
	[ "$(cat -- "$dir/boot")" = "$boot" ] || continue
	tries=100
	while ! [ -e "$dir/group" ] && ! flock -n -s -- "$dir/lock" true && [ "$tries" -gt 0 ]; do sleep 0.02; tries=$((tries - 1)); done
	[ -e "$dir/group" ] && read -r group since <"$dir/group" && end "$job"
done
exit "$alive"
`;

/**
 * Ends the process groups of the named jobs and of a receiver of files, and keeps jobs that have not begun from ever
 * beginning. Exits 0 when nothing of them is alive any more, 97 when the run was taken over: nothing is ended then.
 */
export const haltJobs = (
	{directory, app, run}: HostState,
	{attempt, jobs}: {readonly attempt: number; readonly jobs: readonly string[]},
): Command => ({
	...program('halt', halt, [directory, app, run, String(attempt), ...jobs]),
	label: 'end what runs',
});
