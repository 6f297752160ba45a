import type {Command} from '../../domain/command.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import {describeHolder, parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {HostState} from '../host-state.ts';
import {program} from '../shell.ts';

/** Shell function: prints the run that holds the lock of an app, for `parseRuns`. Arguments: state directory, app. */
export const describeOpenRun = `
${describeHolder}
describe_open_run() {
	[ -e "$1/lock/$2" ] || return 0
	echo "lock $2"
	describe_holder "$1" "$2"
	echo end
	printf 'record %s\\n' "$(cat -- "$1/jobs/$described_run/run.json")"
}
`.trim();

const ask = `
${describeOpenRun}
state=$1
shift
for app in backend frontend; do
	describe_open_run "$state" "$app"
done
for run in "$@"; do
	[ -e "$state/jobs/$run/closed" ] && printf 'closed %s %s\\n' "$run" "$(cat -- "$state/jobs/$run/closed")"
done
exit 0
`;

/** Asks a host which runs hold locks, with their records, and how the named runs were closed. Changes nothing. */
export const askRuns = (stateDirectory: string, runs: readonly string[]): Command =>
	program('ask for runs', ask, [stateDirectory, ...runs]);

const askStarted = `
jobs=$1/jobs/$2
shift 2
for job; do [ -e "$jobs/$job/started" ] && printf '%s\\n' "$job"; done
exit 0
`;

/** Asks which of these jobs of a run have begun. Prints a name each. Changes nothing. */
export const askBegun = ({directory, run}: HostState, jobs: readonly string[]): Command =>
	program('ask what has begun', askStarted, [directory, run, ...jobs]);

export type OpenRun = {readonly app: string; readonly holder: LockHolder; readonly record: RunRecord};

/** Reads what `askRuns` printed. Records that can't be read are left out. */
export const parseRuns = (
	text: string,
): {readonly open: readonly OpenRun[]; readonly closed: ReadonlyMap<string, string>} => {
	const open = [...text.matchAll(/^lock (\S+)\n([\s\S]*?)^end\nrecord (.*)$/gm)].flatMap(
		([, app = '', lock = '', json = '']) => {
			const holder = parseLockHolder(lock.trimEnd());
			const record = parseRecord(json);
			return holder && record ? [{app, holder, record}] : [];
		},
	);
	const closed = new Map(
		[...text.matchAll(/^closed (\S+) (\S+)$/gm)].map(([, run = '', outcome = '']) => [run, outcome]),
	);
	return {open, closed};
};

const parseRecord = (json: string): RunRecord | undefined => {
	try {
		const record = JSON.parse(json) as RunRecord;
		return record.version === 1 ? record : undefined;
	} catch {
		return undefined;
	}
};
