import type {Command} from '../../domain/command.ts';
import {endReceiver, requireDriver, requireLock} from '../lock/fence.ts';
import type {HostState} from '../host-state.ts';
import {program, renderCommand} from '../shell.ts';

/** Starts the output of a job's n-th command in its log: record separator, index, newline. */
export const commandMark = '\u001E';

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
${endReceiver}
umask 077
trap : HUP
state=$1 app=$2 run=$3 job=$4 attempt=$5 offset=$6 length=$7 seals=$8 supervise=$9
dir=$state/jobs/$run/$job
mkdir -p -- "$state/lock" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
${requireDriver}
if ! [ -e "$dir/started" ]; then
	${requireLock}
	if [ -n "$seals" ]; then
		end_receiver "$state/jobs/$run" || { echo 'a stream into the release does not end' >&2; exit 94; }
		: >"$state/jobs/$run/sealed" || exit 94
	fi
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
 * Source: design, "The SSH session manager".
 */
export const startOrAttachJob = (
	{directory, app, run}: HostState,
	options: {
		readonly job: string;
		readonly attempt: number;
		readonly offset: number;
		readonly script: string;
		/** Makes a release live: nothing is streamed into it from then on, and who still does is ended. */
		readonly seals?: boolean;
	},
): Command => ({
	...program('job', startOrAttach, [
		directory,
		app,
		run,
		options.job,
		String(options.attempt),
		String(options.offset),
		String(new TextEncoder().encode(options.script).length),
		options.seals ? 'seals' : '',
		supervise,
	]),
	input: options.script,
	label: `start or attach ${options.job}`,
});

/*
 * All of it under the lock that starts take: a job asked for but not begun never begins, one that has begun is found, and
 * nobody who takes the run over meanwhile loses what they have begun.
 */
const halt = `
${endReceiver}
umask 077
state=$1 app=$2 run=$3 attempt=$4
shift 4
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
${requireDriver}
boot=$(cat /proc/sys/kernel/random/boot_id)
for job; do
	dir=$state/jobs/$run/$job
	[ -e "$dir/started" ] && continue
	rm -rf -- "$dir" && mkdir -- "$dir" && : >"$dir/log" && : >"$dir/lock" || exit 94
	echo "$boot" >"$dir/boot" && echo ${cancelledExit} >"$dir/exit" && : >"$dir/started" || exit 94
done
alive=0
end_receiver "$state/jobs/$run" || { echo 'what receives files is still alive' >&2; alive=1; }
for job; do
	dir=$state/jobs/$run/$job
	if [ -e "$dir/exit" ] && [ "$(cat -- "$dir/exit")" = 0 ]; then continue; fi
	[ "$(cat -- "$dir/boot")" = "$boot" ] || continue
	tries=100
	while ! [ -e "$dir/group" ] && ! flock -n -s -- "$dir/lock" true && [ "$tries" -gt 0 ]; do sleep 0.02; tries=$((tries - 1)); done
	[ -e "$dir/group" ] && read -r job_group job_since <"$dir/group" || continue
	end_group "$job_group" "$job_since" || { echo "process group $job_group of $job is still alive" >&2; alive=1; }
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
