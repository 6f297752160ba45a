import type {Command} from '../../domain/command.ts';
import {endReceiver} from './fence.ts';
import {headerMembers, jsonMembers, ledgerAppend, ledgerLater, type LedgerName} from '../ledger/ledger.ts';
import {refuseHeld} from './hold.ts';
import type {HostState} from '../host-state.ts';
import {askMarker, claimParameters, type Claim} from './marker.ts';
import {program} from '../shell.ts';

/** Whether a run may fail for want of a record. Source: design, "Pipelines": a rollback may not. */
export type Urgency = 'usual' | 'urgent';

/** Exit code of `takeLock` when another run, or a later attempt of this one, holds it. */
export const lockHeld = 96;

/**
 * Shell function: prints the lock of an app as it is kept, then `running JOB` for each job of its run that is alive.
 * Arguments: state directory, app. `parseLockHolder` reads it.
 */
export const describeHolder = `
describe_holder() {
	cat -- "$1/lock/$2"
	read -r described_run rest_of_line <"$1/lock/$2"
	for job_lock in "$1/jobs/$described_run"/*/lock; do
		[ -e "$job_lock" ] && ! flock -n -s -- "$job_lock" true && printf 'running %s\\n' "$(basename -- "$(dirname -- "$job_lock")")"
	done
	return 0
}
`.trim();

/*
 * The lock is a file written under flock: `RUN ATTEMPT TOKEN` and a JSON line about the holder. The token grows with
 * every change of holder. The same run takes it again only with a higher attempt, so of two people who resume one
 * run only one goes on, and an older driver's next job is refused.
 */
const take = `
umask 077
state=$1 app=$2 run=$3 attempt=$4 holder=$5 record=$6 entry=$7 urgency=$8 header=$9 owner=\${10}
shift 10
# What a full disk must not keep from being written is written in the room kept for it, which stays where there is room.
if [ "$urgency" = urgent ]; then
	head -c 262144 /dev/zero 2>/dev/null >"$state/room" || rm -f -- "$state/reserve"
	rm -f -- "$state/room"
fi
mkdir -p -- "$state/lock" || exit 94
chmod 700 -- "$state" || exit 94
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
token=0
[ -e "$state/lock/$app.token" ] && read -r token <"$state/lock/$app.token"
if [ -e "$state/lock/$app" ]; then
	read -r held_run held_attempt rest <"$state/lock/$app"
	if [ "$held_run" != "$run" ] || [ "$attempt" -le "$held_attempt" ]; then
		describe_holder "$state" "$app"
		exit 96
	fi
elif [ "$attempt" -gt 1 ] && [ -e "$state/jobs/$run/closed" ]; then
	echo "closed $(cat -- "$state/jobs/$run/closed")"
	exit 96
elif [ "$urgency" != urgent ] && [ "$attempt" = 1 ]; then
	refuse_held "$state" "$app" "$owner" || exit 96
fi
# One live path, one lock: no run begins for whoever has no business there.
if [ $# -gt 0 ]; then
	marker_resumes=\${held_run-} marker_urgent=
	[ "$urgency" != urgent ] || marker_urgent=yes
	claim_to_lock "$@" || exit $?
fi
mkdir -p -- "$state/jobs/$run" || exit 94
token=$((token + 1))
printf '%s\\n' "$record" >"$state/jobs/$run/run.json.part" && mv -- "$state/jobs/$run/run.json.part" "$state/jobs/$run/run.json" || exit 94
printf '%s\\n' "$token" >"$state/lock/$app.token.part" && mv -- "$state/lock/$app.token.part" "$state/lock/$app.token" || exit 94
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '%s %s %s\\n{"since":"%s",%s}\\n' "$run" "$attempt" "$token" "$now" "$holder" >"$state/lock/$app.part" || exit 94
cp -- "$state/lock/$app.part" "$state/jobs/$run/holder.part" && mv -- "$state/jobs/$run/holder.part" "$state/jobs/$run/holder" || exit 94
mv -- "$state/lock/$app.part" "$state/lock/$app" || exit 94
# What the driver before was sending when it was stopped must not go on when it wakes up.
end_receiver "$state/jobs/$run" || { echo 'what the driver before was sending does not end' >&2; exit 94; }
for job in "$state/jobs/$run"/*/started; do
	[ -e "$job" ] && printf 'started %s\\n' "$(basename -- "$(dirname -- "$job")")"
done
exec 9>&-
printf 'token %s\\ntime %s\\n' "$token" "$now"
`.trim();

/*
 * Room for the few kilobytes a rollback writes, kept by whoever holds the lock while there is plenty. Blocks, not a
 * hole: a file of zeroes made by truncate would keep nothing.
 */
const keepReserve = `
if [ "$urgency" != urgent ] && ! [ -e "$state/reserve" ]; then
	head -c 1048576 /dev/zero >"$state/reserve.part" 2>/dev/null && mv -- "$state/reserve.part" "$state/reserve" || rm -f -- "$state/reserve.part"
fi
`.trim();

/** A run that could not be recorded has not begun. */
const giveBack = `{ code=$?; [ "$attempt" -gt 1 ] || rm -rf -- "$state/lock/$app" "$state/jobs/$run"; exit "$code"; }`;

/**
 * Takes the lock of an app for a run, writes the run's record for whoever takes it over, and appends `entry` to the
 * ledger. Prints `started JOB` for each job that earlier attempts began, `token N` and `time ISO`. Exits 96 and prints
 * the holder when it is held, 93 when the live path is not known to be its own, 94 when it can't write; then nothing of the run is left.
 */
export const takeLock = (
	{directory, app, run}: HostState,
	options: {
		readonly attempt: number;
		readonly holder: Readonly<Record<string, unknown>>;
		readonly record: Readonly<Record<string, unknown>>;
		readonly entry: Readonly<Record<string, unknown>>;
		/** Which ledger this begins, where there is none. */
		readonly ledger?: LedgerName;
		/** Whose holds do not count; see `holdOwner`. */
		readonly owner?: string;
		/** The live path it is for, which must not be somebody else's. Every run has one. */
		readonly claim?: Claim;
		/** `urgent`: a ledger that can't be written does not stop the run; the entry is queued. */
		readonly urgency?: Urgency;
	},
): Command =>
	program(
		'take the lock',
		[
			ledgerAppend,
			ledgerLater,
			describeHolder,
			refuseHeld,
			endReceiver,
			askMarker,
			take,
			'if [ "$urgency" = urgent ]; then ledger_append_or_queue "$state" "$entry" "$header"; else',
			`( ledger_append "$state" "$entry" '' "$header" ) || ${giveBack}`,
			'ledger_flush "$state"',
			'fi',
			keepReserve,
		].join('\n'),
		[
			directory,
			app,
			run,
			String(options.attempt),
			jsonMembers(options.holder),
			JSON.stringify(options.record),
			jsonMembers(options.entry),
			options.urgency ?? 'usual',
			options.ledger ? headerMembers(options.ledger) : '',
			options.owner ?? '',
			...(options.claim ? claimParameters(options.claim) : []),
		],
	);

const release = `
umask 077
state=$1 app=$2 run=$3 outcome=$4 entry=$5 urgency=$6
# A rollback is asked for "the release before": the memory of the team names which one that was.
if [ "$urgency" = urgent ] && [ -s "$state/jobs/$run/target" ] && read -r settled <"$state/jobs/$run/target"; then
	case $settled in
		*[!0-9A-Za-z_.-]*) ;;
		*) entry=$(printf %s "$entry" | sed 's/"release":"previous"/"release":"'"$settled"'"/g') ;;
	esac
fi
# What was left out of the new release only this host knows.
if [ "$outcome" != abandoned ] && [ -s "$state/jobs/$run/left-out" ] && read -r left_out <"$state/jobs/$run/left-out"; then
	mark='"data":{'
	entry=\${entry%%"$mark"*}$mark$left_out,\${entry#*"$mark"}
fi
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
[ -e "$state/lock/$app" ] && read -r held_run rest <"$state/lock/$app" || held_run=
if [ "$urgency" = urgent ]; then
	ledger_append_or_queue "$state" "$entry"
	printf '%s\\n' "$outcome" >"$state/jobs/$run/closed" || echo "noted: could not write down how the run ended"
else
	ledger_append "$state" "$entry" '' || exit $?
	printf '%s\\n' "$outcome" >"$state/jobs/$run/closed" || exit 94
fi
if [ "$held_run" = "$run" ]; then rm -f -- "$state/lock/$app" "$state/lock/$app.step"; fi
`;

/** Ends a run: ledger entry, then the lock is released, if this run still holds it. Part of a run's last job. */
export const closeRun = (
	{directory, app, run}: HostState,
	outcome: string,
	entry: Readonly<Record<string, unknown>>,
	urgency: Urgency = 'usual',
): Command =>
	program('close the run', `${ledgerAppend}\n${ledgerLater}\n${release}`, [
		directory,
		app,
		run,
		outcome,
		jsonMembers(entry),
		urgency,
	]);

/** What `takeLock` prints about a holder, made readable. */
export type LockHolder = {
	readonly run: string;
	readonly attempt: number;
	readonly token: number;
	/** Server time, ISO 8601 UTC. */
	readonly since: string;
	readonly name: string;
	readonly machine: string;
	/** Jobs of the holder that are alive on the host now. */
	readonly running: readonly string[];
};

/** Reads the two lines of a lock file, plus `running JOB` lines. Undefined for anything else. */
export const parseLockHolder = (text: string): LockHolder | undefined => {
	const [first = '', second = '', ...rest] = text.split('\n');
	const match = /^(\S+) (\d+) (\d+)$/.exec(first);
	if (!match) return undefined;
	const [, run = '', attempt, token] = match;
	const {since = '', name = '', machine = ''} = parseObject(second);
	const running = rest.flatMap(line => (line.startsWith('running ') ? [line.slice('running '.length)] : []));
	return {run, attempt: Number(attempt), token: Number(token), since, name, machine, running};
};

const parseObject = (text: string): Record<string, string | undefined> => {
	try {
		return Object.fromEntries(
			Object.entries(JSON.parse(text) as object).filter(([, value]) => typeof value === 'string'),
		);
	} catch {
		return {};
	}
};
